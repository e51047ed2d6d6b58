/**
 * Where the released package falls short: each finding as a test of ours, and where that is cheap the same scenario on the
 * released one, which shows that the finding is real. A test of `released` that fails says that it was mended there.
 */

import { env } from "cloudflare:test";
import { DynamicWorkerExecutor as ReleasedExecutor } from "@cloudflare/codemode";
import { describe, expect, test } from "vitest";
import { type McpConnectionLike, McpConnector, type McpTool } from "../connectors/mcp/index.ts";
import type { CodemodeRuntimeHandle } from "../src/handle-types.ts";
import { newEntry, sameRequest } from "../src/journal/entry.ts";
import { DynamicWorkerExecutor } from "../src/sandbox/dynamic-worker-executor.ts";
import { encodeValue } from "../src/wire/values.ts";
import { completed, crashFacet, driveToEnd, failed, paused } from "./support/drive.ts";
import { makeGate } from "./support/gate.ts";
import { releasedRuntime, withReleased } from "./support/released.ts";
import { runtimeIn, type Toolbox, withRuntime } from "./support/runtime.ts";
import { makeFailing, makeWorld } from "./support/world.ts";

describe("U1 approve is not bound to the action that was seen", () => {
  const CODE = `async () => { await bank.pay({ to: "seen" }); await bank.pay({ to: "unseen" }); }`;

  test("U1 ours: a stale click approves nothing", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId, pending } = paused(await runtime.execute({ code: CODE }));
      const click = { executionId, seq: 0, digest: String(pending[0]?.digest) };
      paused(await runtime.approve(click));
      expect(await runtime.approve(click)).toMatchObject({ status: "error", code: "NOT_PENDING" });
      expect(world.calls()).toEqual(['pay({"to":"seen"})']);
    });
  });

  test("U1 released: the same click approves the next action, which nobody saw", async () => {
    const world = makeWorld();
    await withReleased(world.toolbox, async (runtime) => {
      const { executionId } = await runtime.execute({ code: CODE });
      const click = { executionId };
      await runtime.approve(click);
      await runtime.approve(click);
      expect(world.calls()).toEqual(['pay({"to":"seen"})', 'pay({"to":"unseen"})']);
    });
  });
});

describe("U2 a program can forge the log", () => {
  const CODE = `async () => {
    const paying = bank.pay({ to: "ada" });
    paying.catch(() => {});
    let told = "forged";
    try { await codemode.__stepRecord(0, "forged"); } catch (error) { told = error.code; }
    return [told, await paying];
  }`;

  test("U2 ours: there is nothing to call, and what is pending stays pending until a person decides", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId, pending } = paused(await runtime.execute({ code: CODE }));
      expect(pending).toMatchObject([{ seq: 0, method: "pay" }]);
      expect(completed(await runtime.approve({ executionId })).result).toEqual(["UNKNOWN_TOOL", "pay done"]);
    });
  });

  test("U2 released: a payment that never ran stands in the log as applied", async () => {
    const world = makeWorld();
    await withReleased(world.toolbox, async (runtime) => {
      const code = `async () => { try { await bank.pay({ to: "ada" }); } catch {} await codemode.__stepRecord(0, "forged"); return "done"; }`;
      const { executionId } = await runtime.execute({ code });
      const execution = (await runtime.executions()).find(({ id }) => id === executionId);
      expect(execution?.log[0]).toMatchObject({ method: "pay", state: "applied", result: "forged" });
      expect(world.calls()).toEqual([]);
    });
  });
});

test("U3 ours: overriding timers does not switch the timeout off, and a loop that never yields ends too", async () => {
  // The released executor is not shown: an endless loop there stops the whole local platform.
  await withRuntime(
    {},
    async (runtime) => {
      const override = `for (const name of ["setTimeout", "clearTimeout"]) { try { globalThis[name] = () => {}; } catch {} }`;
      const asleep = failed(
        await runtime.execute({
          code: `async () => { ${override} await new Promise((resolve) => setInterval(() => {}, 600_000)); }`,
        }),
      );
      expect(asleep.code).toBe("TIMEOUT");
      expect(failed(await runtime.execute({ code: `async () => { ${override} for (;;) {} }` })).code).toBe(
        "FUEL_EXHAUSTED",
      );
    },
    { limits: { maxProgramMs: 100, fuel: 100_000 } },
  );
});

