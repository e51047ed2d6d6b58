/** The MCP connector: every tool of an MCP server as a method that programs call. */
import { CodemodeConnector, describesItsTools } from "../../src/connector/connector.ts";
import { inTime } from "../../src/connector/in-time.ts";
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
import { untilAborted } from "./abort.ts";
import {
  callTool,
  IDEMPOTENCY_KEY_META,
  type McpConnectionLike,
  type McpMeta,
  type McpProgress,
  type McpTool,
  onToolListChanged,
} from "./client.ts";
import { connectError, kindOfFailure, listError, toCodemodeError } from "./failure.ts";
import { Listing } from "./listing.ts";
import { type McpApprovalPolicy, policyOf } from "./policy.ts";
import { reconnect } from "./reconnect.ts";
import { askForTools, canAskServer, listTools } from "./tool-list.ts";
import { aliasesOf, clashing, refusing } from "./unusable.ts";
import { valueOfResult } from "./value.ts";

/** What a server says of itself stands before what the developer says, and must leave room for that. */
const MAX_INSTRUCTIONS_CHARS = 4_000;

/** Longer than a server takes to start; a program that waits for it stands still, and a search waits no longer either. */
const MAX_CONNECT_SECONDS = 30;

function beginning(text: string): string {
  return text.length <= MAX_INSTRUCTIONS_CHARS ? text : `${text.slice(0, MAX_INSTRUCTIONS_CHARS - 1)}…`;
}

/** A request, as its failures are told. */
interface Asked {
  readonly where: string;
  /** Making it twice is the same as once. */
  readonly repeatable: boolean;
  readonly signal: AbortSignal;
  readonly explain: (error: unknown) => CodemodeError;
}

/** A connection and the list that it had when the tools were read. */
interface Reading {
  readonly connection: McpConnectionLike;
  readonly tools: McpConnectionLike["tools"];
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
  #connection: Promise<McpConnectionLike> | undefined;
  #listing: Listing<Env> | undefined;
  #reading: Reading | undefined;
  /** Where the list comes from: from whoever keeps one, until a person is asked about a tool; then from the server. */
  #source = listTools;
  /** Names of the tools that may be called again when nobody knows whether they ran, by hint or by {@link tool}. */
  #repeatable = new Set<string>();
  readonly #watched = new WeakSet<object>();
  /** Calls about which a person was asked since the list was read: who asks again comes back after a pause. */
  readonly #asked = new Set<string>();

  /**
   * Connects to the server, or gives a connection that exists. Called again when the connection was lost; the lost
   * client is closed when another one takes its place. Who needs the connection waits for 30 seconds at most, and is told
   * `CONNECTION_LOST` then; one that comes later is used by whoever comes next.
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
    if (this.#connection !== undefined) return this.#connection;
    const made = this.#connect();
    this.#connection = made;
    made.catch(() => {
      if (this.#connection === made) this.#connection = undefined;
    });
    return made;
  }

  /** All tools of the server. Override to leave some out. */
  protected async fetchTools(): Promise<McpTool[]> {
    const asked = {
      where: `${this.name()}: tools/list`,
      repeatable: true,
      signal: new AbortController().signal,
      explain: (error: unknown) => listError(this.name(), error),
    };
    return this.#overConnection(asked, (connection) => this.#source(this.name(), connection));
  }

  /** Reads the tool list again before it is used the next time. Call it when you know that the list changed. */
  refreshTools(): void {
    this.#listing = undefined;
    this.#reading = undefined;
    this.#asked.clear();
  }

  protected override async tools(): Promise<ConnectorTools> {
    checkPolicy(this.name(), this.approval());
    const connection = await this.getConnection();
    const reading = { connection, tools: connection.tools };
    const tools = await this.fetchTools();
    this.#reading = reading;
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
    const answer = await this.#overConnection(asked, ({ client }) => callTool(client, call, control));
    return valueOfResult(where, answer);
  }

