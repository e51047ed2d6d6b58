/** Tools that cannot be called as a server lists them: each is listed, says why, and refuses every call. */
import type { ConnectorTool } from "../../src/connector/types.ts";
import { refusingTool } from "../../src/connector/unusable.ts";
import { legacyToolName } from "../../src/names.ts";
import type { McpTool } from "./client.ts";

/** Other names of what is called `name`: the server's own, and those that the released package made of them. */
export function aliasesOf(name: string, tools: readonly McpTool[]): string[] {
  const aliases = new Set(tools.flatMap((tool) => [tool.name, legacyToolName(tool.name)]));
  aliases.delete(name);
  return [...aliases];
}

/** In the place of a tool whose definition is none. */
export function refusing(server: string, name: string, tool: McpTool, reason: string): ConnectorTool {
  const message = `${server}.${name} cannot be called: ${reason}. Its MCP server must mend it.`;
  const data = { connector: server, tool: tool.name };
  return refusingTool({ code: "INVALID_TOOL", message, data }, aliasesOf(name, [tool]));
}

/** In the place of tools that would have one name: calling either of them would be a guess. */
export function clashing(server: string, name: string, tools: readonly McpTool[]): ConnectorTool {
  const names = tools.map((tool) => tool.name);
  const message = `The MCP tools ${names.map((given) => `"${given}"`).join(" and ")} of ${server} would ${names.length === 2 ? "both" : "all"} be called "${name}". Override toolName() to give them different names.`;
  const data = { connector: server, tools: names, name };
  return refusingTool({ code: "INVALID_NAME", message, data }, aliasesOf(name, tools));
}
