/** `codemodeMcpServer`: a durable runtime for any MCP client. */
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod/v4";
import { CodemodeError } from "../errors.ts";
import type { CodemodeRuntimeHandle } from "../handle-types.ts";
import type { PendingAction } from "../journal/public.ts";
import { digestInPart } from "../runtime/digest.ts";
import { ask, canAsk } from "./ask.ts";
import { checkServerOptions } from "./check-options.ts";
import { currentState, type DecidingRuntime, decide, decideAll } from "./decide.ts";
import { type CallExtra, withHeartbeat } from "./heartbeat.ts";
import { DEFAULT_MAX_CHARS, shownValue } from "./json.ts";
import { type Deciding, outcomeReply, type RunState, shareOf, shownActions, shownWhole } from "./outcome.ts";
import { structuredReply, thrownReply } from "./reply.ts";
import { mcpServer } from "./server.ts";

/** What of a runtime's handle the server uses. */
export type RuntimeForMcp = DecidingRuntime & Pick<CodemodeRuntimeHandle, "search" | "describe" | "execute" | "tool">;

/** What {@link codemodeMcpServer} takes. */
export interface CodemodeMcpServerOptions {
  /** The handle that `createCodemodeRuntime` gave. */
  readonly runtime: RuntimeForMcp;
  /** Name and version that the server gives of itself. Default `"codemode"`, `"1.0.0"`. */
  readonly name?: string;
  readonly version?: string;
  /** What the client should know of the server as a whole. */
  readonly instructions?: string;
  /** Replaces the description of `execute`; default: the runtime's own tool description. */
  readonly description?: string;
  /**
   * Who may decide about pending actions through this server.
   *
   * - `"client"` (default): a client that can show forms is made to ask its person, also when its model calls `approve`.
   *   Of one that cannot, a call of `approve` or `reject` is taken as the person's word: trust clients that confirm calls.
   * - `"person"`: only a form counts; `approve` and `reject` are not offered, and clients without forms decide nothing.
   */
  readonly decisions?: "client" | "person";
  /** Characters of a result, beyond which it is cut inside. Default 24,000, about 6,000 tokens. */
  readonly maxResultChars?: number;
  /** Milliseconds between progress notifications, for clients that ask for progress. Default 5,000. */
  readonly heartbeatMs?: number;
  /** Milliseconds that a form stays open before the run is left paused. Default ten minutes. */
  readonly askTimeoutMs?: number;
}

/** Clients give up after 60 s without progress; this leaves room for a late one. */
const HEARTBEAT_MS = 5_000;
const ASK_TIMEOUT_MS = 10 * 60 * 1_000;

const EXECUTION_ID = z.string().describe("From the outcome of execute, or from pending");
const SEQ = z.number().int().min(0).describe("Which action of the execution, as pending shows it");
const DIGEST = z
  .string()
  .describe("The action's digest, as pending shows it: the decision counts for exactly that action");
const REASON = z.string().optional().describe("Why; kept in the journal");

const ACTION = z.looseObject({
  executionId: z.string(),
  seq: z.number(),
  tool: z.string(),
  kind: z.enum(["approval", "in_doubt"]),
  digest: z.string(),
});

/** What `execute`, `resume`, `approve` and `reject` answer. Clients check errors with it too, and some have no execution. */
const OUTCOME = z.looseObject({
  status: z.enum(["completed", "paused", "error", "running", "rejected", "rolling_back", "rolled_back"]),
  executionId: z.string().optional(),
  result: z.unknown().optional().describe("With completed: what the program returned"),
  note: z.string().optional().describe("With completed: that the program returned nothing"),
  pending: z.array(ACTION).optional().describe("With paused: what a person must decide"),
  next: z.string().optional().describe("With paused: what to do now"),
  error: z.string().optional(),
  code: z.string().optional(),
});

/** How the tools of one server answer: with the outcome of a run, or with data; what throws becomes an answer, too. */
class Calls {
  readonly #server: McpServer;
  readonly #options: CodemodeMcpServerOptions;

  constructor(server: McpServer, options: CodemodeMcpServerOptions) {
    this.#server = server;
    this.#options = options;
  }

  get maxChars(): number {
    return this.#options.maxResultChars ?? DEFAULT_MAX_CHARS;
  }

