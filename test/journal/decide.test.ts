/** The tables that decide, swept over everything that they may be asked. */
import { describe, expect, test } from "vitest";
import { conclude, type PassFacts } from "../../src/journal/conclude.ts";
import { type Action, DECISIONS, decide, type RequestFacts } from "../../src/journal/decide.ts";
import { ENTRY_TRANSITIONS, type EntryState } from "../../src/journal/states.ts";

const STATES = Object.keys(ENTRY_TRANSITIONS) as EntryState[];
const BOOLEANS = [false, true] as const;

/** Every combination of named values. */
function combinations<T extends object>(space: { readonly [K in keyof T]: readonly T[K][] }): T[] {
  let all: Partial<T>[] = [{}];
  for (const key of Object.keys(space) as (keyof T)[]) {
    all = all.flatMap((partial) => space[key].map((value) => ({ ...partial, [key]: value })));
  }
  return all as T[];
}

const ALL = combinations<RequestFacts>({
  running: BOOLEANS,
  match: ["new", "gap", "same", "other"],
  kind: ["call", "step", "timer"],
  state: [undefined, ...STATES],
  settled: BOOLEANS,
  ephemeral: BOOLEANS,
  needsApproval: BOOLEANS,
  repeatable: BOOLEANS,
  definitionChanged: BOOLEANS,
});

/** States in which an entry has, may have, or cannot have a settlement. */
const SETTLED: Readonly<Record<EntryState, readonly boolean[]>> = {
  pending: [false],
  approved: [false],
  started: [false],
  in_doubt: [false],
  succeeded: [true],
  failed: [true],
  // A rejection that the program may catch settles; one that ends the execution does not.
  rejected: [false, true],
  reverted: [true],
  revert_failed: [true],
};

/** Combinations that a journal can be in: an entry exists exactly where the request found one. */
const POSSIBLE = ALL.filter(({ match, state, settled, ephemeral, kind }) => {
  const exists = match === "same" || match === "other";
  if (!exists) return state === undefined && !settled && !ephemeral;
  if (state === undefined) return false;
  // Only calls wait for people, are in doubt, are undone, or are run again.
  if (kind !== "call" && (ephemeral || !["started", "succeeded", "failed"].includes(state))) return false;
  return SETTLED[state].includes(settled);
});

/** The state that the engine writes for an action; nothing for those that write no state. */
const WRITES: Readonly<Record<Action, EntryState | undefined>> = {
  perform: "started",
  open: "started",
  ask: "pending",
  doubt: "in_doubt",
  withhold: undefined,
  deliver: undefined,
  reexecute: undefined,
  diverge: undefined,
  violate: undefined,
};

const RUNS_A_TOOL: readonly Action[] = ["perform", "reexecute"];

const named = (facts: RequestFacts): string => JSON.stringify({ ...facts, action: decide(facts) });

/** Facts that break a rule, as text, so that a failure shows them. */
function breaking(facts: readonly RequestFacts[], holds: (facts: RequestFacts, action: Action) => boolean): string[] {
  return facts.filter((one) => !holds(one, decide(one))).map(named);
}