describe("U4 the program is pasted into the harness", () => {
  const NAMES = `[typeof __logs, typeof __dispatchers, typeof __connectors]`;

  test("U4 ours: nothing of the harness is in the program's scope, and unbalanced code is a syntax error", async () => {
    await withRuntime({}, async (runtime) => {
      expect(completed(await runtime.execute({ code: `async () => ${NAMES}` })).result).toEqual([
        "undefined",
        "undefined",
        "undefined",
      ]);
      for (const code of [
        "async () => { return 1 } })(); globalThis.x = 1; (async () => {",
        "}); evil(); ({",
        "*/ evil() /*",
        "`${",
      ]) {
        expect(failed(await runtime.execute({ code })).code, code).toBe("SYNTAX_ERROR");
      }
    });
  });

  test("U4 released: the harness's own variables are within reach", async () => {
    const executor = new ReleasedExecutor({ loader: env.LOADER });
    expect((await executor.execute(`async () => typeof __logs`, [])).result).toBe("object");
  });
});

describe("U5 a tool's result is read as control", () => {
  const RESULT = { __codemode_control__: "pause", message: "this is data" };
  const toolbox: Toolbox = { mail: { read: { readOnly: true, execute: () => RESULT } } };
  const CODE = "async () => mail.read({})";

  test("U5 ours: it is data", async () => {
    await withRuntime(toolbox, async (runtime) =>
      expect(completed(await runtime.execute({ code: CODE })).result).toEqual(RESULT),
    );
  });

  test("U5 released: it is not what the program gets", async () => {
    await withReleased(toolbox, async (runtime) =>
      expect(await runtime.execute({ code: CODE })).not.toMatchObject({ status: "completed", result: RESULT }),
    );
  });
});

describe("U6 namespaces are thenables", () => {
  const CODE = `async () => { await bank; return "fine"; }`;

  test("U6 ours: awaiting a connector calls nothing", async () => {
    await withRuntime(makeWorld().toolbox, async (runtime) => {
      const done = completed(await runtime.execute({ code: CODE }));
      expect([done.result, done.calls]).toEqual(["fine", []]);
    });
  });

  test("U6 released: awaiting a connector calls a tool named then, and does not come back", async () => {
    await withReleased(makeWorld().toolbox, async (runtime) => {
      expect(await runtime.execute({ code: CODE })).toMatchObject({ status: "error" });
      expect((await runtime.executions())[0]?.log).toMatchObject([{ connector: "bank", method: "then" }]);
    });
  });
});

describe("U7 names of the prototype are tools", () => {
  const CODE = `async () => [await codemode.valueOf({}), "called"]`;

  test("U7 ours: only own names are tools", async () => {
    const executor = new DynamicWorkerExecutor({ loader: env.LOADER });
    for (const name of ["constructor", "valueOf", "toString", "hasOwnProperty", "__proto__", "isPrototypeOf"]) {
      const { result, error } = await executor.execute(`async () => codemode[${JSON.stringify(name)}]({})`, [
        { name: "codemode", fns: {} },
      ]);
      expect(result, name).toBeUndefined();
      expect(error, name).toMatch(/not a function|not found/);
    }
  });

  test("U7 released: a function of Object.prototype is called as a tool", async () => {
    const { error } = await new ReleasedExecutor({ loader: env.LOADER }).execute(CODE, [{ name: "codemode", fns: {} }]);
    expect(error).toBe("Cannot convert undefined or null to object");
  });
});

describe("U8 failures of tools are not recorded", () => {
  const scenario = () => {
    const { bad, ran } = makeFailing((times) => new TypeError(`failure ${times}`));
    return { toolbox: { ...makeWorld().toolbox, bad }, ran };
  };
  const CODE = `async () => {
    let told;
    try { await bad.fail({}); } catch (error) { told = error.name + " " + error.message; }
    await bank.pay({ to: "ada" });
    return told;
  }`;

  test("U8 ours: the call that failed is not made again, and fails the same way", async () => {
    const { toolbox, ran } = scenario();
    const { outcome } = await driveToEnd(toolbox, CODE);
    expect([outcome.result, ran()]).toEqual(["TypeError failure 1", 1]);
  });

  test("U8 released: the call that failed is made again on resume", async () => {
    const { toolbox, ran } = scenario();
    await withReleased(toolbox, async (runtime) => {
      const { executionId } = await runtime.execute({ code: CODE });
      await runtime.approve({ executionId });
      expect(ran()).toBe(2);
    });
  });
});

