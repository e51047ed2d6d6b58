/** An MCP connector without a class. */
import { type Factory, requireArguments } from "../../src/connector/factory.ts";
import { checkPolicy } from "../../src/connector/policies.ts";
import type { ConnectorTool, ToolExecuteContext } from "../../src/connector/types.ts";
import { CodemodeError } from "../../src/errors.ts";
import { checkOptions, checkRange } from "../../src/options.ts";
import { MAX_TIMER_MS } from "../../src/wire/messages.ts";
import type { McpClientLike, McpConnectionLike, McpMeta, McpProgress, McpTool } from "./client.ts";
import { McpConnector } from "./connector.ts";
import type { McpApprovalPolicy } from "./policy.ts";

/** What {@link mcpConnector} takes. Give `client` or `connect`. */
export interface McpConnectorOptions {
  /** The global under which programs see the server. */
  readonly name: string;
  /** A connected client of either SDK, or a connection such as `this.mcp.mcpConnections[id]` of the Agents SDK. */
  readonly client?: McpClientLike | McpConnectionLike;
  /** Makes a connected client or a connection; called again when the connection was lost. */
  readonly connect?: () => Promise<McpClientLike | McpConnectionLike> | McpClientLike | McpConnectionLike;
  /** What the model should know beside what the server says of itself. */
  readonly instructions?: string;
  /** Which tools ask a person first. Default: by the server's hints. */
  readonly approval?: McpApprovalPolicy;
  /** The name of a tool in programs. Default: the server's name as an identifier. */
  readonly toolName?: (tool: McpTool) => string;
  /** Adjusts a derived tool: add a `revert`, an approval, examples. */
  readonly tool?: (name: string, tool: ConnectorTool) => ConnectorTool;
  /** Milliseconds without an answer or progress after which a call fails. */
  readonly callTimeoutMs?: number;
  /** The `_meta` of a call. Default: `{ "durable-codemode/idempotencyKey": context.idempotencyKey }`. */
  readonly callMeta?: (tool: McpTool, context: ToolExecuteContext) => McpMeta;
  readonly onToolProgress?: (tool: McpTool, progress: McpProgress) => void;
}

const FACTORY: Factory<keyof McpConnectorOptions> = {
  name: "mcpConnector",
  takes: "(ctx, { name, connect })",
  options: [
    "name",
    "client",
    "connect",
    "instructions",
    "approval",
    "toolName",
    "tool",
    "callTimeoutMs",
    "callMeta",
    "onToolProgress",
  ],
  needed: ["name"],
};

function isClient(given: McpClientLike | McpConnectionLike): given is McpClientLike {
  return "callTool" in Object(given);
}

function toConnection(given: McpClientLike | McpConnectionLike): McpConnectionLike {
  return isClient(given) ? { client: given } : given;
}

/**
 * A connector over an MCP server, ready for `createCodemodeRuntime({ connectors })`.
 *
 * @param ctx the `ctx` of your Agent, Durable Object or Worker.
 * @throws CodemodeError `INVALID_INPUT` without `ctx`, for an unknown option or a setting that is none, and when neither or both of `client` and `connect` are given.
 * @example
 * ```ts
 * const files = mcpConnector(this.ctx, {
 *   name: "files",
 *   connect: async () => {
 *     const client = new Client({ name: "my-agent", version: "1.0.0" });
 *     await client.connect(new StreamableHTTPClientTransport(new URL("https://files.example/mcp")));
 *     return client;
 *   },
 *   approval: (tool) => tool.name.startsWith("delete_"),
 * });
 * ```
 */
export function mcpConnector(
  ctx: DurableObjectState | ExecutionContext,
  options: McpConnectorOptions,
): McpConnector<unknown> {
  requireArguments(FACTORY, ctx, options);
  checkOptions(FACTORY.name, options, FACTORY.options, FACTORY.needed);
  const { name, client, connect } = options;
  const source = connect ?? (client === undefined ? undefined : () => client);
  if (source === undefined || (client !== undefined && connect !== undefined)) {
    throw new CodemodeError("INVALID_INPUT", `mcpConnector "${name}" takes either client or connect.`, { name });
  }
  checkPolicy(name, options.approval);
  checkRange(`${name}: callTimeoutMs`, options.callTimeoutMs, 1, MAX_TIMER_MS, 1);
  return new (class extends McpConnector<unknown> {
    override name(): string {
      return name;
    }
    protected override instructions(): string | undefined {
      return options.instructions;
    }
    protected override async createConnection(): Promise<McpConnectionLike> {
      return toConnection(await source());
    }
    protected override approval(): McpApprovalPolicy | undefined {
      return options.approval;
    }
    protected override callTimeoutMs(): number | undefined {
      return options.callTimeoutMs;
    }
    protected override toolName(tool: McpTool): string {
      return options.toolName?.(tool) ?? super.toolName(tool);
    }
    protected override tool(toolName: string, tool: ConnectorTool): ConnectorTool {
      return options.tool?.(toolName, tool) ?? tool;
    }
    protected override callMeta(tool: McpTool, context: ToolExecuteContext): McpMeta {
      return options.callMeta?.(tool, context) ?? super.callMeta(tool, context);
    }
    protected override onToolProgress(tool: McpTool, progress: McpProgress): void {
      options.onToolProgress?.(tool, progress);
    }
  })(ctx, {});
}