describe("decide", () => {
  test("the sweep is over every combination, possible or not", () => {
    expect(ALL).toHaveLength(2 * 4 * 3 * 10 * 2 ** 5);
    expect(POSSIBLE.length).toBeGreaterThan(700);
  });

  test("every combination has an action that the table knows", () => {
    expect(breaking(ALL, (_, action) => Object.hasOwn(WRITES, action))).toEqual([]);
  });

  test("every row of the table is the answer to something that can happen", () => {
    const used = new Set(POSSIBLE.map((facts) => DECISIONS.findIndex((row) => row.holds(facts))));
    expect([...used].sort((a, b) => a - b)).toEqual(DECISIONS.map((_, index) => index));
  });

  test("every write of an existing entry is a legal transition", () => {
    expect(
      breaking(POSSIBLE, ({ state }, action) => {
        const to = WRITES[action];
        if (to === undefined || state === undefined) return true;
        const legal: readonly EntryState[] = ENTRY_TRANSITIONS[state];
        return legal.includes(to);
      }),
    ).toEqual([]);
  });

  test("only a first request or a gap is without an entry, and only a first request opens one", () => {
    expect(
      breaking(POSSIBLE, ({ match }, action) => match !== "gap" || action === "violate" || action === "withhold"),
    ).toEqual([]);
    expect(
      breaking(
        POSSIBLE,
        ({ match, running }, action) => match !== "new" || !running || ["perform", "open", "ask"].includes(action),
      ),
    ).toEqual([]);
  });

  test("G5 a call that needs approval is never run on its first request", () => {
    expect(
      breaking(
        ALL,
        ({ match, kind, needsApproval }, action) =>
          match !== "new" || kind !== "call" || !needsApproval || !RUNS_A_TOOL.includes(action),
      ),
    ).toEqual([]);
  });

  test("G5 what waits for a person, was refused by one, or is in doubt is never run", () => {
    const waiting: readonly (EntryState | undefined)[] = ["pending", "rejected", "in_doubt"];
    expect(
      breaking(
        POSSIBLE,
        ({ state, ephemeral }, action) => !waiting.includes(state) || ephemeral || !RUNS_A_TOOL.includes(action),
      ),
    ).toEqual([]);
  });

  test("G5 an approval for another definition of the tool asks again", () => {
    expect(
      breaking(POSSIBLE, ({ running, match, state, definitionChanged }, action) => {
        const stale = running && match === "same" && state === "approved" && definitionChanged;
        return !stale || action === "ask";
      }),
    ).toEqual([]);
  });

  test("G6 a started call is run again only when it is safe to repeat, and is in doubt otherwise", () => {
    expect(
      breaking(POSSIBLE, ({ running, match, kind, state, repeatable }, action) => {
        if (!running || match !== "same" || state !== "started" || kind !== "call") return true;
        return action === (repeatable ? "perform" : "doubt");
      }),
    ).toEqual([]);
  });

  test("G6 what is settled is never performed again, and only an ephemeral call is run again", () => {
    expect(
      breaking(POSSIBLE, ({ running, match, settled, ephemeral }, action) => {
        if (!running || match !== "same" || !settled) return action !== "reexecute";
        return action === (ephemeral ? "reexecute" : "deliver");
      }),
    ).toEqual([]);
  });

  test("G9 another request than the recorded one always diverges, whatever its state", () => {
    expect(
      breaking(POSSIBLE, ({ running, match }, action) => !running || match !== "other" || action === "diverge"),
    ).toEqual([]);
  });

  test("an execution that is not running is answered nothing", () => {
    expect(breaking(ALL, ({ running }, action) => running || action === "withhold")).toEqual([]);
  });

  test("steps and timers are never run by the host and never wait for a person", () => {
    expect(
      breaking(
        POSSIBLE,
        ({ kind }, action) => kind === "call" || !["perform", "reexecute", "ask", "doubt"].includes(action),
      ),
    ).toEqual([]);
  });
});

const PASSES = combinations<PassFacts>({
  done: [undefined, "ok", "failed"],
  working: [0, 1, 2],
  withheld: [0, 1, 2],
  timers: [0, 1, 2],
  busy: BOOLEANS,
});

const brokenBy = (holds: (facts: PassFacts) => boolean): string[] =>
  PASSES.filter((facts) => !holds(facts)).map((facts) => JSON.stringify({ ...facts, end: conclude(facts) }));

describe("conclude", () => {
  test("a pass never ends while a tool works or a settlement is on its way", () => {
    expect(brokenBy((facts) => facts.working === 0 || conclude(facts) === "wait")).toEqual([]);
  });

  test("a pass with a failed program fails as soon as nothing is on its way", () => {
    expect(brokenBy((facts) => facts.working > 0 || facts.done !== "failed" || conclude(facts) === "fail")).toEqual([]);
  });

  test("a program is complete only when it ended, and no call of it waits for a person", () => {
    expect(
      brokenBy((facts) => conclude(facts) !== "complete" || (facts.done === "ok" && facts.withheld === 0)),
    ).toEqual([]);
    expect(
      brokenBy(
        (facts) => facts.working > 0 || facts.done !== "ok" || facts.withheld > 0 || conclude(facts) === "complete",
      ),
    ).toEqual([]);
  });

  test("a pause is a pause for a person", () => {
    expect(brokenBy((facts) => conclude(facts) !== "pause" || facts.withheld > 0)).toEqual([]);
  });

  test("G8 a program that nothing can wake ends at once", () => {
    expect(
      brokenBy((facts) => {
        const idle = facts.done === undefined && facts.working + facts.withheld + facts.timers === 0 && !facts.busy;
        return (conclude(facts) === "deadlock") === idle;
      }),
    ).toEqual([]);
  });

  test("G8 waiting always has a reason that will end", () => {
    expect(
      brokenBy((facts) => conclude(facts) !== "wait" || facts.working > 0 || facts.timers > 0 || facts.busy),
    ).toEqual([]);
  });
});