describe("U9 a snippet's code is not in the log", () => {
  const CODE = `async () => { const before = await codemode.run("version"); await bank.pay({ to: "ada" }); return [before, await codemode.run("version")]; }`;

  test("U9 ours: editing the snippet between pause and resume changes nothing", async () => {
    await withRuntime(makeWorld().toolbox, async (runtime) => {
      const save = async (code: string) =>
        runtime.saveSnippet("version", { executionId: (await runtime.execute({ code })).executionId });
      await save("async () => 1");
      const { executionId } = paused(await runtime.execute({ code: CODE }));
      await save("async () => 2");
      expect(completed(await runtime.approve({ executionId })).result).toEqual([1, 1]);
    });
  });

  test("U9 released: the resumed program sees another snippet than it saw before", async () => {
    await withReleased(makeWorld().toolbox, async (runtime) => {
      const save = async (code: string) =>
        runtime.saveSnippet("version", { executionId: (await runtime.execute({ code })).executionId, description: "" });
      await save("async () => 1");
      const { executionId } = await runtime.execute({ code: CODE });
      await save("async () => 2");
      expect(await runtime.approve({ executionId })).toMatchObject({ status: "completed", result: [2, 2] });
    });
  });
});

test("U10 ours: a run whose process dies is taken up again and completes", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime, ctx) => {
    const running = runtime.execute({ code: `async () => slow.put({ id: "x" })` });
    await world.gate.reached("x");
    await crashFacet(ctx);
    world.gate.open("x");
    await world.gate.openInOrder("x");
    expect(completed(await running).result).toBe("x");
  });
});

describe("U11 parallel calls in a run that pauses", () => {
  const CODE = `async () => {
    const chain = async (name) => { await slow.see({ id: name + 1 }); await slow.see({ id: name + 2 }); return name; };
    const names = await Promise.all([chain("a"), chain("b")]);
    await bank.pay({ to: names.join() });
    return names;
  }`;
  const crosswise = async (world: ReturnType<typeof makeWorld>) => {
    await world.gate.reached("a1", "b1");
    world.gate.open("b1");
    await world.gate.reached("b2");
    world.gate.open("b2");
    world.gate.open("a1");
    await world.gate.openInOrder("a2");
  };

  test("U11 ours: two chains that interleave resume and complete", async () => {
    const world = makeWorld();
    const { outcome } = await driveToEnd(world.toolbox, CODE, { during: [() => crosswise(world)] });
    expect(outcome.result).toEqual(["a", "b"]);
    expect(world.calls()).toHaveLength(5);
  });

  test("U11 released: the resumed run diverges", async () => {
    const world = makeWorld();
    await withReleased(world.toolbox, async (runtime) => {
      const running = runtime.execute({ code: CODE });
      await crosswise(world);
      const { executionId } = await running;
      expect(await runtime.approve({ executionId })).toMatchObject({ status: "error" });
    });
  });
});

describe("U12 time and chance are native", () => {
  const CODE = `async () => { const id = crypto.randomUUID() + Math.random(); await bank.pay({ to: id }); return id; }`;

  test("U12 ours: the approved payment is the one that runs", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId, pending } = paused(await runtime.execute({ code: CODE }));
      const done = completed(await runtime.approve({ executionId }));
      expect(pending[0]?.args).toEqual({ to: done.result });
      expect(world.calls()).toEqual([`pay({"to":"${done.result}"})`]);
    });
  });

  test("U12 released: the approved payment never runs", async () => {
    const world = makeWorld();
    await withReleased(world.toolbox, async (runtime) => {
      const { executionId } = await runtime.execute({ code: CODE });
      expect(await runtime.approve({ executionId })).toMatchObject({ status: "error" });
      expect(world.calls()).toEqual([]);
    });
  });
});

describe("U13 a tool is told too little to be safe", () => {
  const seen: object[] = [];
  const toolbox: Toolbox = { spy: { look: { execute: (_args, context) => void seen.push(context) } } };

  test("U13 ours: execution, seq, idempotency key, attempt and signal", async () => {
    await withRuntime(toolbox, async (runtime) => {
      const { executionId } = completed(
        await runtime.execute({ code: "async () => { await spy.look({}); await spy.look({}); }" }),
      );
      expect(seen).toMatchObject(
        [0, 1].map((seq) => ({
          executionId,
          seq,
          idempotencyKey: `${executionId}:${seq}`,
          attempt: 1,
          signal: expect.any(AbortSignal),
        })),
      );
    });
  });

  test("U13 released: the execution alone", async () => {
    seen.length = 0;
    await withReleased(toolbox, async (runtime) => {
      await runtime.execute({ code: "async () => spy.look({})" });
      expect(seen.map((context) => Object.keys(context))).toEqual([["executionId"]]);
    });
  });
});

