/** The shapes of an MCP client that the connector needs: both SDK generations and the Agents SDK's connections have them. */

/** JSON Schema as an MCP server writes it. */
export interface McpJsonSchema {
  type?: string | undefined;
  properties?: Record<string, unknown> | undefined;
  required?: string[] | undefined;
  [key: string]: unknown;
}

/** What a server says of a tool's effects. Only hints: a server may leave them out, or lie. */
export interface McpToolAnnotations {
  readonly title?: string | undefined;
  /** The tool changes nothing. */
  readonly readOnlyHint?: boolean | undefined;
  /** The tool may destroy or overwrite; `false` says that it only adds. */
  readonly destructiveHint?: boolean | undefined;
  /** Calling twice with the same arguments is the same as once. */
  readonly idempotentHint?: boolean | undefined;
  readonly openWorldHint?: boolean | undefined;
}

/** One tool of `tools/list`. */
export interface McpTool {
  name: string;
  description?: string | undefined;
  inputSchema: McpJsonSchema;
  outputSchema?: McpJsonSchema | undefined;
  annotations?: McpToolAnnotations | undefined;
  /** Why the tool cannot be called, where the server's definition of it is none. Such a tool is listed and refuses. */
  unusable?: string | undefined;
  [key: string]: unknown;
}

/** One progress notification of a running call. */
export interface McpProgress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

/**
 * What a request says of itself beside its arguments: the `_meta` of MCP. Keys have a prefix (`com.example/tenant`) so
 * that two parties never mean different things by one name.
 */
export type McpMeta = Readonly<Record<string, unknown>>;

/**
 * The key of `_meta` under which a server finds the call's idempotency key. It is the same on every attempt of one call,
 * after a crash or over a new connection too, so a server that remembers it acts once.
 */
export const IDEMPOTENCY_KEY_META = "durable-codemode/idempotencyKey";

/** The answer of `tools/call`. */
export interface McpCallResult {
  toolResult?: unknown;
  isError?: boolean | undefined;
  structuredContent?: unknown;
  content?: unknown;
  [key: string]: unknown;
}

/** One page of `tools/list`. */
export interface McpToolPage {
  tools: unknown[];
  nextCursor?: string | undefined;
  [key: string]: unknown;
}

/**
 * A connected client: `Client` of `@modelcontextprotocol/sdk` (v1) or of `@modelcontextprotocol/client` (v2), or
 * anything with a `callTool`. What is optional is used when it is there.
 */
export interface McpClientLike {
  callTool(
    params: { name: string; arguments?: Record<string, unknown>; _meta?: Record<string, unknown> },
    ...rest: never[]
  ): Promise<unknown>;
  listTools?(params?: { cursor?: string }, ...rest: never[]): Promise<McpToolPage>;
  /** Any request. Asked for a list that `listTools` refuses as a whole because of one entry. */
  request?(...request: never[]): Promise<unknown>;
  getServerCapabilities?(): { tools?: unknown } | undefined;
  getInstructions?(): string | undefined;
  close?(): Promise<void>;
}

/**
 * A connection to one server. The connections of the Agents SDK (`this.mcp.mcpConnections[id]`) are used as they are.
 *
 * The tools are taken from `tools` when it has any, else from `fetchTools()`, else from the client, page by page.
 */
export interface McpConnectionLike {
  name?: string | undefined;
  client: McpClientLike;
  /** What the server says of itself; shown to the model by `describe`. */
  instructions?: string | undefined;
  /** A list that somebody else keeps; when another array is put in its place, the connector reads it again. */
  tools?: readonly McpTool[] | undefined;
  fetchTools?: (() => Promise<readonly McpTool[]>) | undefined;
}

/** One call of a tool, under the server's own name for it. */
export interface McpCall {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
  readonly _meta?: McpMeta;
}

/** How one request is watched and stopped. */
export interface RequestControl {
  readonly signal: AbortSignal;
  /** Without an answer or progress for so long, the request fails. Absent: the client's own default (60 s in the SDKs). */
  readonly timeout?: number;
  readonly onprogress?: (progress: McpProgress) => void;
}

/**
 * Calls a tool on either generation of client.
 *
 * v2 takes `(params, options)`, v1 takes `(params, resultSchema, options)`, and nothing on the client says which it is.
 * So the second argument is both: v2 reads the options and ignores `safeParse`, v1 sees a schema that accepts every
 * result (the connector checks results itself) and reads the options from the third.
 */
export function callTool(client: McpClientLike, call: McpCall, control: RequestControl): Promise<unknown> {
  const options = { ...control, ...(control.onprogress !== undefined && { resetTimeoutOnProgress: true }) };
  const either = { ...options, safeParse: (data: unknown) => ({ success: true, data }) };
  return Promise.resolve(Reflect.apply(client.callTool, client, [call, either, options]));
}
