/** Random conversations of a guest that speaks well-formed turns and lies in them: what must hold whatever it says (G5, G7, G8). */

import { expect, test } from "vitest";
import { isSettled, requestOf } from "../../src/journal/entry.ts";
import type { Request, StepEnd, Turn } from "../../src/wire/messages.ts";
import { encodeValue } from "../../src/wire/values.ts";
import fc from "../support/fast-check.ts";
import { call, type ForgedPass, withForgedPass } from "./guest.ts";

/** True now and then: a guest that always lies is refused at its first word and finds nothing. */
const rarely = fc.nat(11).map((n) => n === 0);

const seq = fc.nat(4);
const method = fc.constantFrom("free", "free", "ask", "ask", "nothing");
const request: fc.Arbitrary<Request> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ seq, method, n: fc.nat(2) }).map(({ seq: at, method: name, n }) => call(at, name, [{ n }])),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("step" as const), seq, name: fc.constantFrom("a", "b") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("timer" as const), seq, ms: fc.constantFrom(0, 1) }) },
  {
    weight: 1,
    arbitrary: fc.record({ seq, parent: seq }).map(({ seq: at, parent }): Request => ({ ...call(at, "ask"), parent })),
  },
);
const outcome = {
  ok: fc.boolean(),
  value: fc.constantFrom("[1]", "garbage", encodeValue({ name: "E", message: "m" }, "e")),
};

/** What a guest says of the steps whose ends it told the program by itself: nothing, the truth, or any two times. */
const told: fc.Arbitrary<StepEnd["told"]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.constant(undefined).map(() => [Date.now(), Date.now()] as const) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(2 ** 31), fc.constantFrom(0, 1, 8.64e15)) },
);

/** One turn: what it holds, and where it lies. */
const move = fc.record({
  falseSeqs: rarely,
  falseCount: rarely,
  requests: fc.array(request, { maxLength: 3 }),
  settled: fc.oneof(
    { weight: 9, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.record({ seq, ...outcome, told }), { maxLength: 2 }) },
  ),
  cleared: fc.array(seq, { maxLength: 1 }),
  done: fc.option(fc.record(outcome), { nil: undefined, freq: 8 }),
  busy: fc.constantFrom(undefined, undefined, true as const),
  open: fc.constantFrom(undefined, undefined, true as const),
});
type Move = typeof move extends fc.Arbitrary<infer M> ? M : never;

/** What the guest knows, for when it chooses to be honest. */
interface Memory {
  turn: number;
  received: number;
  nextSeq: number;
}

function turnOf(wanted: Move, memory: Memory): Turn {
  const requests = wanted.requests.map((one, index) =>
    wanted.falseSeqs ? one : { ...one, seq: memory.nextSeq + index },
  );
  if (!wanted.falseSeqs) memory.nextSeq += requests.length;
  const turn = {
    turn: memory.turn,
    received: wanted.falseCount ? memory.received + 1 : memory.received,
    requests,
    settled: wanted.settled,
    cleared: wanted.cleared,
    console: [],
    done: wanted.done,
    busy: wanted.busy,
    open: wanted.open,
  };
  memory.turn += 1;
  return turn;
}

/** What every tool of the forged pass returns. */
const RAN = encodeValue("ran", "result");

/** Lets everything happen that needs no further word of the guest: replies, tools, timers of a millisecond. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 3));

async function converse(forged: ForgedPass, moves: readonly Move[], memory: Memory): Promise<void> {
  for (const wanted of moves) {
    const turn = turnOf(wanted, memory);
    void forged.send(turn).then(({ deliveries }) => {
      memory.received += deliveries.length;
    });
    await settle();
  }
}

/** Asks again for all that did not settle, as a replay does; of a liar one request is another than it was. */
function replayMove(forged: ForgedPass, lie: Request | undefined): Move {
  const open = [...forged.journal.entries.values()].filter((entry) => !isSettled(entry));
  const requests = open.map(
    (entry, index): Request => (lie !== undefined && index === 0 ? { ...lie, seq: entry.seq } : requestOf(entry)),
  );
  return {
    falseSeqs: true,
    falseCount: false,
    requests,
    settled: [],
    cleared: [],
    done: undefined,
    busy: undefined,
    open: undefined,
  };
}

/** What tools got, against what the journal says. */
function check(forged: ForgedPass, approved: ReadonlySet<string>): void {
  const times = new Map<string, number>();
  for (const { seq: at, method, args, attempt } of forged.performed) {
    const entry = forged.entry(at);
    // Recorded before it ran, as what it is, and what ran is what was recorded.
    expect(entry).toMatchObject({ kind: "call", connector: "t", method, args });
    if (method === "ask") expect(approved).toContain(`${at} ${args}`);
    expect(["free", "ask"]).toContain(method);
    times.set(`${at} ${attempt}`, (times.get(`${at} ${attempt}`) ?? 0) + 1);
    times.set(`${at}`, (times.get(`${at}`) ?? 0) + 1);
  }
  expect(Math.max(0, ...times.values())).toBeLessThanOrEqual(1);
  // A guest settles steps and nothing else: what the journal says that a call returned is what its tool returned.
  for (const entry of forged.journal.entries.values()) {
    if (entry.kind !== "call" || entry.settlement?.ok !== true) continue;
    expect(entry.settlement.value).toBe(RAN);
    expect(times.get(`${entry.seq}`)).toBe(1);
  }
}

test("G7 whatever a guest says: nothing runs unapproved, nothing runs twice, and every pass ends", async () => {
  const moves = fc.array(move, { minLength: 1, maxLength: 5 });
  const reached = { performed: 0, paused: 0, approved: 0 };
  await fc.assert(
    fc.asyncProperty(moves, moves, fc.option(request, { nil: undefined, freq: 3 }), async (first, second, lie) => {
      await withForgedPass(
        async (forged) => {
          await converse(forged, first, { turn: 0, received: 0, nextSeq: 0 });
          const { status } = await forged.over();
          expect(["completed", "error", "paused"]).toContain(status);
          check(forged, new Set());
          reached.performed += forged.performed.length;
          if (status !== "paused") return;
          reached.paused += 1;
          const pending = [...forged.journal.entries.values()].filter(({ state }) => state === "pending");
          const approved = new Set(pending.map(({ seq: at, args }) => `${at} ${args}`));
          const next = forged.approveAndReplay();
          await converse(next, [replayMove(next, lie), ...second], {
            turn: 0,
            received: 0,
            nextSeq: next.journal.nextSeq,
          });
          await next.over();
          check(next, approved);
          reached.approved += next.performed.filter(({ method: name }) => name === "ask").length;
        },
        { maxProgramMs: 60 },
      );
    }),
    { numRuns: 250 },
  );
  // The guests must get somewhere, or this proves nothing.
  expect(Math.min(reached.performed, reached.paused, reached.approved)).toBeGreaterThan(0);
}, 240_000);
