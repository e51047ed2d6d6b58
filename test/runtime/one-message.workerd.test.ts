/** What crosses between host, facet and sandbox ends at 32 MiB for each message: larger journals and results are still told of (G8, G10). */
import { describe, expect, test } from "vitest";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import { completed, evict, failed, paused } from "../support/drive.ts";
import { newPlace, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";

describe("a run whose calls have large arguments goes on after a pause", () => {
  const put = (letter: string, size: number) =>
    `(n) => bank.put({ n, text: ${JSON.stringify(letter)}.repeat(${size}) })`;

  test.each([
    ["of quotes", '"', 450_000, 34],
    ["of letters that take two bytes", "\u4e16", 300_000, 90],
  ])(
    "%s",
    async (_what, letter, size, calls) => {
      const world = makeWorld();
      const place = newPlace();
      const code = `async () => {
      const put = ${put(letter, size)};
      for (let n = 0; n < ${calls}; n++) await put(n);
      return bank.pay({ to: "ada" });
    }`;
      const { executionId } = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code })));
      await evict(place);
      const done = await place.run(world.toolbox, (runtime) => runtime.approve({ executionId }));
      expect(completed(done).result).toBe("pay done");
      expect(world.seen).toHaveLength(calls + 1);
    },
    60_000,
  );

  test("beside as many snippets as there may be", async () => {
    const world = makeWorld();
    const place = newPlace();
    await place.run(world.toolbox, async (runtime) => {
      for (let n = 0; n < 4; n += 1) {
        const code = `async () => "\u4e16${"x".repeat(990_000)}".length - 990_001 + ${n}`;
        const { executionId } = completed(await runtime.execute({ code }));
        await runtime.saveSnippet(`s${n}`, { executionId });
      }
    });
    const code = `async () => {
      const put = ${put('"', 450_000)};
      await bank.put({ text: "\u4e16" });
      for (let n = 0; n < 12; n++) await put(n);
      await bank.pay({ to: "ada" });
      return codemode.run("s3");
    }`;
    const { executionId } = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code })));
    await evict(place);
    const done = await place.run(world.toolbox, (runtime) => runtime.approve({ executionId }));
    expect(completed(done).result).toBe(3);
    expect(world.seen).toHaveLength(14);
  }, 60_000);

  test("G9 and has diverged where it asks for others", async () => {
    let first = true;
    const world = makeWorld();
    const desk = { now: { replay: "reexecute" as const, execute: () => first } };
    await withRuntime({ ...world.toolbox, desk }, async (runtime) => {
      const code = `async () => {
        const put = ${put("\u4e16", 300_000)};
        for (let n = 0; n < 30; n++) await put(n);
        await put((await desk.now({})) ? 30 : 31);
        return bank.pay({ to: "ada" });
      }`;
      const { executionId } = paused(await runtime.execute({ code }));
      first = false;
      const { code: why, error } = failed(await runtime.approve({ executionId }));
      expect(why).toBe("DIVERGED");
      expect(error).toMatch(/Before, call 31 was bank\.put\(\{"n":30,"text":".*; now it is bank\.put\(\{"n":31,/);
    });
  }, 240_000);
});

describe("a result that no answer carries is VALUE_TOO_LARGE for the program", () => {
  test.each([
    ["a read", { readOnly: true }, "x", 40],
    ["an effect, which took place", {}, "x", 40],
    ["a read that is made on each pass", { replay: "reexecute" as const }, "\u4e16", 17],
    ["a read of letters that are written with two", { replay: "reexecute" as const }, '"', 10],
  ])(
    "%s",
    async (_what, policy, letter, million) => {
      let ran = 0;
      const read = {
        ...policy,
        execute: () => {
          ran += 1;
          return letter.repeat(million * 1_000_000);
        },
      };
      await withRuntime({ big: { read } }, async (runtime) => {
        const outcome = await runtime.execute({ code: "async () => big.read({}).catch((error) => error.message)" });
        expect(completed(outcome).result).toMatch(/^The result of big\.read is larger than any answer can be/);
        expect(outcome.calls).toMatchObject([{ state: "applied", attempt: 1 }]);
        expect(ran).toBe(1);
      });
    },
    60_000,
  );

  test.each([
    ["two bytes", "\u4e16", 15_000_000],
    ["one byte", "\u00e9", 30_000_000],
  ])(
    "one that an answer carries, with %s for each letter, is given whole",
    async (_what, letter, times) => {
      const read = { replay: "reexecute" as const, execute: () => letter.repeat(times) };
      await withRuntime({ big: { read } }, async (runtime) => {
        const outcome = await runtime.execute({ code: "async () => (await big.read({})).length" });
        expect(completed(outcome).result).toBe(times);
      });
    },
    240_000,
  );
});

test("edited arguments that no message carries are refused like those that no row holds, and the call still waits", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
    const args = { to: `\u4e16${"x".repeat(20_000_000)}` };
    const { code, error } = failed(await runtime.approve({ executionId, seq: 0, args }));
    expect(code).toBe("VALUE_TOO_LARGE");
    expect(error).toMatch(/^The edited arguments are over .* Nothing changed\.$/);
    expect(completed(await runtime.approve({ executionId, seq: 0 })).result).toBe("pay done");
    expect(world.calls()).toEqual(['pay({"to":"ada"})']);
  });
}, 60_000);

test("a program that no message carries is refused like one that is too long for a row", async () => {
  await withRuntime({}, async (runtime) => {
    const code = `async () => "\u4e16${"x".repeat(20_000_000)}"`;
    const refused = failed(await runtime.execute({ code }));
    expect(refused).toMatchObject({ code: "PROGRAM_TOO_LARGE", executionId: "" });
    expect(refused.error).toMatch(/^The program is 20000017 bytes of UTF-8, the limit is 1000000: /);
  });
});

