/** The MCP connector: every tool of an MCP server as a method that programs call. */
import { argumentPath } from "../../src/connector/argument-path.ts";
import { isOpaque, placeOf } from "../../src/connector/checkable.ts";
import { CodemodeConnector, describesItsTools } from "../../src/connector/connector.ts";
import { checkPolicy } from "../../src/connector/policies.ts";
import { isRecord } from "../../src/connector/schema.ts";
import type {
  Assessment,
  ConnectorDescription,
  ConnectorTool,
  ConnectorTools,
  PassEndStatus,
  ToolExecuteContext,
} from "../../src/connector/types.ts";
import { CodemodeError } from "../../src/errors.ts";
import { sanitizeToolName } from "../../src/names.ts";
import { beginning } from "../../src/truncate.ts";
import {
  callTool,
  IDEMPOTENCY_KEY_META,
  type McpConnectionLike,
  type McpMeta,
  type McpProgress,
  type McpTool,
} from "./client.ts";
import { Connection } from "./connection.ts";
import { listError, toCodemodeError } from "./failure.ts";
import { Listings } from "./listing.ts";
import { type McpApprovalPolicy, policyOf } from "./policy.ts";
import { aliasesOf, clashing, refusing } from "./unusable.ts";
import { valueOfResult } from "./value.ts";

/** What a server says of itself stands before what the developer says, and must leave room for that. */
const MAX_INSTRUCTIONS_CHARS = 4_000;

/** What would reach the server as an object without its content, and without a word, or could not be sent at all. */
function requireJson(where: string, args: unknown): void {
  const place = placeOf(args, (value) => isOpaque(value) || typeof value === "bigint");
  if (place === undefined) return;
  const path = argumentPath(place);
  throw new CodemodeError(
    "INVALID_ARGUMENTS",
    `${where}: ${path}: JSON holds no bytes, bigint, Map, Set, RegExp, Error or URLSearchParams. Make a text (base64, say), a number, an object or a list of it.`,
    { path },
  );
}

function shortened(text: string): string {
  return text.length <= MAX_INSTRUCTIONS_CHARS ? text : `${beginning(text, MAX_INSTRUCTIONS_CHARS - 1)}…`;
}

/**
 * A connector over one MCP server. Implement `name()` and `createConnection()`; the rest is derived.
 *
 * The tools are read when they are first needed and again when the server announces a change, when the connection's own
 * `tools` array was replaced, after a new connection, and after a pause: what a person approved is compared with what
 * the server says at the moment of running.
 *
 * @example
 * ```ts
 * class GitHub extends McpConnector<Env> {
 *   name() { return "github"; }
 *   protected async createConnection() {
 *     const client = new Client({ name: "my-agent", version: "1.0.0" });
 *     await client.connect(new StreamableHTTPClientTransport(new URL("https://api.githubcopilot.com/mcp/")));
 *     return { client };
 *   }
 *   protected override tool(name: string, tool: ConnectorTool) {
 *     return name === "create_issue" ? { ...tool, revert: (_args, issue) => this.close(issue) } : tool;
 *   }
 * }
 * ```
 */