describe("U14 two rollbacks at once", () => {
  const scenario = () => {
    const gate = makeGate();
    const toolbox: Toolbox = {
      files: { write: { execute: () => "written", revert: () => gate.pass(`revert ${gate.begun.length}`) } },
    };
    return { gate, toolbox };
  };
  const CODE = "async () => files.write({})";

  test("U14 ours: each effect is undone once", async () => {
    const { gate, toolbox } = scenario();
    await withRuntime(toolbox, async (runtime) => {
      const { executionId } = completed(await runtime.execute({ code: CODE }));
      const both = [runtime.rollback({ executionId }), runtime.rollback({ executionId })];
      await gate.openInOrder("revert 0");
      await Promise.all(both);
      expect(gate.begun).toHaveLength(1);
    });
  });

  test("U14 released: it is undone twice", async () => {
    const { gate, toolbox } = scenario();
    await withReleased(toolbox, async (runtime) => {
      const { executionId } = await runtime.execute({ code: CODE });
      const both = [runtime.rollback({ executionId }), runtime.rollback({ executionId })];
      await gate.openInOrder("revert 0", "revert 1");
      await Promise.all(both);
      expect(gate.begun).toHaveLength(2);
    });
  });
});

describe("U15 annotations and schemas are ignored", () => {
  const CODE = `async () => bank.pay({ to: 5 })`;

  test("U15 ours: arguments are checked before anybody is asked", async () => {
    await withRuntime(makeWorld().toolbox, async (runtime) => {
      expect(failed(await runtime.execute({ code: CODE }))).toMatchObject({
        code: "INVALID_ARGUMENTS",
        error: expect.stringContaining("args.to"),
      });
    });
  });

  test("U15 ours: what an MCP server says of its tools becomes policy", async () => {
    class Server extends McpConnector {
      override name() {
        return "server";
      }
      protected override createConnection(): McpConnectionLike {
        const hinted = (name: string, annotations: object): McpTool => ({
          name,
          inputSchema: { type: "object" },
          annotations,
        });
        return {
          client: {
            listTools: async () => ({
              tools: [hinted("look", { readOnlyHint: true }), hinted("wipe", { destructiveHint: true })],
            }),
            callTool: async ({ name }) => ({ content: [{ type: "text", text: `${name} ran` }] }),
          },
        };
      }
    }
    await withRuntime([Server], async (runtime) => {
      const { pending, calls } = paused(
        await runtime.execute({ code: "async () => [await server.look({}), await server.wipe({})]" }),
      );
      expect(pending).toMatchObject([{ connector: "server", method: "wipe" }]);
      expect(calls).toMatchObject([
        { method: "look", state: "applied", result: "look ran" },
        { method: "wipe", state: "pending" },
      ]);
    });
  });

  test("U15 released: a person is asked to approve a call that does not fit its schema", async () => {
    await withReleased(makeWorld().toolbox, async (runtime) =>
      expect(await runtime.execute({ code: CODE })).toMatchObject({ status: "paused" }),
    );
  });
});

test("U16 ours: who decided, why and when is recorded; a rejection can be caught; arguments can be edited", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const code = `async () => { const told = await bank.pay({ to: "ada" }).catch((error) => error.message); return [told, await bank.pay({ to: "bob" })]; }`;
    const { executionId } = paused(await runtime.execute({ code }));
    await runtime.reject({ executionId, seq: 0, by: "ann", reason: "not her", then: "throw" });
    const done = completed(
      await runtime.approve({ executionId, seq: 1, by: "bo", reason: "less", args: { to: "bob", amount: 1 } }),
    );
    expect(done.result).toEqual(["bank.pay was rejected by ann: not her", "pay done"]);
    expect(done.calls).toMatchObject([
      { decision: { decision: "rejected", by: "ann", reason: "not her", at: expect.any(Number) } },
      {
        decision: { decision: "approved", by: "bo", reason: "less" },
        args: { to: "bob" },
        editedArgs: { to: "bob", amount: 1 },
      },
    ]);
  });
});

