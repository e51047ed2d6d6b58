/** The MCP connector's public names. */
export type {
  McpCallResult,
  McpClientLike,
  McpConnectionLike,
  McpJsonSchema,
  McpMeta,
  McpProgress,
  McpTool,
  McpToolAnnotations,
  McpToolPage,
} from "./client.ts";
export { McpConnector } from "./connector.ts";
export { type McpConnectorOptions, mcpConnector } from "./mcp-connector.ts";
export type { McpApprovalPolicy } from "./policy.ts";
