/** Connectors of several kinds in real runs: inside snippets, over pauses, beside rules that change while a person decides. */
import { env, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { mcpConnector } from "../../connectors/mcp/index.ts";
import { openApiConnector } from "../../connectors/openapi/index.ts";
import { toolSetConnector } from "../../connectors/toolset/index.ts";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import { createCodemodeRuntime } from "../../src/handle.ts";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import { wrong } from "../support/wrong.ts";

function within<T>(
  make: (ctx: DurableObjectState) => CodemodeConnector,
  body: (runtime: CodemodeRuntimeHandle) => Promise<T>,
): Promise<T> {
  return runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), (_place, ctx) => {
    const executor = new DynamicWorkerExecutor({ loader: env.LOADER });
    return body(createCodemodeRuntime({ ctx, executor, connectors: [make(ctx)] }));
  });
}

const ID = { in: "path", name: "id", required: true, schema: { type: "integer" } };
const SPEC = {
  openapi: "3.1.0",
  info: { title: "Things", version: "1" },
  servers: [{ url: "https://api.test" }],
  paths: {
    "/things/{id}": {
      parameters: [ID, { in: "query", name: "fields", schema: { type: "string" } }],
      get: { operationId: "things/get", responses: {} },
      put: { operationId: "things/put", requestBody: { content: { "application/json": {} } }, responses: {} },
    },
  },
};

describe("an API's operations inside a snippet", () => {
  test("ask one by one, run once each under their own keys, also when the snippet runs twice at a time", async () => {
    const sent: string[] = [];
    const fetch = async (request: Request) => {
      const { pathname, search } = new URL(request.url);
      sent.push(`${request.method} ${pathname}${search} ${request.headers.get("idempotency-key") ?? ""}`.trim());
      return Response.json({ from: request.method });
    };
    await within(
      (ctx) => openApiConnector(ctx, { name: "api", spec: SPEC, fetch }),
      async (runtime) => {
        const code = `async ({ id, fields } = { id: 1 }) => {
          const thing = await api.things_get({ id, fields });
          return api.things_put({ id, body: { thing, at: new Date(0) } });
        }`;
        const first = await runtime.execute({ code });
        await runtime.approve({ executionId: first.executionId });
        await runtime.saveSnippet("touch", { executionId: first.executionId, description: "Touch a thing" });
        sent.length = 0;
        const { executionId, ...paused } = await runtime.execute({
          code: `async () => Promise.all([2, 3].map((id) => codemode.run("touch", { id })))`,
        });
        expect(paused).toMatchObject({ status: "paused", pending: [{ args: { id: 2 } }, { args: { id: 3 } }] });
        const [one, two] = await runtime.pending(executionId);
        expect(await runtime.approve({ executionId, seq: two?.seq ?? -1 })).toMatchObject({ status: "paused" });
        const done = await runtime.approve({ executionId, seq: one?.seq ?? -1 });
        expect(done).toMatchObject({ status: "completed", result: [{ from: "PUT" }, { from: "PUT" }] });
        expect(sent.toSorted()).toEqual([
          "GET /things/2",
          "GET /things/3",
          `PUT /things/2 ${executionId}:${one?.seq}`,
          `PUT /things/3 ${executionId}:${two?.seq}`,
        ]);
      },
    );
  });
});

describe("an MCP tool whose definition changes while a person decides", () => {
  test("asks again; what was read before the pause keeps its fields and its image", async () => {
    const calls: string[] = [];
    const listed = (description: string) => ({ name: "pay", description, inputSchema: { type: "object" } });
    const chart = { name: "chart", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } };
    let tools: object[] = [chart, { ...listed("Pay"), annotations: { destructiveHint: true } }];
    const client = {
      async callTool({ name }: { name: string }) {
        calls.push(name);
        const image = { type: "image", data: btoa("abc"), mimeType: "image/png" };
        return { structuredContent: { n: calls.length }, content: name === "chart" ? [image] : [] };
      },
      listTools: async () => ({ tools }),
    };
    await within(
      (ctx) => mcpConnector(ctx, { name: "bank", client }),
      async (runtime) => {
        const { executionId } = await runtime.execute({
          code: `async () => {
            const { n, mcpContent: [image] } = await bank.chart({});
            return [n, image.data instanceof Uint8Array, image.data.length, await bank.pay({})];
          }`,
        });
        tools = [chart, { ...listed("Pay twice"), annotations: { destructiveHint: true } }];
        const again = await runtime.approve({ executionId });
        expect([again.status, calls]).toEqual(["paused", ["chart"]]);
        expect(await runtime.approve({ executionId })).toMatchObject({ result: [1, true, 3, { n: 2 }] });
        expect(calls).toEqual(["chart", "pay"]);
      },
    );
  });
});