describe("U17 arguments that differ compare as equal", () => {
  test("U17 ours: Maps, Sets and cycles are compared by what they hold", () => {
    const call = (value: unknown) =>
      ({ seq: 0, kind: "call", connector: "c", method: "m", args: encodeValue([value], "args") }) as const;
    const cyclic = (n: number) => {
      const value: Record<string, unknown> = { n };
      value.self = value;
      return value;
    };
    for (const make of [
      (n: number) => new Map([[1, n]]),
      (n: number) => new Set([n]),
      cyclic,
      (n: number) => BigInt(n),
      (n: number) => new Date(n),
    ]) {
      const entry = newEntry(call(make(1)), "started");
      expect(sameRequest(entry, call(make(1)))).toBe(true);
      expect(sameRequest(entry, call(make(2)))).toBe(false);
    }
  });

  test("U17 released: another Map is answered with the record of the first", async () => {
    const world = makeWorld();
    await withReleased(world.toolbox, async (runtime) => {
      const code = `async () => { await bank.log({ map: new Map([[1, Math.random()]]) }); await bank.pay({ to: "ada" }); return "done"; }`;
      const { executionId } = await runtime.execute({ code });
      expect(await runtime.approve({ executionId })).toMatchObject({ status: "completed" });
    });
  });
});

test("U18 ours: a list of executions is read page by page, without their journals", async () => {
  await withRuntime(makeWorld().toolbox, async (runtime, ctx) => {
    for (let i = 0; i < 5; i += 1) completed(await runtime.execute({ code: `async () => bank.see({ n: ${i} })` }));
    const other = runtimeIn(ctx, {});
    const { executions, cursor } = await other.listExecutions({ limit: 2 });
    expect(executions.map((one) => [one.calls, "log" in one])).toEqual([
      [1, false],
      [1, false],
    ]);
    const { executions: older } = await other.listExecutions({ limit: 2, cursor: String(cursor) });
    expect(new Set([...executions, ...older].map(({ id }) => id)).size).toBe(4);
  });
});

describe("U19 a snippet takes an isolate of its own, of which there are few", () => {
  const CODE = `async () => [await codemode.run("one"), await codemode.run("one"), await codemode.run("one")]`;

  /** How many isolates a run takes that calls a snippet three times. */
  async function isolatesOf(runtimeWith: (ctx: DurableObjectState, loader: WorkerLoader) => CodemodeRuntimeHandle) {
    let loads = 0;
    const loader: WorkerLoader = {
      get: (...args) => env.LOADER.get(...args),
      load: (code) => {
        loads += 1;
        return env.LOADER.load(code);
      },
    };
    return withRuntime({}, async (_unused, ctx) => {
      const runtime = runtimeWith(ctx, loader);
      await runtime.saveSnippet("one", { executionId: (await runtime.execute({ code: "async () => 1" })).executionId });
      loads = 0;
      expect(completed(await runtime.execute({ code: CODE })).result).toEqual([1, 1, 1]);
      return loads;
    });
  }

  test("U19 ours: it runs in the isolate of its program, and others wait for a place", async () => {
    const executor = (loader: WorkerLoader) => new DynamicWorkerExecutor({ loader });
    expect(await isolatesOf((ctx, loader) => runtimeIn(ctx, {}, { executor: executor(loader) }))).toBe(1);
  });

  test("U19 released: three calls of it are three more", async () => {
    expect(await isolatesOf((ctx, loader) => releasedRuntime(ctx, {}, loader) as never)).toBe(4);
  });
});

describe("Stop does not reach the run", () => {
  const CODE = `async () => { await slow.log({ id: "a" }); await slow.log({ id: "b" }); return "both"; }`;

  test("ours: with onAbort the run makes no further call", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const stop = new AbortController();
      const running = runtime.tool({ onAbort: "cancel" }).execute({ code: CODE }, { abortSignal: stop.signal });
      await world.gate.reached("a");
      stop.abort();
      expect(failed(await running).code).toBe("CANCELLED");
      world.gate.open("a");
      expect(world.gate.begun).toEqual(["a"]);
    });
  });

  test("released: the run of an aborted call goes on to its end", async () => {
    const world = makeWorld();
    await withReleased(world.toolbox, async (runtime) => {
      const stop = new AbortController();
      const running = runtime.tool().execute({ code: CODE }, { abortSignal: stop.signal });
      await world.gate.reached("a");
      stop.abort();
      world.gate.open("a");
      await world.gate.reached("b");
      world.gate.open("b");
      expect(await running).toMatchObject({ status: "completed", result: "both" });
    });
  });
});
