/**
 * Steps whose ends the guest tells the program of by itself: what comes right after them, in the same turn or in the next, must
 * find its place in the order behind them. Single cases, from looking at who gives out places when.
 */
import { describe, expect, test } from "vitest";
import { makeLedger } from "../faults/world.ts";
import { completed, evict, paused } from "../support/drive.ts";
import { facetIn } from "../support/facet.ts";
import { newPlace, type Place, type Toolbox } from "../support/runtime.ts";

/** Over two of those do not fit together with seven of them into one message. */
const LONG = `"x".repeat(950_000)`;

const toolbox = (): Toolbox => {
  const { toolbox: tools } = makeLedger();
  const typed = {
    readOnly: true,
    inputSchema: { type: "object", properties: { n: { type: "number" } }, required: ["n"] },
    execute: (args: unknown) => args,
  } as const;
  return { ...tools, read: { ...tools.read, typed } };
};

/** Programs that pause at their end, show there what they saw of the clock, and so diverge if a replay shows them another. */
const CASES: readonly { readonly name: string; readonly code: string; readonly result: unknown }[] = [
  {
    name: "a call of a tool that is not there, after a step",
    code: `async () => {
      await codemode.step("a", () => 1);
      const failed = await read.none({}).catch((error) => error.code);
      await ask.do({ at: Date.now() });
      return failed;
    }`,
    result: "UNKNOWN_TOOL",
  },
  {
    name: "a call with wrong arguments, after two steps",
    code: `async () => {
      await codemode.step("a", () => 1);
      await codemode.step("b", () => 2);
      const failed = await read.typed({ n: "x" }).catch((error) => error.code);
      await ask.do({ at: Date.now() });
      return failed;
    }`,
    result: "INVALID_ARGUMENTS",
  },
  {
    name: "a call that cannot be made, between the end of a step and the moment at which the program is told of it",
    code: `async () => {
      const a = codemode.step("a", () => 1);
      for (let hop = 0; hop < 8; hop++) await null;
      const failed = read.none({}).catch((error) => error.code);
      const b = codemode.step("b", () => 2);
      const all = [await a, await b, await failed];
      await ask.do({ at: Date.now() });
      return all;
    }`,
    result: [1, 2, "UNKNOWN_TOOL"],
  },
  {
    name: "steps, and then more arguments than one message carries",
    code: `async () => {
      for (let n = 0; n < 3; n++) await codemode.step("s", () => n);
      const t = ${LONG};
      const all = await Promise.all([
        read.none({}).catch((error) => error.code),
        ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => read.big({ n, t }).then(({ big }) => big.n)),
      ]);
      await ask.do({ at: Date.now() });
      return all;
    }`,
    result: ["UNKNOWN_TOOL", 0, 1, 2, 3, 4, 5, 6, 7, 8],
  },
  {
    name: "more steps, and longer values, than a guest keeps to itself",
    code: `async () => {
      const seen = [];
      for (let n = 0; n < 300; n++) seen.push(await codemode.step("s", () => n), Date.now());
      for (let n = 0; n < 4; n++) seen.push((await codemode.step("long", () => "x".repeat(400_000))).length, Date.now());
      const many = await Promise.all(Array.from({ length: 300 }, (_, n) => codemode.step("p", () => n)));
      const failed = await read.none({}).catch((error) => error.code);
      await ask.do({ seen });
      return [seen.length, many.length, failed];
    }`,
    result: [608, 300, "UNKNOWN_TOOL"],
  },
  {
    name: "steps that fail, steps inside of steps, and timers that are cleared before they fire",
    code: `async () => {
      const seen = [];
      for (let n = 0; n < 3; n++) {
        const timer = setTimeout(() => seen.push("fired"), 60_000);
        seen.push(await codemode.step("outer", async () => [Date.now(), await codemode.step("inner", () => Date.now())]));
        clearTimeout(timer);
        seen.push(await codemode.step("fails", () => { throw new RangeError("no"); }).catch((error) => error.name), Date.now());
      }
      await ask.do({ seen });
      return seen.filter((one) => typeof one === "string");
    }`,
    result: ["RangeError", "RangeError", "RangeError"],
  },
];

/** Runs to the approval, has something happen there, and goes on in a fresh facet. */
async function runTo(code: string, between?: (place: Place) => Promise<void>) {
  const place = newPlace();
  const tools = toolbox();
  const { executionId } = paused(await place.run(tools, (runtime) => runtime.execute({ code })));
  await between?.(place);
  await evict(place);
  return completed(await place.run(tools, (runtime) => runtime.approve({ executionId })));
}

describe("steps that end while nothing is with the host", () => {
  test.each(CASES)("$name", async ({ code, result }) => {
    const outcome = await runTo(code);
    expect(outcome.result).toEqual(result);
    const orders = (outcome.calls ?? []).flatMap(({ order }) => (order === undefined ? [] : [order]));
    expect([...orders].sort((a, b) => a - b)).toEqual(orders.map((_, place) => place));
  });

  test("a run goes on although the clock of the machine that began it was ahead by an hour", async () => {
    const code = `async () => {
      await read.get({});
      const before = Date.now();
      await ask.do({});
      const seen = [Date.now() >= before];
      await read.get({});
      seen.push(Date.now() >= before, await codemode.step("a", () => Date.now() >= before), Date.now() >= before);
      return seen;
    }`;
    const outcome = await runTo(code, (place) =>
      place.run({}, async (_runtime, ctx) => {
        const facet = facetIn(ctx);
        const { schema, tables } = await facet.dump();
        const { entries } = tables;
        if (entries === undefined) throw new Error("There are no entries.");
        const at = entries.columns.indexOf("settled_at");
        const rows = entries.rows.map((row) => row.with(at, row[at] === null ? null : Number(row[at]) + 3_600_000));
        await facet.restore({ schema, tables: { ...tables, entries: { ...entries, rows } } });
      }),
    );
    expect(outcome.result).toEqual([true, true, true, true]);
  });
});
