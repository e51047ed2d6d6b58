/** Messages that no honest shim sends: the host refuses each, records nothing false, runs nothing unapproved, and ends (G7). */
import { RpcTarget } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { BridgeTarget } from "../../src/sandbox/bridge-target.ts";
import { DirectRun } from "../../src/sandbox/direct-run.ts";
import type { Request, Turn } from "../../src/wire/messages.ts";
import { encodeValue } from "../../src/wire/values.ts";
import { call, DONE, EMPTY, sendTo, withForgedPass } from "./guest.ts";

const step: Request = { kind: "step", seq: 0, name: "s" };
const timer: Request = { kind: "timer", seq: 0, ms: 1 };
const value = '["forged"]';

/** Sequences of turns of which the last is the forged one. */
const VIOLATIONS: Readonly<Record<string, readonly unknown[]>> = {
  "no text of a turn": ["garbage"],
  "an empty message": [""],
  "a list": ["[]"],
  null: ["null"],
  "a turn without its parts": [{ turn: 0 }],
  "a turn with one part more": [{ ...EMPTY, execution: "exec_other" }],
  "another execution's id in a request": [{ ...EMPTY, requests: [{ ...call(0, "free"), executionId: "exec_other" }] }],
  "a first turn that is not turn 0": [{ ...EMPTY, turn: 1 }],
  "a turn that was skipped": [
    { ...EMPTY, requests: [call(0, "slow")] },
    { ...EMPTY, turn: 2 },
  ],
  "a turn that was sent twice": [{ ...EMPTY, requests: [call(0, "slow")] }, EMPTY],
  "a negative turn": [{ ...EMPTY, turn: -1 }],
  "NaN as a turn": ['{"turn":NaN,"received":0,"requests":[],"settled":[],"cleared":[],"console":[]}'],
  "null as a seq, which is how JSON writes NaN and Infinity": [
    { ...EMPTY, requests: [{ ...call(0, "free"), seq: Number.NaN }] },
  ],
  "a seq that is no integer": [{ ...EMPTY, requests: [{ ...call(0, "free"), seq: 0.5 }] }],
  "a negative seq": [{ ...EMPTY, requests: [{ ...call(0, "free"), seq: -1 }] }],
  "a seq that leaves a gap": [{ ...EMPTY, requests: [call(1, "free")] }],
  "a seq beyond all numbers": [{ ...EMPTY, requests: [{ ...call(0, "free"), seq: 1e300 }] }],
  "a seq that is used twice in one turn": [{ ...EMPTY, requests: [call(0, "slow"), call(0, "slow")] }],
  "a seq that is used twice": [
    { ...EMPTY, requests: [call(0, "slow")] },
    { ...EMPTY, turn: 1, requests: [call(0, "slow")] },
  ],
  "a kind that there is not": [{ ...EMPTY, requests: [{ kind: "approve", seq: 0 }] }],
  "deliveries that were never sent": [{ ...EMPTY, received: 1 }],
  "a settled step that was never opened": [{ ...EMPTY, settled: [{ seq: 0, ok: true, value }] }],
  "a settled step that is a call in flight": [
    { ...EMPTY, requests: [call(0, "slow")] },
    { ...EMPTY, turn: 1, settled: [{ seq: 0, ok: true, value }] },
  ],
  "a settled step that is a pending approval": [
    { ...EMPTY, requests: [call(0, "slow"), call(1, "ask")] },
    { ...EMPTY, turn: 1, settled: [{ seq: 1, ok: true, value }] },
  ],
  "a settled step that is a timer": [
    { ...EMPTY, requests: [{ ...timer, ms: 1e6 }], settled: [{ seq: 0, ok: true, value }] },
  ],
  "a call that the guest says it told the end of": [
    { ...EMPTY, requests: [call(0, "slow")], settled: [{ seq: 0, ok: true, value, told: [1, 2] }] },
  ],
  "a step whose end the guest tells twice": [
    {
      ...EMPTY,
      requests: [step],
      settled: [
        { seq: 0, ok: true, value: "[1]", told: [1, 2] },
        { seq: 0, ok: true, value, told: [1, 2] },
      ],
    },
  ],
  "a step that ended tomorrow": [
    { ...EMPTY, requests: [step], settled: [{ seq: 0, ok: true, value, told: [1, Date.now() + 86_400_000] }] },
  ],
  "a step that ended at no time": [
    { ...EMPTY, requests: [step], settled: [{ seq: 0, ok: true, value, told: [1, 0.5] }] },
  ],
  "a step that settles twice": [
    {
      ...EMPTY,
      requests: [step],
      settled: [
        { seq: 0, ok: true, value: "[1]" },
        { seq: 0, ok: true, value },
      ],
    },
  ],
  "a request inside of itself": [{ ...EMPTY, requests: [{ ...call(0, "free"), parent: 0 }] }],
  "a request inside of a later one": [
    {
      ...EMPTY,
      requests: [
        { ...call(0, "free"), parent: 1 },
        { ...step, seq: 1 },
      ],
    },
  ],
  "a request inside of a call": [{ ...EMPTY, requests: [call(0, "slow"), { ...call(1, "free"), parent: 0 }] }],
  "arguments over the limit": [{ ...EMPTY, requests: [{ ...call(0, "free"), args: `["${"x".repeat(1_000_001)}"]` }] }],
  "a name over the limit": [{ ...EMPTY, requests: [call(0, "x".repeat(1_001))] }],
  "a console line of another level": [{ ...EMPTY, console: [{ level: "fatal", text: "x" }] }],
  "a prototype as a part": [
    '{"__proto__":{"turn":0},"received":0,"requests":[],"settled":[],"cleared":[],"console":[]}',
  ],
};