describe("what a tool says at length is no host that is gone", () => {
  const LONG = `\u4e16${"x".repeat(980_000)}`;

  test("a predicate that throws with the arguments of each of six calls", async () => {
    const requiresApproval = ({ text }: { text: string }) => {
      throw new Error(`${text} ${text} ${text}`);
    };
    await withRuntime({ desk: { ask: { requiresApproval, execute: () => "answered" } } }, async (runtime) => {
      const code = `async () => {
        const ask = () => desk.ask({ text: "\u4e16" + "x".repeat(980_000) }).catch(({ code, message }) => [code, message.length < 20_000]);
        return Promise.all(Array.from({ length: 6 }, ask));
      }`;
      expect(completed(await runtime.execute({ code })).result).toEqual(Array(6).fill(["TOOL_ERROR", true]));
    });
  });

  test("a revert that fails with more than a message holds, and can be tried again", async () => {
    let locked = true;
    const revert = () => {
      if (locked) throw new Error(LONG.repeat(20));
    };
    await withRuntime({ desk: { put: { execute: () => "put", revert } } }, async (runtime) => {
      const { executionId } = completed(await runtime.execute({ code: "async () => desk.put({})" }));
      const { status, items } = await runtime.rollback({ executionId });
      expect({ status, items }).toMatchObject({ status: "rolled_back", items: [{ outcome: "failed" }] });
      expect(items[0]?.error?.length).toBeLessThan(20_000);
      locked = false;
      expect((await runtime.rollback({ executionId })).items).toMatchObject([{ outcome: "reverted" }]);
    });
  });

  test.each([
    ["more than a message holds", LONG.repeat(20)],
    ["what no message carries", new (class Undone {})()],
  ])("a class whose revertAction gives %s has undone the call, once", async (_what, given) => {
    let asked = 0;
    class Desk extends CodemodeConnector {
      override name() {
        return "desk";
      }
      override tools() {
        return { put: { execute: () => "put", revert: () => {} } };
      }
      override async revertAction() {
        asked += 1;
        // As a class that no compiler has read may.
        return given as never;
      }
    }
    await withRuntime([Desk], async (runtime) => {
      const { executionId } = completed(await runtime.execute({ code: "async () => desk.put({})" }));
      for (let times = 0; times < 2; times += 1)
        expect((await runtime.rollback({ executionId })).items).toMatchObject([{ outcome: "reverted" }]);
      expect(asked).toBe(1);
    });
  });

  test("thousands of reverts that fail at length are one report", async () => {
    const revert = () => {
      throw new Error(LONG);
    };
    await withRuntime({ desk: { put: { execute: () => "put", revert } } }, async (runtime) => {
      const code = `async () => {
        for (let n = 0; n < 2; n++) await Promise.all(Array.from({ length: 1_000 }, () => desk.put({})));
      }`;
      const { executionId } = completed(await runtime.execute({ code }));
      const { status, items } = await runtime.rollback({ executionId });
      expect({ status, items: items.length }).toEqual({ status: "rolled_back", items: 2_000 });
      expect(new Set(items.map(({ error }) => error?.slice(-15)))).toEqual(new Set(["xxxxxx... (cut)"]));
    });
  }, 60_000);
});

describe("what an executor says at length is no sandbox that is gone", () => {
  const LONG = `\u4e16${"x".repeat(20_000_000)}`;

  test("a console that no message holds is cut", async () => {
    let passes = 0;
    const logs = Array.from({ length: 4_000 }, () => LONG.slice(0, 20_000));
    const execute = async () => {
      passes += 1;
      return { result: 1, logs };
    };
    const outcome = await withRuntime({}, (runtime) => runtime.execute({ code: "async () => 1" }), {
      executor: { execute },
    });
    const lines = completed(outcome).logs ?? [];
    expect(lines.length).toBeLessThan(30);
    expect(lines.at(-1)).toMatch(/^\[warn\] /);
    expect(passes).toBe(1);
  });

  test("why it could not run is cut", async () => {
    let passes = 0;
    const runPass = async () => {
      passes += 1;
      throw new Error(LONG);
    };
    const outcome = await withRuntime({}, (runtime) => runtime.execute({ code: "async () => 1" }), {
      executor: { execute: async () => ({ result: 1 }), runPass },
    });
    expect(failed(outcome)).toMatchObject({
      code: "SANDBOX_FAILED",
      error: expect.stringMatching(/go on: \u4e16x+\.\.\. \(cut\)/),
    });
    expect(passes).toBe(1);
  });
});

test("what a person reads of a run is left out where it is too much, whatever letters it is of", async () => {
  const world = makeWorld();
  const big = { read: { readOnly: true, execute: () => ["\u4e16", ...Array<string>(200_000).fill("a")] } };
  await withRuntime({ ...world.toolbox, big }, async (runtime) => {
    const code = `async () => { for (let n = 0; n < 20; n++) await big.read({}); return bank.pay({ to: "ada" }); }`;
    const { executionId, calls } = paused(await runtime.execute({ code }));
    expect(calls).toHaveLength(21);
    const log = (await runtime.execution(executionId))?.log ?? [];
    expect(log.map(({ result }) => Array.isArray(result))).toContain(true);
    expect(log.at(19)?.result).toMatch(/left out/);
    expect((await runtime.executions()).map((execution) => execution.log.length)).toEqual([21]);
    expect(completed(await runtime.approve({ executionId })).result).toBe("pay done");
  });
}, 240_000);
