/** Small programs over AI SDK tools as people write them, through the whole runtime: streams, approvals, aborts, odd results. */
import { env, runInDurableObject } from "cloudflare:test";
import { dynamicTool, tool } from "ai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type ForeignTools, toolSetConnector } from "../../../connectors/toolset/index.ts";
import { createCodemodeRuntime } from "../../../src/handle.ts";
import type { CodemodeRuntimeHandle } from "../../../src/handle-types.ts";
import { DynamicWorkerExecutor } from "../../../src/sandbox/dynamic-worker-executor.ts";
import { completed, failed, paused } from "../../support/drive.ts";

function withTools(tools: ForeignTools, body: (runtime: CodemodeRuntimeHandle) => Promise<void>): Promise<void> {
  return runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), (_place, ctx) =>
    body(
      createCodemodeRuntime({
        ctx,
        executor: new DynamicWorkerExecutor({ loader: env.LOADER }),
        connectors: [toolSetConnector(ctx, { name: "app", tools, context: { user: "ann" } })],
      }),
    ),
  );
}

const nothing = z.object({});

describe("streams", () => {
  test("the last value of a stream is the result; one that yields nothing is undefined; one that throws midway failed", async () => {
    const tools = {
      count: tool({
        inputSchema: z.object({ to: z.number() }),
        async *execute({ to }) {
          for (let n = 1; n <= to; n += 1) {
            if (n === 4) throw new RangeError("too far");
            yield { n };
          }
        },
      }),
    };
    await withTools(tools, async (runtime) => {
      const code = `async () => [
        await app.count({ to: 3 }), await app.count({ to: 0 }), await app.count({ to: 9 }).catch(({ name, message }) => [name, message]),
      ]`;
      expect(completed(await runtime.execute({ code })).result).toEqual([
        { n: 3 },
        undefined,
        ["RangeError", "too far"],
      ]);
    });
  });

  test("a stream without an end stops when its run is cancelled, and cleans up behind itself", async () => {
    const cleaned = Promise.withResolvers<string>();
    const started = Promise.withResolvers<void>();
    const tools = {
      tail: tool({
        inputSchema: nothing,
        async *execute() {
          try {
            for (let n = 0; ; n += 1) {
              yield n;
              started.resolve();
              await new Promise((resolve) => setTimeout(resolve, 0));
            }
          } finally {
            cleaned.resolve("cleaned");
          }
        },
      }),
    };
    await withTools(tools, async (runtime) => {
      const running = runtime.execute({ code: "async () => app.tail({})" });
      await started.promise;
      const [{ id: executionId } = { id: "" }] = await runtime.executions();
      expect(await runtime.cancel({ executionId })).toBe(true);
      expect(failed(await running).code).toBe("CANCELLED");
      expect(await cleaned.promise).toBe("cleaned");
    });
  });
});

describe("approval", () => {
  test("a predicate may be async, see the context, and answer with anything that is true", async () => {
    const seen: unknown[] = [];
    const tools = {
      pay: tool({
        inputSchema: z.object({ sum: z.coerce.number() }),
        needsApproval: async ({ sum }, options) => {
          seen.push([sum, Reflect.get(options, "experimental_context")]);
          return (sum > 10 && "yes") as unknown as boolean;
        },
        execute: ({ sum }) => `paid ${sum}`,
      }),
    };
    await withTools(tools, async (runtime) => {
      const outcome = paused(
        await runtime.execute({ code: `async () => [await app.pay({ sum: "5" }), await app.pay({ sum: "50" })]` }),
      );
      expect(outcome.pending).toMatchObject([{ method: "pay", args: { sum: "50" } }]);
      expect(await runtime.approve({ executionId: outcome.executionId })).toMatchObject({
        result: ["paid 5", "paid 50"],
      });
      expect(seen.slice(0, 2)).toEqual([
        [5, { user: "ann" }],
        [50, { user: "ann" }],
      ]);
    });
  });

  test("a predicate that throws lets nothing run, and says which tool it is of", async () => {
    let ran = 0;
    const tools = {
      pay: {
        needsApproval: () => {
          throw new Error("no policy for this user");
        },
        execute: () => {
          ran += 1;
        },
      },
    };
    await withTools(tools, async (runtime) => {
      const outcome = failed(await runtime.execute({ code: "async () => app.pay({})" }));
      expect(outcome.error).toBe("app.pay: no policy for this user");
      expect(ran).toBe(0);
    });
  });
});

