/** Connectors written for the released package: their classes by a changed import, their instances as they are. */
import { env, runInDurableObject } from "cloudflare:test";
import * as released from "@cloudflare/codemode";
import { toolSetConnector } from "@cloudflare/codemode/ai";
import { tool } from "ai";
import type { CreateCodemodeRuntimeOptions } from "durable-codemode";
import { type CodemodeRuntimeHandle, createCodemodeRuntime, DynamicWorkerExecutor } from "durable-codemode";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { Github, Service, Stripe } from "./subclasses.ts";

const ENV = { TOKEN: "secret" };

function withConnectors<T>(
  make: (ctx: DurableObjectState) => CreateCodemodeRuntimeOptions["connectors"],
  body: (runtime: CodemodeRuntimeHandle) => Promise<T>,
): Promise<T> {
  return runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), (_place, ctx) =>
    body(
      createCodemodeRuntime({
        ctx,
        executor: new DynamicWorkerExecutor({ loader: env.LOADER }),
        connectors: make(ctx),
      }),
    ),
  );
}

describe("classes of the released documentation", () => {
  test("a service: approval, revert, ephemeral reads, and the hooks at the end of pass and run", async () => {
    let service: Service | undefined;
    await withConnectors(
      (ctx) => {
        service = new Service(ctx, ENV);
        return [service];
      },
      async (runtime) => {
        const paused = await runtime.execute({
          code: `async () => [await service.readFile({ path: "a" }), await service.createItem({ title: "b" })]`,
        });
        const { executionId } = paused;
        expect(paused).toMatchObject({ status: "paused", pending: [{ method: "createItem" }] });
        expect(await runtime.approve({ executionId })).toMatchObject({ result: ["a", { id: 7, by: executionId }] });
        await runtime.rollback({ executionId });
        expect(service?.ended).toContain(executionId);
        expect(service?.ended).toContain(`${executionId} reverted 7`);
        expect(await service?.getTypeScriptTypes()).toContain("declare const service");
      },
    );
  });

  test("an MCP connection that is handed in, with a tool that the class decorates", async () => {
    const calls: unknown[] = [];
    const connection = {
      client: {
        callTool: async (params: { name: string; arguments?: Record<string, unknown> }) => {
          calls.push(params);
          return { content: [{ type: "text", text: '{"number":3}' }] };
        },
      },
      tools: [
        { name: "list-issues", inputSchema: { type: "object" } },
        { name: "create_issue", inputSchema: { type: "object" } },
      ],
    };
    await withConnectors(
      (ctx) => [new Github(ctx as unknown as ExecutionContext, ENV, connection)],
      async (runtime) => {
        const paused = await runtime.execute({
          code: `async () => [await github.list_issues(), await github.create_issue({ title: "x" })]`,
        });
        expect(paused).toMatchObject({ status: "paused", pending: [{ method: "create_issue" }] });
        const { executionId } = paused;
        expect(await runtime.approve({ executionId })).toMatchObject({ result: [{ number: 3 }, { number: 3 }] });
        await runtime.rollback({ executionId });
        expect(calls.at(-1)).toEqual({ name: "close_issue", arguments: { number: 3 } });
      },
    );
  });

  test("an API with a request of one's own", async () => {
    await withConnectors(
      (ctx) => [new Stripe(ctx as unknown as ExecutionContext, ENV)],
      async (runtime) => {
        const outcome = await runtime.execute({
          code: `async () => [await stripe.ListCharges(), await stripe.request({ path: "/x", method: "GET" })]`,
        });
        expect(outcome).toMatchObject({
          result: [
            { url: "https://api.stripe.com/charges", method: "GET", authorized: true },
            { url: "https://api.stripe.com/x", method: "GET" },
          ],
        });
      },
    );
  });
});

describe("instances of the released package's own classes, as libraries ship them", () => {
  class Shelf extends released.CodemodeConnector {
    readonly heard: string[] = [];
    name() {
      return "shelf";
    }
    protected override instructions() {
      return "A shelf of books.";
    }
    protected tools(): released.ConnectorTools {
      return {
        list: { description: "Books", execute: () => ["Emma"] },
        lend: {
          description: "Lend a book",
          inputSchema: { type: "object", properties: { title: { type: "string" } }, required: ["title"] },
          requiresApproval: true,
          execute: (args, ctx) => ({ lent: args, in: ctx?.executionId }),
          revert: (args) => void this.heard.push(`returned ${JSON.stringify(args)}`),
        },
      };
    }
    override async onPassEnd(_id: string, status: released.PassEndStatus) {
      this.heard.push(`pass ${status}`);
    }
    override async disposeExecution(_id: string, status: released.ExecutionEndStatus) {
      this.heard.push(`end ${status}`);
    }
  }

  test("a custom connector pauses, is approved, rolled back, found and described", async () => {
    let shelf: Shelf | undefined;
    await withConnectors(
      (ctx) => {
        shelf = new Shelf(ctx as unknown as ExecutionContext, {});
        return [shelf];
      },
      async (runtime) => {
        expect(await runtime.search("lend a book")).toMatchObject({
          results: [{ path: "shelf.lend", requiresApproval: true }, { path: "shelf.list" }],
        });
        expect(JSON.stringify(await runtime.describe("shelf"))).toContain("A shelf of books.");
        const refused = await runtime.execute({ code: "async () => shelf.lend({})" });
        expect(refused).toMatchObject({ status: "error", code: "INVALID_ARGUMENTS" });

        const code = `async () => { const [title] = await shelf.list(); return shelf.lend({ title }); }`;
        const paused = await runtime.execute({ code });
        const { executionId } = paused;
        expect(paused).toMatchObject({ status: "paused", pending: [{ args: { title: "Emma" } }] });
        expect(await runtime.approve({ executionId })).toMatchObject({
          result: { lent: { title: "Emma" }, in: executionId },
        });
        const { items } = await runtime.rollback({ executionId });
        expect(items.map(({ method, outcome }) => [method, outcome])).toEqual([
          ["lend", "reverted"],
          ["list", "irreversible"],
        ]);
        expect(shelf?.heard).toEqual(
          expect.arrayContaining(["pass paused", "pass completed", "end completed", 'returned {"title":"Emma"}']),
        );
      },
    );
  });

  test("its tool set connector", async () => {
    const tools = { add: tool({ inputSchema: z.object({ a: z.number() }), execute: async ({ a }) => a + 1 }) };
    await withConnectors(
      (ctx) => [toolSetConnector(ctx, { tools, name: "math" })],
      async (runtime) => {
        expect(await runtime.execute({ code: "async () => math.add({ a: 1 })" })).toMatchObject({ result: 2 });
      },
    );
  });

  test("one tool of a library that contradicts itself is refused alone", async () => {
    const inputSchema = { type: "object" };
    const odd = {
      name: () => "odd",
      describe: async () => ({
        name: "odd",
        descriptors: { both: { inputSchema }, good: { inputSchema } },
        annotations: { both: { requiresApproval: true, replay: "reexecute" as const } },
      }),
      executeTool: async (method: string) => method,
    };
    await withConnectors(
      () => [odd],
      async (runtime) => {
        const code = "async () => [await odd.good({}), await odd.both({}).catch(({ code }) => code)]";
        expect(await runtime.execute({ code })).toMatchObject({ result: ["good", "INVALID_TOOL"] });
      },
    );
  });

  test("what is no connector at all is refused by code", async () => {
    const wrong = { name: () => "x" } as unknown as Shelf;
    await expect(
      withConnectors(
        () => [wrong],
        async () => undefined,
      ),
    ).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});