describe("a durable pass", () => {
  test.each(Object.entries(VIOLATIONS))(
    "%s ends the run as a violation, and nothing of it counts",
    async (_name, turns) => {
      await withForgedPass(async (forged) => {
        for (const turn of turns.slice(0, -1)) void forged.send(turn);
        expect(await forged.send(turns.at(-1))).toEqual({ deliveries: [], halt: true });
        expect(await forged.over()).toMatchObject({ status: "error", errorCode: "PROTOCOL_VIOLATION" });
        expect(forged.performed.filter(({ method }) => method !== "slow")).toEqual([]);
        expect(forged.entry(0)?.settlement?.value).not.toBe(value);
        expect(forged.entry(1)?.state).not.toBe("succeeded");
      });
    },
  );

  test("a violation in the same turn as a call stops that call too, and the journal says that it was not made", async () => {
    await withForgedPass(async (forged) => {
      await forged.send({ ...EMPTY, requests: [call(0, "free"), call(5, "free")] });
      expect(await forged.over()).toMatchObject({ errorCode: "PROTOCOL_VIOLATION" });
      expect(forged.performed).toEqual([]);
      expect(forged.entry(0)).toMatchObject({ state: "failed", settlement: { ok: false } });
    });
  });

  test.each<[string, Turn["settled"], string]>([
    [
      "a step's result over the limit",
      [{ seq: 0, ok: true, value: `["${"x".repeat(1_000_001)}"]` }],
      "VALUE_TOO_LARGE",
    ],
    ["the end of a step that is not open", [{ seq: 2, ok: true, value: "[1]" }], "PROTOCOL_VIOLATION"],
  ])("%s stops the calls of its turn, and the journal says that they were not made", async (_name, settled, code) => {
    await withForgedPass(async (forged) => {
      void forged.send({ ...EMPTY, requests: [step, call(1, "free")], settled });
      expect(await forged.over()).toMatchObject({ status: "error", errorCode: code });
      expect(forged.performed).toEqual([]);
      expect(forged.entry(1)).toMatchObject({ state: "failed", settlement: { ok: false } });
    });
  });

  test("more open calls than allowed are refused, also when no shim counted them", async () => {
    await withForgedPass(
      async (forged) => {
        await forged.send({ ...EMPTY, requests: Array.from({ length: 6 }, (_, seq) => call(seq, "slow")) });
        expect(await forged.over()).toMatchObject({ errorCode: "PROTOCOL_VIOLATION" });
        expect(forged.performed).toEqual([]);
      },
      { maxCallsInFlight: 5 },
    );
  });

  test("a hundred thousand requests in one message end with an error by code", async () => {
    await withForgedPass(async (forged) => {
      await forged.send({ ...EMPTY, requests: Array.from({ length: 100_000 }, (_, seq) => call(seq, "slow")) });
      expect((await forged.over()).status).toBe("error");
      expect(forged.performed).toEqual([]);
    });
  });

  test("after the end nothing is heard: a late call, a late settlement, a second end, garbage", async () => {
    await withForgedPass(async (forged) => {
      void forged.send({ ...EMPTY, requests: [step], done: DONE });
      expect(await forged.over()).toMatchObject({ status: "completed" });
      for (const turn of [
        { ...EMPTY, turn: 1, requests: [call(1, "free")] },
        { ...EMPTY, turn: 2, settled: [{ seq: 0, ok: true, value }] },
        { ...EMPTY, turn: 3, done: { ok: false, value: encodeValue({ name: "Error", message: "late" }, "e") } },
        "garbage",
      ]) {
        expect(await forged.send(turn)).toEqual({ deliveries: [], halt: true });
      }
      expect(await forged.over()).toMatchObject({ status: "completed", error: undefined });
      expect(forged.performed).toEqual([]);
      expect(forged.entry(1)).toBeUndefined();
    });
  });

  test("an end that is no value, or claims a code that is not the program's to claim, is a failed program", async () => {
    for (const done of [
      { ok: false, value: "garbage" },
      { ok: false, value: "[]" },
      { ok: false, value: encodeValue({ name: "E", message: "m" }, "e"), code: "IN_DOUBT" },
      { ok: false, value: encodeValue({ name: "E", message: "m" }, "e"), code: "constructor" },
    ]) {
      await withForgedPass(async (forged) => {
        void forged.send({ ...EMPTY, done });
        expect(await forged.over()).toMatchObject({ status: "error", errorCode: "PROGRAM_ERROR" });
      });
    }
  });

  test("a result over the limit of a message is refused by the host too", async () => {
    await withForgedPass(async (forged) => {
      void forged.send({ ...EMPTY, done: { ok: true, value: `["${"x".repeat(7_000_001)}"]` } });
      expect(await forged.over()).toMatchObject({ status: "error", errorCode: "VALUE_TOO_LARGE" });
    });
  });

  test("arguments that are no value reach no tool that needs approval", async () => {
    await withForgedPass(async (forged) => {
      void forged.send({ ...EMPTY, requests: [{ ...call(0, "ask"), args: "not a value" }] });
      expect((await forged.over()).status).toBe("paused");
      expect(forged.performed).toEqual([]);
    });
  });

  test("connectors and tools that do not exist, also those of the journal's own kinds, fail in their place", async () => {
    await withForgedPass(async (forged) => {
      const names = [
        ["__step", "s"],
        ["__timer", "1"],
        ["other", "free"],
        ["t", "constructor"],
        ["t.free", ""],
        ["", "t.free"],
        ["t\nfree", "[]"],
      ] as const;
      const requests = names.map(([connector, method], seq) => ({ ...call(seq, method), connector }));
      const reply = await forged.send({ ...EMPTY, requests });
      expect(reply.deliveries.map(({ ok }) => ok)).toEqual(names.map(() => false));
      expect(forged.performed).toEqual([]);
    });
  });

  test("one pending action cannot be passed by: not by asking again, not under another number, not in the next pass", async () => {
    await withForgedPass(async (forged) => {
      void forged.send({ ...EMPTY, requests: [call(0, "ask", [{ to: "a" }])], busy: true });
      void forged.send({ ...EMPTY, turn: 1, requests: [call(1, "ask", [{ to: "a" }])] });
      expect((await forged.over()).status).toBe("paused");
      expect(forged.performed).toEqual([]);
      const next = forged.approveAndReplay();
      // Approved was {to: "a"}; the guest now asks for something else at the same place.
      void next.send({ ...EMPTY, requests: [call(0, "ask", [{ to: "b" }])] });
      expect(await next.over()).toMatchObject({ status: "error", errorCode: "DIVERGED" });
      expect(next.performed).toEqual([]);
    });
  });

  test("an approved action runs once, with the arguments that were shown", async () => {
    await withForgedPass(async (forged) => {
      void forged.send({ ...EMPTY, requests: [call(0, "ask", [{ to: "a" }])] });
      expect((await forged.over()).status).toBe("paused");
      const next = forged.approveAndReplay();
      const reply = await next.send({ ...EMPTY, requests: [call(0, "ask", [{ to: "a" }])] });
      expect(reply.deliveries).toMatchObject([{ seq: 0, ok: true }]);
      void next.send({ ...EMPTY, turn: 1, received: 1, requests: [call(0, "ask", [{ to: "a" }])] });
      expect(await next.over()).toMatchObject({ errorCode: "PROTOCOL_VIOLATION" });
      expect(next.performed).toMatchObject([{ method: "ask", args: encodeValue([{ to: "a" }], "args") }]);
    });
  });

  test("a flood of console lines is bounded, empty ones too", async () => {
    await withForgedPass(
      async (forged) => {
        const lines = Array.from({ length: 50_000 }, () => ({ level: "log", text: "" }));
        void forged.send({ ...EMPTY, console: lines, done: DONE });
        expect((await forged.over()).status).toBe("completed");
        // One character for the end of each line, and a last line that says that more was left out.
        expect(forged.journal.execution.logs?.length).toBeLessThanOrEqual(201);
      },
      { maxConsoleChars: 100, maxConsoleLineChars: 100 },
    );
  });

  test.each([
    ["falls silent", undefined, { status: "error", errorCode: "TIMEOUT" }],
    ["says that it is busy for ever", { ...EMPTY, busy: true }, { status: "error", errorCode: "TIMEOUT" }],
    // It asked for what a person decides on: with the decision it has time again, and no more than this.
    ["asks, and is busy for ever", { ...EMPTY, requests: [call(0, "ask")], busy: true }, { status: "paused" }],
  ])("a guest that %s is ended by the watchdog", async (_what, turn, ended) => {
    await withForgedPass(
      async (forged) => {
        if (turn !== undefined) void forged.send(turn);
        expect(await forged.over()).toMatchObject(ended);
        expect(forged.performed).toEqual([]);
      },
      { maxProgramMs: 50 },
    );
  });
});

