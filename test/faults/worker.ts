/** The Worker of the suites that kill real processes: one runtime, and a ledger of effects on the same disk. */
import { DurableObject } from "cloudflare:workers";
import { defineConnector } from "../../src/connector/define.ts";
import type { ConnectorTools, ToolExecuteContext } from "../../src/connector/types.ts";
import { createCodemodeRuntime } from "../../src/handle.ts";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";

export { CodemodeRuntime } from "../../src/runtime/facet.ts";

interface Env {
  readonly LOADER: WorkerLoader;
  readonly HOST: DurableObjectNamespace<World>;
}

const TABLE = `CREATE TABLE IF NOT EXISTS effects (
  n INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, tool TEXT NOT NULL, args TEXT NOT NULL, result TEXT NOT NULL)`;

/** What an effect costs the world in milliseconds: time in which the process can be killed while a tool works. */
const EFFECT_MS = 3;

export class World extends DurableObject<Env> {
  readonly #runtime: CodemodeRuntimeHandle;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(TABLE);
    this.#runtime = createCodemodeRuntime({
      ctx,
      executor: new DynamicWorkerExecutor({ loader: env.LOADER }),
      connectors: Object.entries(this.#toolbox()).map(([name, tools]) => defineConnector({ name, tools })),
      maxExecutions: 10_000,
    });
  }

  /** The rules of `world.ts`, with a ledger that survives the process. */
  #toolbox(): Record<string, ConnectorTools> {
    const write = async (kind: string, tool: string, args: unknown, { idempotencyKey }: ToolExecuteContext) => {
      await scheduler.wait(EFFECT_MS);
      const result = { did: tool, of: args };
      const { sql } = this.ctx.storage;
      sql.exec(
        "INSERT INTO effects (kind, key, tool, args, result) VALUES (?, ?, ?, ?, ?)",
        kind,
        idempotencyKey,
        tool,
        JSON.stringify(args),
        JSON.stringify(result),
      );
      await scheduler.wait(EFFECT_MS);
      return result;
    };
    const once = (kind: string, tool: string, args: unknown, context: ToolExecuteContext) => {
      const known = this.ctx.storage.sql
        .exec("SELECT 1 FROM effects WHERE kind = ? AND key = ?", kind, context.idempotencyKey)
        .toArray();
      return known.length > 0 ? { did: tool, of: args } : write(kind, tool, args, context);
    };
    const refuse = () => {
      throw Object.assign(new Error("the tool said no"), { code: "E_TOOL" });
    };
    const tools = (prefix: string, asked: { readonly requiresApproval?: true }): ConnectorTools => ({
      do: {
        ...asked,
        execute: (args: unknown, context) => write("effect", `${prefix}.do`, args, context),
        revert: (args: unknown, _result: unknown, context) => once("revert", `${prefix}.do`, args, context),
      },
      final: { ...asked, execute: (args: unknown, context) => write("effect", `${prefix}.final`, args, context) },
      put: {
        ...asked,
        idempotent: true,
        execute: (args: unknown, context) => once("effect", `${prefix}.put`, args, context),
        revert: (args: unknown, _result: unknown, context) => once("revert", `${prefix}.put`, args, context),
      },
      fail: { ...asked, execute: refuse },
    });
    return {
      act: tools("act", {}),
      ask: tools("ask", { requiresApproval: true }),
      read: {
        get: { readOnly: true, execute: (args: unknown) => ({ got: args }) },
        big: { readOnly: true, replay: "reexecute", execute: (args: unknown) => ({ big: args }) },
        list: { readOnly: true, execute: () => [1, 2, 3] },
      },
    };
  }

  /** `POST /<method of the runtime>` with its arguments, or `POST /ledger`. */
  override async fetch(request: Request): Promise<Response> {
    const name = new URL(request.url).pathname.slice(1);
    if (name === "ledger") {
      const rows = this.ctx.storage.sql.exec<{ kind: string; key: string; tool: string; args: string; result: string }>(
        "SELECT kind, key, tool, args, result FROM effects ORDER BY n",
      );
      return Response.json(
        rows.toArray().map((row) => ({ ...row, args: JSON.parse(row.args), result: JSON.parse(row.result) })),
      );
    }
    const method: unknown = Reflect.get(this.#runtime, name);
    const args: unknown = await request.json();
    if (typeof method !== "function" || !Array.isArray(args)) return new Response("no such method", { status: 404 });
    try {
      const answer: unknown = await Reflect.apply(method, this.#runtime, args);
      return Response.json({ answer: answer ?? null });
    } catch (error) {
      return Response.json({ error: String(error) });
    }
  }
}

export default {
  fetch: (request, env) => env.HOST.get(env.HOST.idFromName("world")).fetch(request),
} satisfies ExportedHandler<Env>;