export abstract class McpConnector<Env = unknown, Props = unknown> extends CodemodeConnector<Env, Props> {
  readonly #connection = new Connection({
    name: () => this.name(),
    create: () => this.createConnection(),
    get: () => this.getConnection(),
    onToolsChanged: () => this.refreshTools(),
  });
  readonly #listings = new Listings<Env>({
    ctx: this.ctx,
    env: this.env,
    name: () => this.name(),
    connection: () => this.getConnection(),
    resolve: () => this.resolvedTools(),
    asDescribed: (assessment) => this.asDescribed(assessment),
  });
  /** Names of the tools that may be called again when nobody knows whether they ran, by hint or by {@link tool}. */
  #repeatable = new Set<string>();

  /**
   * Connects to the server, or gives a connection that exists. Called again when the connection was lost; the lost client is closed
   * when another one has taken its place and no call is under way on it. Who needs the connection waits for 30 seconds at most, and
   * is told `CONNECTION_LOST` then; one that comes later is used by whoever comes next.
   */
  protected abstract createConnection(): Promise<McpConnectionLike> | McpConnectionLike;

  /** The name of a tool in programs. Override when two tools of a server would get the same name. */
  protected toolName(tool: McpTool): string {
    return sanitizeToolName(tool.name);
  }

  /** Which tools ask a person first. Default: by the server's hints, see {@link McpApprovalPolicy}. */
  protected approval(): McpApprovalPolicy | undefined {
    return undefined;
  }

  /** Milliseconds without an answer or progress after which a call fails. Default: the client's own, 60 s in the SDKs. */
  protected callTimeoutMs(): number | undefined {
    return undefined;
  }

  /**
   * The `_meta` of a call. Default: the call's idempotency key, under `durable-codemode/idempotencyKey`. Override for a
   * server that looks for its key elsewhere, or that wants to know more; plain JSON, and no secret that it need not have.
   */
  protected callMeta(_tool: McpTool, { idempotencyKey }: ToolExecuteContext): McpMeta {
    return { [IDEMPOTENCY_KEY_META]: idempotencyKey };
  }

  /** Called for each progress notification of a running call. */
  protected onToolProgress(_tool: McpTool, _progress: McpProgress, _context: ToolExecuteContext): void {}

  /** The connection, made when it is first needed; one that could not be made is tried again. */
  protected getConnection(): Promise<McpConnectionLike> {
    return this.#connection.get();
  }

  /** All tools of the server. Override to leave some out. */
  protected async fetchTools(): Promise<McpTool[]> {
    const asked = {
      where: `${this.name()}: tools/list`,
      repeatable: true,
      signal: new AbortController().signal,
      explain: (error: unknown) => listError(this.name(), error),
    };
    return this.#connection.request(asked, (connection) => this.#listings.list(connection));
  }

  /** Reads the tool list again before it is used the next time. Call it when you know that the list changed. */
  refreshTools(): void {
    this.#listings.forget();
  }

  protected override async tools(): Promise<ConnectorTools> {
    checkPolicy(this.name(), this.approval());
    const connection = await this.getConnection();
    const tools = await this.#listings.read(connection, () => this.fetchTools());
    const byName = Map.groupBy(tools, (tool) => this.toolName(tool));
    return Object.fromEntries([...byName].map(([name, named]) => [name, this.#derive(name, named)]));
  }

  protected override async resolvedTools(): Promise<ConnectorTools> {
    const tools = await super.resolvedTools();
    const repeatable = Object.entries(tools).filter(([, tool]) => tool.readOnly === true || tool.idempotent === true);
    this.#repeatable = new Set(repeatable.map(([name]) => name));
    return tools;
  }

  #derive(name: string, named: readonly McpTool[]): ConnectorTool {
    const [tool, another] = named;
    if (tool === undefined || another !== undefined) return clashing(this.name(), name, named);
    if (tool.unusable !== undefined) return refusing(this.name(), name, tool, tool.unusable);
    return {
      description: tool.description ?? tool.annotations?.title,
      inputSchema: tool.inputSchema,
      outputSchema: tool.outputSchema,
      ...policyOf(tool, this.approval()),
      aliases: aliasesOf(name, named),
      execute: (args: unknown, context) => this.#call(name, tool, args, context),
    };
  }

  async #call(name: string, tool: McpTool, args: unknown, context: ToolExecuteContext): Promise<unknown> {
    const where = `${this.name()}.${name}`;
    if (args !== undefined && !isRecord(args)) {
      throw new CodemodeError("INVALID_ARGUMENTS", `${where} takes one object of named arguments.`, { where });
    }
    requireJson(where, args);
    const call = { name: tool.name, arguments: args ?? {}, _meta: this.callMeta(tool, context) };
    const timeout = this.callTimeoutMs();
    const control = {
      signal: context.signal,
      onprogress: (progress: McpProgress) => this.onToolProgress(tool, progress, context),
      ...(timeout !== undefined && { timeout }),
    };
    const asked = {
      where,
      repeatable: this.#repeatable.has(name),
      signal: context.signal,
      explain: (error: unknown) => toCodemodeError(where, error),
    };
    const answer = await this.#connection.request(asked, ({ client }) => callTool(client, call, control));
    return valueOfResult(where, answer);
  }

  /** Everything about the server's tools, with what the server says of itself before what you say of it. */
  override async describe(): Promise<ConnectorDescription> {
    const description = await this.#listings.current().describe();
    const connection = await this.getConnection();
    const own = this.instructions();
    const said: unknown = connection.instructions ?? connection.client.getInstructions?.();
    const parts = [typeof said === "string" ? shortened(said) : undefined, own].filter(Boolean);
    return { ...description, ...(parts.length > 0 && { instructions: parts.join("\n\n") }) };
  }

  override async assess(
    method: string,
    args: unknown,
    context: { readonly executionId: string; readonly seq: number },
  ): Promise<Assessment> {
    return this.#listings.assess(method, args, context);
  }

  override async executeTool(method: string, args: unknown, context?: Partial<ToolExecuteContext>): Promise<unknown> {
    return this.#listings.current().executeTool(method, args, context);
  }

  override async revertAction(
    method: string,
    args: unknown,
    result: unknown,
    context?: Partial<ToolExecuteContext>,
  ): Promise<boolean> {
    return this.#listings.current().revertAction(method, args, result, context);
  }

  /** A pause may last for days: what comes after it reads the tool list again. Call `super` when you override it. */
  override async onPassEnd(_executionId: string, status: PassEndStatus): Promise<void> {
    if (status === "paused") this.refreshTools();
  }
}

describesItsTools(McpConnector);