test("a sandbox reaches one method of the host's object, and nothing else", () => {
  expect(Object.getOwnPropertyNames(BridgeTarget.prototype).sort()).toEqual(["constructor", "exchange"]);
  expect(Object.getPrototypeOf(BridgeTarget.prototype)).toBe(RpcTarget.prototype);
});

describe("a run without a journal", () => {
  const direct = (calls: unknown[] = [], limits = {}) =>
    new DirectRun(
      { source: "", globals: ["t"] },
      new Map([
        [
          "t",
          async (method: string, args: readonly unknown[]) =>
            method === "slow" ? new Promise(() => {}) : calls.push([method, args]),
        ],
      ]),
      { ...DEFAULT_LIMITS, maxProgramMs: 200, ...limits },
    );

  // Approval and the size of records are the journal's matter.
  const others = Object.entries(VIOLATIONS).filter(([name]) => !/pending approval|over the limit|inside of/.test(name));

  test.each(others)("%s ends the run with an error", async (_name, turns) => {
    const calls: unknown[] = [];
    const run = direct(calls);
    for (const turn of turns.slice(0, -1)) void sendTo(run, turn);
    expect(await sendTo(run, turns.at(-1))).toEqual({ deliveries: [], halt: true });
    expect(await run.result).toMatchObject({ error: expect.stringMatching(/^The sandbox /) });
    expect(await sendTo(run, { ...EMPTY, requests: [call(0, "free")] })).toEqual({ deliveries: [], halt: true });
    expect(calls).toEqual([]);
  });

  test("too many calls, too many open calls, and a result that is no value are errors", async () => {
    const many = direct([], { maxCalls: 2 });
    void sendTo(many, { ...EMPTY, requests: [call(0, "slow"), call(1, "slow"), call(2, "slow")] });
    expect((await many.result).error).toMatch(/more than 2 calls/);
    const open = direct([], { maxCallsInFlight: 2 });
    void sendTo(open, { ...EMPTY, requests: [call(0, "slow"), call(1, "slow"), call(2, "slow")] });
    expect((await open.result).error).toMatch(/more calls open/);
    const odd = direct();
    void sendTo(odd, { ...EMPTY, done: { ok: true, value: "garbage" } });
    expect((await odd.result).error).toMatch(/cannot be read/);
    const failed = direct();
    void sendTo(failed, { ...EMPTY, done: { ok: false, value: "garbage" } });
    expect((await failed.result).error).toBe("The program failed.");
  });

  test("a hundred thousand console lines in one message are bounded", async () => {
    const run = direct([], { maxConsoleChars: 100, maxConsoleLineChars: 10 });
    void sendTo(run, {
      ...EMPTY,
      console: Array.from({ length: 100_000 }, () => ({ level: "warn", text: "x" })),
      done: DONE,
    });
    // Two characters for each line, and a last line that says that more was left out.
    expect((await run.result).logs?.length).toBeLessThanOrEqual(56);
  });
});
