/** The two ends of MCP as a Worker can make them. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { ClientCapabilities } from "@modelcontextprotocol/sdk/types.js";
import { CfWorkerJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/cfworker";

/** The SDK's own default compiles code, which Workers do not allow. */
const jsonSchemaValidator = () => new CfWorkerJsonSchemaValidator();

/** What this package calls itself where nobody says another name. */
export const OWN_INFO = { name: "codemode", version: "1.0.0" } as const;

export interface ServerInfo {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly instructions?: string | undefined;
}

export function mcpServer({ name = OWN_INFO.name, version = OWN_INFO.version, instructions }: ServerInfo): McpServer {
  const options = { jsonSchemaValidator: jsonSchemaValidator(), ...(instructions !== undefined && { instructions }) };
  return new McpServer({ name, version }, options);
}

export function mcpClient(capabilities: ClientCapabilities): Client {
  return new Client(OWN_INFO, { capabilities, jsonSchemaValidator: jsonSchemaValidator() });
}
