/** What the tests of the MCP connector are made with: a context, scripted clients and connectors over them. */
import type { McpCallResult, McpClientLike, McpConnectionLike, McpTool } from "../../../connectors/mcp/index.ts";
import { McpConnector } from "../../../connectors/mcp/index.ts";

/** Connectors only keep their context. */
export const ctx = {} as unknown as ExecutionContext;

export const CALL = { executionId: "e1", seq: 0 };

export function tool(name: string, more: Partial<McpTool> = {}): McpTool {
  return { name, inputSchema: { type: "object" }, ...more };
}

export function text(value: string): McpCallResult {
  return { content: [{ type: "text", text: value }] };
}

/** One call that a scripted client got. */
export interface SeenCall {
  readonly name: string;
  readonly arguments: unknown;
  readonly meta: unknown;
  readonly signal: AbortSignal | undefined;
}

export interface ScriptedClient extends McpClientLike {
  readonly calls: SeenCall[];
  listed: number;
  closed: number;
}

/** A client that lists these tools and answers as told. */
export function scripted(
  tools: readonly unknown[],
  answer: (name: string, args: unknown) => unknown = () => text("ok"),
): ScriptedClient {
  const client: ScriptedClient = {
    calls: [],
    listed: 0,
    closed: 0,
    async callTool(params: Parameters<McpClientLike["callTool"]>[0], ...rest: unknown[]) {
      const options = rest[0] as { signal?: AbortSignal } | undefined;
      const { name, arguments: given, _meta: meta } = params;
      client.calls.push({ name, arguments: given, meta, signal: options?.signal });
      return answer(params.name, params.arguments);
    },
    async listTools() {
      client.listed += 1;
      return { tools: [...tools] };
    },
    async close() {
      client.closed += 1;
    },
  };
  return client;
}

/** A connector whose connections come from a function. */
export class TestConnector extends McpConnector {
  readonly #connect: () => Promise<McpConnectionLike> | McpConnectionLike;
  constructor(connect: () => Promise<McpConnectionLike> | McpConnectionLike) {
    super(ctx, {});
    this.#connect = connect;
  }
  override name(): string {
    return "mcp";
  }
  protected override createConnection(): Promise<McpConnectionLike> | McpConnectionLike {
    return this.#connect();
  }
}

export function over(client: McpClientLike): TestConnector {
  return new TestConnector(() => ({ client }));
}