describe("a predicate that changes its mind while a person decides", () => {
  test("does not make a person approve twice", async () => {
    let limit = 10;
    const ran: number[] = [];
    const pay = {
      inputSchema: { type: "object", properties: { n: { type: "number" } } },
      needsApproval: ({ n }: { n: number }) => n >= limit,
      execute: ({ n }: { n: number }) => ran.push(n),
    } as const;
    await within(
      (ctx) => toolSetConnector(ctx, { tools: { pay } }),
      async (runtime) => {
        const { executionId } = await runtime.execute({ code: "async () => tools.pay({ n: 20 })" });
        limit = 1_000;
        expect(await runtime.approve({ executionId })).toMatchObject({ status: "completed", result: 1 });
        expect(ran).toEqual([20]);
      },
    );
  });
});

describe("a class that says in describe() what its tools do not", () => {
  test("asks before what it gates, and hides what it leaves out", async () => {
    const ran: string[] = [];
    class Shop extends CodemodeConnector {
      override name() {
        return "shop";
      }
      protected override tools() {
        return { pay: { execute: () => ran.push("pay") }, hidden: { execute: () => ran.push("hidden") } };
      }
      override async describe() {
        const described = await super.describe();
        const { hidden: _hidden, ...descriptors } = described.descriptors;
        return { ...described, descriptors, annotations: { pay: { requiresApproval: true } } };
      }
    }
    await within(
      (ctx) => new Shop(ctx, {}),
      async (runtime) => {
        const { executionId, status } = await runtime.execute({
          code: `async () => [await shop.hidden({}).catch((error) => error.code), await shop.pay({})]`,
        });
        expect([status, ran]).toEqual(["paused", []]);
        expect(await runtime.approve({ executionId })).toMatchObject({ result: ["UNKNOWN_TOOL", 1] });
        expect(ran).toEqual(["pay"]);
      },
    );
  });

  test("what it gates is recorded, also where the tool says that its result is not: it cannot be made again unasked", async () => {
    const ran: string[] = [];
    class Archive extends CodemodeConnector {
      override name() {
        return "archive";
      }
      protected override tools() {
        return {
          read: { readOnly: true, replay: "reexecute" as const, execute: () => `read ${ran.push("read")}` },
          send: { requiresApproval: true, execute: () => ran.push("send") },
        };
      }
      override async describe() {
        const described = await super.describe();
        return { ...described, annotations: { ...described.annotations, read: { requiresApproval: true } } };
      }
    }
    await within(
      (ctx) => new Archive(ctx, {}),
      async (runtime) => {
        const { executionId } = await runtime.execute({
          code: "async () => [await archive.read({}), await archive.send({})]",
        });
        expect(await runtime.approve({ executionId })).toMatchObject({
          status: "paused",
          pending: [{ method: "send" }],
        });
        expect(await runtime.approve({ executionId })).toMatchObject({ status: "completed", result: ["read 1", 2] });
        expect(ran).toEqual(["read", "send"]);
      },
    );
  });
});

describe("a class whose assess() forgets what it is asked for", () => {
  const base = { kind: "valid", method: "pay" };
  test.each([
    ["nothing", undefined],
    ["a text", "yes"],
    ["a kind that there is not", { kind: "fine" }],
    ["no policy", base],
    ["half a policy", { ...base, policy: { approval: false } }],
  ])("fails the call, in words, and nothing ran: it gives %s", async (_what, given) => {
    const ran: string[] = [];
    class Shop extends CodemodeConnector {
      override name() {
        return "shop";
      }
      protected override tools() {
        return { pay: { execute: () => ran.push("pay") } };
      }
      override async assess() {
        return wrong(given);
      }
    }
    await within(
      (ctx) => new Shop(ctx, {}),
      async (runtime) => {
        const code = "async () => shop.pay({}).catch(({ code, message }) => [code, message])";
        expect(await runtime.execute({ code })).toMatchObject({
          status: "completed",
          result: ["INVALID_INPUT", expect.stringMatching(/shop\.assess\("pay"\) .*super\.assess/)],
        });
        expect(ran).toEqual([]);
      },
    );
  });
});
