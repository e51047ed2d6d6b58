/** What the fault suites run: programs, and what a person does about each pause of them. */
import type { PendingAction } from "../../src/journal/public.ts";

/** What a person does next. Approvals and rejections carry the digest of what was shown. */
export type Move =
  | { readonly do: "approve"; readonly action: PendingAction; readonly args?: unknown }
  | { readonly do: "approveAll" }
  | { readonly do: "approveSeveral" | "rejectSeveral"; readonly actions: readonly PendingAction[] }
  | { readonly do: "reject"; readonly action: PendingAction; readonly then: "end" | "throw" }
  | { readonly do: "cancel" | "expire" | "rollback" | "delete" };

export interface Scenario {
  readonly name: string;
  readonly code: string;
  /** Programs saved as snippets before, by name. */
  readonly snippets?: Readonly<Record<string, string>>;
  /** The next move on a paused execution. Default: approve the first action that waits. */
  readonly person?: (pending: readonly PendingAction[]) => Move;
  /** What is done once the execution has ended. */
  readonly afterwards?: "rollback" | "delete";
  /** After a rollback the person frees what could not be undone, and asks for it again. */
  readonly unlocks?: true;
}

const argOf = (action: PendingAction, name: string): unknown => Reflect.get(Object(action.args), name);

export function approveFirst(pending: readonly PendingAction[]): Move {
  const [action] = pending;
  return action === undefined ? { do: "approveAll" } : { do: "approve", action };
}

/** Approves all but the actions that say `no`, which are rejected. */
const refuseNo =
  (then: "end" | "throw") =>
  (pending: readonly PendingAction[]): Move => {
    const action = pending.find((one) => argOf(one, "no") === true);
    return action === undefined ? approveFirst(pending) : { do: "reject", action, then };
  };

const CAUGHT = '(error) => [error.name, error.code, error.message].join(" ")';