  #deciding(): Deciding {
    if (canAsk(this.#server)) return "asking";
    return this.#options.decisions === "person" ? "elsewhere" : "telling";
  }

  /** Starts or continues a run, asks where the client can, and answers with the outcome. */
  async run(extra: CallExtra, start: () => Promise<RunState>): Promise<CallToolResult> {
    const { runtime, heartbeatMs = HEARTBEAT_MS, askTimeoutMs = ASK_TIMEOUT_MS } = this.#options;
    try {
      const state = await withHeartbeat(extra, heartbeatMs, async (say) => {
        const started = await start();
        if (!canAsk(this.#server)) return started;
        return decideAll(runtime, started, async (action) => {
          say(`waiting for a decision about ${action.connector}.${action.method}`);
          const answer = await ask(this.#server, extra, action, askTimeoutMs);
          say("running");
          return answer;
        });
      });
      return outcomeReply(state, this.maxChars, this.#deciding());
    } catch (error) {
      return thrownReply(error);
    }
  }

  /** Answers with data. */
  async answer(give: () => Promise<Record<string, unknown>>): Promise<CallToolResult> {
    try {
      return structuredReply(await give());
    } catch (error) {
      return thrownReply(error);
    }
  }

  /** The pending action that a client names, and what waits beside it. */
  async #named(given: { executionId: string; seq: number; digest: string }): Promise<[PendingAction, PendingAction[]]> {
    const pending = await this.#options.runtime.pending(given.executionId);
    const action = pending.find(({ seq }) => seq === given.seq);
    if (action === undefined) {
      throw new CodemodeError(
        "NOT_PENDING",
        "This action is not waiting for a decision (any more); nothing changed. Call pending to see what is.",
        { ...given },
      );
    }
    if (given.digest !== action.digest && given.digest !== digestInPart(action)) {
      throw new CodemodeError(
        "STALE_DECISION",
        "Something else is pending now than what was decided about; nothing changed. Call pending and look again.",
        { ...given },
      );
    }
    return [action, pending.filter((one) => one !== action)];
  }

  /** Carries out a decision that the client sends; one that can show forms has its person confirm an approval. */
  decided(
    extra: CallExtra,
    decision: "approve" | "reject",
    given: { executionId: string; seq: number; digest: string; reason?: string | undefined },
  ) {
    const { runtime } = this.#options;
    return this.run(extra, async () => {
      const [action, others] = await this.#named(given);
      if (decision === "approve" && canAsk(this.#server)) {
        return { status: "paused", executionId: action.executionId, pending: [action, ...others] };
      }
      if (decision === "approve" && given.digest !== action.digest) {
        throw new CodemodeError(
          "STALE_DECISION",
          "Not all of the arguments of this action were shown with that digest; nothing changed. Call pending with this executionId and seq, show the person what it would do, and approve with the digest there.",
          { ...given },
        );
      }
      const asked = action.kind === "in_doubt" ? ({ approve: "run", reject: "fail" } as const)[decision] : decision;
      return decide(runtime, action, { decision: asked, ...(given.reason !== undefined && { reason: given.reason }) });
    });
  }
}

function registerCatalog(server: McpServer, calls: Calls, runtime: RuntimeForMcp): void {
  server.registerTool(
    "search",
    {
      title: "Search tools",
      description:
        "Find the tools and saved programs that a program can call, with their signatures. An empty query lists all.",
      inputSchema: {
        query: z.string().describe("What you want to do, in a few words"),
        limit: z.number().int().min(1).max(100).optional().describe("Results of this page; default 20"),
        offset: z.number().int().min(0).optional().describe("Results to skip, for the next page"),
        connector: z.string().optional().describe("Only tools of this connector"),
      },
      annotations: { readOnlyHint: true },
    },
    ({ query, limit, offset, connector }) =>
      calls.answer(async () => {
        const page = {
          ...(limit !== undefined && { limit }),
          ...(offset !== undefined && { offset }),
          ...(connector !== undefined && { connector }),
        };
        return { ...(await runtime.search(query, page)) };
      }),
  );
  server.registerTool(
    "describe",
    {
      title: "Describe a tool",
      description: "TypeScript types and documentation of a connector, of one of its tools, or of a saved program.",
      inputSchema: { target: z.string().describe('"connector", "connector.tool", or the name of a saved program') },
      annotations: { readOnlyHint: true },
    },
    ({ target }) => calls.answer(async () => ({ ...(await runtime.describe(target)) })),
  );
  server.registerTool(
    "pending",
    {
      title: "List what waits for a decision",
      description:
        "The actions that wait for a person, of one execution or of all, with what each would do. Long arguments are cut; one action, named by executionId and seq, is shown whole.",
      inputSchema: { executionId: EXECUTION_ID.optional(), seq: SEQ.optional() },
      outputSchema: z.looseObject({ pending: z.array(ACTION).optional() }),
      annotations: { readOnlyHint: true },
    },
    ({ executionId, seq }) =>
      calls.answer(async () => {
        if (seq !== undefined && executionId === undefined)
          throw new CodemodeError("INVALID_INPUT", "A seq needs the executionId that it is of. Give both, or neither.");
        const all = await runtime.pending(executionId);
        const pending = seq === undefined ? all : all.filter((action) => action.seq === seq);
        const shown = seq === undefined ? shownActions(pending, calls.maxChars) : pending.map(shownWhole);
        const maxBefore = shareOf(calls.maxChars, pending.length);
        return {
          pending: pending.map(({ before }, at) => ({ ...shown[at], before: shownValue(before, maxBefore) })),
        };
      }),
  );
}

function registerRuns(server: McpServer, calls: Calls, runtime: RuntimeForMcp, description: string): void {
  server.registerTool(
    "execute",
    {
      title: "Run a program",
      description,
      inputSchema: { code: z.string().describe("One async arrow function, in TypeScript or JavaScript") },
      outputSchema: OUTCOME,
    },
    ({ code }, extra) => calls.run(extra, () => runtime.execute({ code })),
  );
  server.registerTool(
    "resume",
    {
      title: "Go on with a run",
      description:
        "Where an execution stands; one that is paused asks its person for the decision and goes on. Runs nothing twice.",
      inputSchema: { executionId: EXECUTION_ID },
      outputSchema: OUTCOME,
    },
    ({ executionId }, extra) => calls.run(extra, () => currentState(runtime, executionId)),
  );
}

function registerDecisions(server: McpServer, calls: Calls): void {
  const inputSchema = { executionId: EXECUTION_ID, seq: SEQ, digest: DIGEST, reason: REASON };
  server.registerTool(
    "approve",
    {
      title: "Approve an action",
      description:
        "Run one pending action and go on with its program; one that is in doubt is run again. Only when the person said so, about exactly this action.",
      inputSchema,
      outputSchema: OUTCOME,
      annotations: { destructiveHint: true },
    },
    (given, extra) => calls.decided(extra, "approve", given),
  );
  server.registerTool(
    "reject",
    {
      title: "Reject an action",
      description:
        "Refuse one pending action, which ends its program; one that is in doubt counts as failed. Only when the person said so.",
      inputSchema,
      outputSchema: OUTCOME,
      annotations: { destructiveHint: true },
    },
    (given, extra) => calls.decided(extra, "reject", given),
  );
}

/**
 * An MCP server over a durable runtime: `search` and `describe` find tools, `execute` runs a program, `pending` lists what
 * waits for a person, `resume` goes on with a run, `approve` and `reject` decide.
 *
 * A run that pauses is answered with `status: "paused"` and what is pending; a client that can show forms (elicitation)
 * has its person asked at once, and the run goes on in the same call. Clients that send a progress token hear that the
 * run is alive. Every answer is whole JSON, as structured content and as text. Make one server per client session.
 *
 * @throws CodemodeError `INVALID_INPUT` for unknown or wrong options.
 * @example
 * ```ts
 * export class Codemode extends McpAgent<Env> {
 *   server = codemodeMcpServer({ runtime: createCodemodeRuntime({ ctx: this.ctx, executor, connectors }) });
 *   async init() {}
 * }
 * ```
 */
export function codemodeMcpServer(options: CodemodeMcpServerOptions): McpServer {
  checkServerOptions(options);
  const { runtime, name, version, instructions } = options;
  const server = mcpServer({ name, version, instructions });
  const calls = new Calls(server, options);
  registerCatalog(server, calls, runtime);
  registerRuns(server, calls, runtime, options.description ?? runtime.tool().description);
  if (options.decisions !== "person") registerDecisions(server, calls);
  return server;
}