describe("results", () => {
  test("are what execute gave, not what toModelOutput makes of it for a model", async () => {
    const tools = {
      shot: tool({
        inputSchema: nothing,
        execute: () => ({ png: Uint8Array.of(1, 2), at: new Date(0), big: 2n ** 60n }),
        toModelOutput: () => ({ type: "text", value: "(an image)" }),
      }),
    };
    await withTools(tools, async (runtime) => {
      const code = `async () => { const { png, at, big } = await app.shot({}); return [png instanceof Uint8Array, at.getTime(), String(big)]; }`;
      expect(completed(await runtime.execute({ code })).result).toEqual([true, 0, String(2n ** 60n)]);
    });
  });

  test.each<[string, () => unknown, RegExp]>([
    ["a Response", () => new Response("text"), /The result of app\.get cannot be recorded.*Pass plain data/],
    ["a stream of bytes", () => new Response("text").body, /The result of app\.get cannot be recorded/],
    ["a function inside", () => ({ then_: 1, next: () => 2 }), /\.next/],
  ])(
    "that is %s says what to give instead, and the effect is known to have taken place",
    async (_title, execute, words) => {
      await withTools({ get: { execute } }, async (runtime) => {
        const { result, calls } = completed(
          await runtime.execute({ code: "async () => app.get({}).catch(({ code, message }) => [code, message])" }),
        );
        expect(result).toEqual(["UNSERIALIZABLE", expect.stringMatching(words)]);
        expect(calls).toMatchObject([{ state: "applied" }]);
      });
    },
  );

  test("what is thrown arrives: a string, an object, nothing, an error with a code and a cause", async () => {
    const thrown: Record<string, unknown> = {
      text: "plain words",
      object: { status: 404 },
      none: undefined,
      error: Object.assign(new TypeError("bad id", { cause: new Error("row 7") }), { code: "E_ID" }),
    };
    const tools = {
      fail: tool({
        inputSchema: z.object({ how: z.string() }),
        execute: ({ how }): string => {
          throw thrown[how];
        },
      }),
    };
    await withTools(tools, async (runtime) => {
      const code = `async () => {
        const told = [];
        for (const how of ["text", "object", "none", "error"]) await app.fail({ how }).catch((error) => told.push([error.name, error.message, error.code, error.cause?.message]));
        return told;
      }`;
      expect(completed(await runtime.execute({ code })).result).toEqual([
        ["Error", "plain words", undefined, undefined],
        ["Error", '(thrown) {"status":404}', undefined, undefined],
        ["Error", "(thrown) undefined", undefined, undefined],
        ["TypeError", "bad id", "E_ID", "row 7"],
      ]);
    });
  });
});

test("the signal of a call is aborted when its run is cancelled, with a reason", async () => {
  const aborted = Promise.withResolvers<unknown>();
  const started = Promise.withResolvers<void>();
  const tools = {
    wait: tool({
      inputSchema: nothing,
      execute: (_input, { abortSignal }) =>
        new Promise((_resolve, reject) => {
          abortSignal?.addEventListener("abort", () => {
            aborted.resolve(abortSignal.reason);
            reject(abortSignal.reason);
          });
          started.resolve();
        }),
    }),
  };
  await withTools(tools, async (runtime) => {
    const running = runtime.execute({ code: "async () => app.wait({})" });
    await started.promise;
    const [{ id: executionId } = { id: "" }] = await runtime.executions();
    await runtime.cancel({ executionId, reason: "no longer needed" });
    expect(failed(await running).error).toContain("no longer needed");
    expect(await aborted.promise).toMatchObject({ code: "CANCELLED" });
  });
});

test("a schema that refines, transforms and asks a database is the one that reads, and a refusal names the place", async () => {
  const emails = new Set(["ann@example.com"]);
  const inputSchema = z.object({
    to: z.array(z.email().refine(async (email) => emails.has(email), "is nobody here")).min(1),
    subject: z
      .string()
      .trim()
      .transform((text) => text.toUpperCase()),
  });
  const tools = { send: tool({ inputSchema, execute: ({ to, subject }) => `${subject} to ${to.join()}` }) };
  await withTools(tools, async (runtime) => {
    const code = `async () => [
      await app.send({ to: ["ann@example.com"], subject: " hi " }),
      await app.send({ to: ["ann@example.com", "bob@example.com"], subject: "hi" }).catch(({ code, message }) => [code, message]),
    ]`;
    expect(completed(await runtime.execute({ code })).result).toEqual([
      "HI to ann@example.com",
      ["INVALID_ARGUMENTS", expect.stringMatching(/app\.send: args\.to\[1\]: .*nobody here/)],
    ]);
  });
});

test("tools of unknown input, made at run time, take what they are given", async () => {
  const tools = {
    any: dynamicTool({ description: "Anything", inputSchema: z.unknown(), execute: async (input) => input }),
  };
  await withTools(tools, async (runtime) => {
    const code = `async () => [await app.any({ a: 1 }), await app.any("text"), await app.any()]`;
    expect(completed(await runtime.execute({ code })).result).toEqual([{ a: 1 }, "text", {}]);
  });
});