export const SCENARIOS: readonly Scenario[] = [
  { name: "no calls", code: `async () => { console.log("here"); return { at: 1 }; }` },
  { name: "one effect", code: `async () => act.do({ n: 1 })` },
  {
    name: "sequential effects",
    code: `async () => { const all = []; for (let n = 0; n < 3; n++) all.push(await act.do({ n })); return all; }`,
  },
  { name: "parallel effects", code: `async () => Promise.all([0, 1, 2].map((n) => act.do({ n })))` },
  {
    name: "reads, then an effect",
    code: `async () => {
      const list = await read.list();
      const got = await Promise.all(list.map((n) => read.get({ n })));
      return act.do({ got });
    }`,
  },
  { name: "effects safe to repeat", code: `async () => [await act.put({ n: 1 }), await act.put({ n: 2 })]` },
  {
    name: "one approval",
    code: `async () => { const got = await read.get({}); return [got, await ask.do({ n: 1 })]; }`,
  },
  {
    name: "sequential approvals",
    code: `async () => [await ask.do({ n: 1 }), await act.do({ n: 2 }), await ask.do({ n: 3 })]`,
  },
  { name: "parallel approvals, one by one", code: `async () => Promise.all([1, 2].map((n) => ask.do({ n })))` },
  {
    name: "parallel approvals, all at once",
    code: `async () => Promise.all([1, 2, 3].map((n) => ask.do({ n })))`,
    person: () => ({ do: "approveAll" }),
  },
  {
    name: "an edited approval",
    code: `async () => [await ask.do({ n: 100 }), await act.do({ n: 2 })]`,
    person: ([action]) => (action === undefined ? { do: "approveAll" } : { do: "approve", action, args: { n: 1 } }),
  },
  {
    name: "approval by arguments",
    code: `async () => [await ask.some({ amount: 1 }), await ask.some({ amount: 20 }), await ask.some({ amount: 2 })]`,
  },
  {
    name: "a rejection that the program catches",
    code: `async () => {
      const first = await ask.do({ no: true }).catch(${CAUGHT});
      return [first, await act.do({ after: first })];
    }`,
    person: refuseNo("throw"),
  },
  {
    name: "some rejected, some approved, all settled",
    code: `async () => (await Promise.allSettled([ask.do({ n: 1 }), ask.do({ no: true }), ask.fail({ n: 2 })]))
      .map((one) => one.status === "fulfilled" ? one.value : one.reason.message)`,
    person: refuseNo("throw"),
  },
  {
    name: "a rejection that ends the run",
    code: `async () => { await act.do({ n: 1 }); return ask.do({ no: true }); }`,
    person: refuseNo("end"),
  },
  {
    name: "steps",
    code: `async () => {
      const a = await codemode.step("first", () => ({ made: [1, 2] }));
      await act.do(a);
      const b = await codemode.step("second", async () => { throw new RangeError("in a step"); }).catch(${CAUGHT});
      return [a, b, await ask.do({ b })];
    }`,
  },
  {
    name: "calls inside of steps",
    code: `async () => {
      const outer = await codemode.step("outer", async () => {
        const got = await read.get({ n: 1 });
        const inner = await codemode.step("inner", () => act.do({ got }));
        return [inner, await act.do({ n: 2 })];
      });
      return [outer, await ask.do({ n: 3 })];
    }`,
  },
  {
    name: "steps of which the guest tells the program by itself",
    code: `async () => {
      const seen = [Date.now()];
      for (let n = 0; n < 3; n++) seen.push(await codemode.step("one", () => n), Date.now());
      const failed = await act.unknown({ n: 1 }).catch(${CAUGHT});
      const two = await codemode.step("two", () => failed);
      await codemode.step("three", () => act.do({ n: 2 }));
      seen.push(Date.now());
      await codemode.step("four", () => 4);
      const kept = await codemode.step("seen", () => seen.join());
      return [two, await ask.do({ n: 3 }), kept === seen.join()];
    }`,
  },
  {
    name: "timers",
    code: `async () => {
      const at = Date.now();
      await new Promise((resolve) => setTimeout(resolve, 3));
      const done = await act.do({ later: Date.now() >= at });
      await scheduler.wait(1);
      return [done, await ask.do({ n: 1 })];
    }`,
  },
  {
    name: "a race of a call and a timer",
    code: `async () => {
      const late = new Promise((resolve) => setTimeout(resolve, 2_000, "late"));
      const first = await Promise.race([act.do({ n: 1 }), late]);
      return [first, await ask.do({ n: 2 })];
    }`,
  },
  {
    name: "any of failing and working calls",
    code: `async () => [await Promise.any([act.fail({}), read.fail({}), act.do({ n: 1 })]), await ask.do({ n: 2 })]`,
  },
  {
    name: "errors caught",
    code: `async () => {
      const told = [];
      for (const call of [() => act.fail({}), () => read.fail({}), () => act.unknown({}), () => read.get(1n)]) {
        try { told.push(await call()); } catch (error) { told.push(error.name + " " + error.code); }
        await act.do({ told: told.length });
      }
      return told.map(String);
    }`,
  },
  {
    name: "an error not caught",
    code: `async () => { await act.do({ n: 1 }); await ask.do({ n: 2 }); throw new TypeError("after two effects"); }`,
    afterwards: "rollback",
  },
  {
    name: "a snippet inside of a snippet",
    snippets: {
      leaf: `async ({ n }) => act.do({ leaf: n })`,
      tree: `async ({ n }) => [await codemode.run("leaf", { n }), await ask.do({ tree: n })]`,
    },
    code: `async () => [await codemode.run("tree", { n: 1 }), await codemode.run("leaf", { n: 2 })]`,
  },
  {
    name: "search and describe",
    code: `async () => {
      const found = await codemode.search("do something", { limit: 2 });
      await act.do({ total: found.total });
      return typeof (await codemode.describe("act.do")) === "object";
    }`,
  },
  {
    name: "reads that are run again on every pass",
    code: `async () => {
      const a = await read.big({ n: 1 });
      await act.do(a);
      const b = await read.big({ n: 2 });
      return [a, b, await ask.do(b), await read.big({ n: 3 })];
    }`,
  },
  {
    name: "time and chance",
    code: `async () => {
      const before = [Math.random(), crypto.randomUUID(), Date.now()].join();
      const kept = await codemode.step("kept", () => before);
      await ask.do({ n: 1 });
      return kept === before && (await codemode.step("after", () => Math.random() < 1));
    }`,
  },
  {
    name: "two chains",
    code: `async () => {
      const chain = async (name) => [await act.do({ name, n: 1 }), await ask.do({ name }), await act.do({ name, n: 2 })];
      return Promise.all([chain("a"), chain("b")]);
    }`,
  },
  {
    name: "a call that nobody awaits",
    code: `async () => { act.do({ n: 1 }); ask.do({ n: 2 }).catch(() => {}); return "done"; }`,
  },
  {
    name: "expired while it waits",
    code: `async () => { await act.do({ n: 1 }); return ask.do({ n: 2 }); }`,
    person: () => ({ do: "expire" }),
  },
  {
    name: "cancelled while it waits",
    code: `async () => { await act.do({ n: 1 }); return ask.do({ n: 2 }); }`,
    person: () => ({ do: "cancel" }),
    afterwards: "rollback",
  },
  {
    name: "rolled back while it waits",
    code: `async () => { await Promise.all([act.do({ n: 1 }), act.put({ n: 2 })]); await ask.do({ n: 3 }); }`,
    person: () => ({ do: "rollback" }),
  },
  {
    name: "rolled back at the end",
    code: `async () => { await act.do({ n: 1 }); await act.final({ n: 2 }); await read.get({}); await ask.do({ n: 3 }); return act.put({ n: 4 }); }`,
    afterwards: "rollback",
  },
  {
    name: "rolled back although one revert fails",
    code: `async () => { await act.do({ n: 1 }); await act.stuck({ n: 2 }); return act.do({ n: 3 }); }`,
    afterwards: "rollback",
  },
  {
    name: "rolled back again after two reverts failed",
    code: `async () => {
      await act.do({ n: 1 });
      await act.locked({ n: 2 });
      await act.put({ n: 3 });
      await act.locked({ n: 4 });
      return act.final({ n: 5 });
    }`,
    afterwards: "rollback",
    unlocks: true,
  },
  {
    name: "deleted while it waits",
    code: `async () => { await act.do({ n: 1 }); return ask.do({ n: 2 }); }`,
    person: () => ({ do: "delete" }),
  },
  {
    name: "parallel approvals, several in one decision",
    code: `async () => Promise.all([1, 2, 3, 4].map((n) => ask.do({ n })))`,
    person: (pending) => ({ do: "approveSeveral", actions: pending.slice(0, 3) }),
  },
  {
    name: "parallel approvals, several rejected in one decision",
    code: `async () => Promise.all([1, 2, 3].map((n) => ask.do({ n, no: n > 1 }).catch(${CAUGHT})))`,
    person: (pending) => {
      const actions = pending.filter((one) => argOf(one, "no") === true);
      return actions.length === 0 ? approveFirst(pending) : { do: "rejectSeveral", actions };
    },
  },
];