  async #connect(): Promise<McpConnectionLike> {
    try {
      const created = this.#create();
      return await inTime(MAX_CONNECT_SECONDS * 1_000, created, () => {
        created.then(
          (late) => {
            this.#connection ??= Promise.resolve(late);
          },
          () => undefined,
        );
        throw new CodemodeError(
          "CONNECTION_LOST",
          `${this.name()}: createConnection() (or connect) gave no connection within ${MAX_CONNECT_SECONDS} seconds, so nothing was sent. See whether the MCP server can be reached, and give its client a time limit of its own.`,
          { where: `${this.name()}: connecting`, mayHaveRun: false },
        );
      });
    } catch (error) {
      throw connectError(this.name(), error);
    }
  }

  async #create(): Promise<McpConnectionLike> {
    const connection = await this.createConnection();
    const client = connection?.client;
    if (typeof client?.callTool !== "function") {
      throw new CodemodeError(
        "INVALID_INPUT",
        `${this.name()}: createConnection() (or connect) gave no MCP client. Return the connected client, or { client }.`,
        { connector: this.name() },
      );
    }
    if (!this.#watched.has(client)) onToolListChanged(client, () => this.refreshTools());
    this.#watched.add(client);
    return connection;
  }

  /** Makes a request; where the connection is gone, makes it once more over a new one if that cannot act twice. */
  async #overConnection<T>(
    { where, repeatable, signal, explain }: Asked,
    request: (connection: McpConnectionLike) => Promise<T>,
  ): Promise<T> {
    const promise = this.getConnection();
    const connection = await untilAborted(promise, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
      throw new CodemodeError("CANCELLED", `${where} was cancelled before it was sent.`, { where });
    });
    const failed = (error: unknown) => {
      if (!signal.aborted) return explain(error);
      return new CodemodeError("CANCELLED", `${where} was cancelled; it may have run.`, { where }, { cause: error });
    };
    let lost: unknown;
    try {
      return await untilAborted(request(connection), signal);
    } catch (error) {
      const kind = kindOfFailure(error);
      if (signal.aborted || (kind !== "lost" && kind !== "not-sent")) throw failed(error);
      if (this.#connection === promise) this.#replace(connection);
      // Otherwise the next call finds the new connection; this one may have acted.
      if (kind === "lost" && !repeatable) throw failed(error);
      if (kind === "lost") lost = error;
    }
    try {
      const again = await untilAborted(
        reconnect(() => this.getConnection(), signal),
        signal,
      ).catch((error: unknown) => {
        // Nothing was sent to a server that cannot be reached now; but the first attempt may have run.
        throw lost ?? error;
      });
      return await untilAborted(request(again), signal);
    } catch (error) {
      throw failed(error);
    }
  }

  #replace(lost: McpConnectionLike): void {
    this.refreshTools();
    this.#connection = undefined;
    this.getConnection()
      .then((connection) => (connection.client === lost.client ? undefined : lost.client.close?.()))
      // The next request tries to connect again and says why it cannot; a connection that is gone may fail to close.
      .catch(() => undefined);
  }

  #current(): Listing<Env> {
    const reading = this.#reading;
    if (reading !== undefined && reading.connection.tools !== reading.tools) this.refreshTools();
    // Both a Worker's and a Durable Object's ctx pass: it is only kept.
    this.#listing ??= new Listing(this.ctx, this.env, this.name(), () => this.resolvedTools());
    return this.#listing;
  }

  /** Everything about the server's tools, with what the server says of itself before what you say of it. */
  override async describe(): Promise<ConnectorDescription> {
    const description = await this.#current().describe();
    const connection = await this.getConnection();
    const own = this.instructions();
    const said: unknown = connection.instructions ?? connection.client.getInstructions?.();
    const parts = [typeof said === "string" ? beginning(said) : undefined, own].filter(Boolean);
    return { ...description, ...(parts.length > 0 && { instructions: parts.join("\n\n") }) };
  }

  override async assess(
    method: string,
    args: unknown,
    context: { readonly executionId: string; readonly seq: number },
  ): Promise<Assessment> {
    const call = `${context.executionId}:${context.seq}`;
    // The hook of the pause may be overridden; that the call was assessed before says the same.
    if (this.#asked.has(call)) this.refreshTools();
    const listing = this.#current();
    const first = await this.asDescribed(await listing.assess(method, args, context));
    const asks = first.kind === "valid" && first.policy.approval;
    if (asks) await this.#askServer();
    const isCurrent = this.#current() === listing;
    const assessment = isCurrent ? first : await this.asDescribed(await this.#current().assess(method, args, context));
    if (asks) this.#asked.add(call);
    // The list may change while the program runs: what holds for this call need not hold for the next.
    return assessment.kind === "valid"
      ? { ...assessment, policy: { ...assessment.policy, perCall: true } }
      : assessment;
  }

  /** What a person is asked about, and what their word is held against, is what the server says now, not a kept list. */
  async #askServer(): Promise<void> {
    if (this.#source === askForTools || !canAskServer(await this.getConnection())) return;
    this.#source = askForTools;
    if ((this.#reading?.tools ?? []).length > 0) this.refreshTools();
  }

  override async executeTool(method: string, args: unknown, context?: Partial<ToolExecuteContext>): Promise<unknown> {
    return this.#current().executeTool(method, args, context);
  }

  override async revertAction(
    method: string,
    args: unknown,
    result: unknown,
    context?: Partial<ToolExecuteContext>,
  ): Promise<boolean> {
    return this.#current().revertAction(method, args, result, context);
  }

  /** A pause may last for days: what comes after it reads the tool list again. Call `super` when you override it. */
  override async onPassEnd(_executionId: string, status: PassEndStatus): Promise<void> {
    if (status === "paused") this.refreshTools();
  }
}

describesItsTools(McpConnector);
