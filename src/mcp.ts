/**
 * The door `durable-codemode/mcp`: programs for MCP clients. Needs `@modelcontextprotocol/sdk` and `zod` (4, or 3.25, which has 4 within it).
 *
 * To call MCP servers from programs, see `McpConnector` of the main door.
 */
export { type CodeMcpServerOptions, codeMcpServer } from "./mcp/code-server.ts";
export {
  type OpenApiMcpRequestContext,
  type OpenApiMcpServerOptions,
  openApiMcpServer,
  type RequestOptions,
} from "./mcp/openapi-server.ts";
export type { TransformResult } from "./mcp/reply.ts";
export { type CodemodeMcpServerOptions, codemodeMcpServer, type RuntimeForMcp } from "./mcp/runtime-server.ts";
