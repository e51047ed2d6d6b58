/** Which journals are kept: a scenario, and the moment at which its database is taken. */
import type { Limits } from "../../src/limits.ts";
import { approveFirst, type Scenario } from "../faults/scenarios.ts";

export interface GoldenRecipe {
  readonly file: string;
  /** Taken before the n-th thing of that kind, from 0: a person's move, or an effect or its undoing that is with its tool already. */
  readonly at: { readonly before: "move" | "effect" | "revert"; readonly n: number } | "end";
  /** Limits under which it is written. It is taken up under the defaults of the day. */
  readonly limits?: Partial<Limits>;
  readonly scenario: Scenario;
}

export const RECIPES: readonly GoldenRecipe[] = [
  {
    file: "every-kind-of-value",
    at: { before: "move", n: 0 },
    scenario: {
      name: "every kind of value, before an approval",
      code: `async () => {
        const made = await codemode.step("made", () => ({
          date: new Date(86_400_000), map: new Map([["a", new Set([1n, undefined])]]), bytes: new Uint8Array([1, 2]),
          none: undefined, minus: -0, not: NaN, error: new RangeError("kept"),
        }));
        const echoed = await act.do(made);
        await ask.do({ n: 1 });
        const { of } = echoed;
        return [of.date instanceof Date && of.date.toISOString(), [...of.map.get("a")].map(String), of.bytes.length,
          "none" in of, Object.is(of.minus, -0), String(of.not), of.error instanceof RangeError && of.error.message];
      }`,
    },
  },
  {
    file: "arguments-of-every-kind",
    at: { before: "move", n: 1 },
    scenario: {
      name: "calls with arguments of every kind, plain and not; of three that wait one was approved with others",
      code: `async () => {
        const shared = { n: 1 };
        class Point { constructor() { this.x = 1; this.at = new Date(2); } }
        const kinds = [
          { n: 1, list: [1.5, "two", null, true, {}, []], deep: { deeper: [{ a: "b" }] } }, "plain \\u2028 \\0 \\" \\ud83d\\ude00", null, [], 0, 1e21,
          new Date(86_400_000), new Date(NaN), new Map([["a", new Date(1)], [{ k: 1 }, new Set([1n])]]), -0, undefined, NaN, Infinity,
          { none: undefined }, { minus: [-0] }, [undefined], [, 1], [shared, shared], { date: new Date(3) }, new Uint8Array([1, 2]),
          new RangeError("kept"), new Point(), /a+/gi, new URL("https://example.com/a?b"), Object.create(null), { ["__proto__"]: 1 }, { toJSON: 1 },
        ];
        await read.get();
        let made = 0;
        for (const kind of kinds) made += (await read.get(kind).then(() => 1, () => 0));
        for (const kind of [new Date(4), -0, { a: 1 }]) await act.put({ kind, same: shared, again: shared });
        const asked = await Promise.all([{ a: 1 }, new Date(5), undefined].map((kind) => ask.do({ kind })));
        return [kinds.length, made, asked.length];
      }`,
      person: (pending) => {
        const [action] = pending;
        if (action === undefined) return { do: "approveAll" };
        return pending.length === 3 ? { do: "approve", action, args: { kind: new Date(6), minus: -0 } } : approveFirst(pending);
      },
    },
  },
  {
    file: "parallel-approvals-one-edited",
    at: { before: "move", n: 1 },
    scenario: {
      name: "three at once; one was approved with other arguments, two wait",
      code: `async () => (await Promise.allSettled([1, 2, 3].map((n) => ask.do({ n })))).map((one) => one.value ?? one.reason.message)`,
      person: (pending) => {
        const [action] = pending;
        if (action === undefined) return { do: "approveAll" };
        if (pending.length === 3) return { do: "approve", action, args: { n: 10 } };
        return pending.length === 2 ? { do: "reject", action, then: "throw" } : approveFirst(pending);
      },
    },
  },
  {
    file: "an-effect-in-flight",
    at: { before: "effect", n: 1 },
    scenario: {
      name: "the process died while an effect was with its tool",
      code: `async () => { const got = await read.get({ n: 1 }); return [await act.do(got), await act.final({ n: 2 }), await act.put({ n: 3 })]; }`,
    },
  },
  {
    file: "steps-timers-and-chance",
    at: { before: "move", n: 0 },
    scenario: {
      name: "steps with calls inside, timers, time and chance, before an approval",
      code: `async () => {
        const chance = [Math.random(), crypto.randomUUID(), Date.now()].join();
        const outer = await codemode.step("outer", async () => [await act.do({ n: 1 }), await codemode.step("inner", () => read.get({ n: 2 }))]);
        await scheduler.wait(1);
        const kept = await codemode.step("kept", () => chance);
        const late = new Promise((resolve) => setTimeout(resolve, 5_000, "late"));
        return [outer, kept === chance, await Promise.race([ask.do({ n: 3 }), late])];
      }`,
    },
  },
  {
    file: "snippets-pinned",
    at: { before: "move", n: 0 },
    scenario: {
      name: "a snippet inside of a snippet, before an approval",
      snippets: {
        leaf: `async ({ n }) => act.do({ leaf: n })`,
        tree: `async ({ n }) => [await codemode.run("leaf", { n }), await ask.do({ tree: n }), await codemode.run("leaf", { n: 9 })]`,
      },
      code: `async () => [await codemode.run("tree", { n: 1 }), await codemode.run("leaf", { n: 2 })]`,
    },
  },
  {
    file: "read-again-on-every-pass",
    at: { before: "move", n: 0 },
    scenario: {
      name: "reads that are not kept, failures that are, before an approval",
      code: `async () => {
        const big = await read.big({ n: 1 });
        const failed = await act.fail({}).catch((error) => [error.name, error.code, error.message].join());
        console.log("failed:", failed);
        return [big, failed, await ask.do(big), await read.big({ n: 2 })];
      }`,
    },
  },
  {
    file: "limits-of-its-own",
    at: { before: "move", n: 0 },
    limits: { maxCallsInFlight: 2, maxValueBytes: 300 },
    scenario: {
      name: "limits that the program met and caught, before an approval",
      code: `async () => {
        const met = async () => {
          const three = await Promise.allSettled([1, 2, 3].map((n) => read.get({ n })));
          const large = await read.get({ text: "x".repeat(500) }).catch((error) => error.code);
          return [...three.map(({ status, reason }) => reason?.code ?? status), large];
        };
        return [await met(), await ask.do({ n: 1 }), await met()];
      }`,
    },
  },
  {
    file: "rolled-back",
    at: "end",
    scenario: {
      name: "history: rolled back, with what could not be undone",
      code: `async () => { await act.do({ n: 1 }); await act.final({ n: 2 }); await act.stuck({ n: 3 }); throw new TypeError("after three"); }`,
      afterwards: "rollback",
    },
  },
  {
    file: "rollback-half-done",
    at: { before: "revert", n: 2 },
    scenario: {
      name: "rolled back while an approval waits; the process died while the third of four was being undone",
      code: `async () => { await act.do({ n: 1 }); await act.put({ n: 2 }); await Promise.all([act.do({ n: 3 }), act.put({ n: 4 })]); await ask.do({ n: 5 }); }`,
      person: () => ({ do: "rollback" }),
    },
  },
];
