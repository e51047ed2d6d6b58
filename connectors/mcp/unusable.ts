/** Tools that cannot be called as a server lists them: each is listed, says why, and refuses every call. */
import type { ConnectorTool } from "../../src/connector/types.ts";
import { CodemodeError } from "../../src/errors.ts";
import { legacyToolName } from "../../src/names.ts";
import type { McpTool } from "./client.ts";

/** Other names of what is called `name`: the server's own, and those that the released package made of them. */
export function aliasesOf(name: string, tools: readonly McpTool[]): Pick<ConnectorTool, "aliases"> {
  const aliases = new Set(tools.flatMap((tool) => [tool.name, legacyToolName(tool.name)]));
  aliases.delete(name);
  return aliases.size > 0 ? { aliases: [...aliases] } : {};
}

/** In the place of a tool whose definition is none. */
export function refusing(server: string, name: string, tool: McpTool, reason: string): ConnectorTool {
  const message = `${server}.${name} cannot be called: ${reason}. Its MCP server must mend it.`;
  return {
    description: message,
    ...aliasesOf(name, [tool]),
    execute: () => {
      throw new CodemodeError("INVALID_TOOL", message, { connector: server, tool: tool.name });
    },
  };
}

/** In the place of tools that would have one name: calling either of them would be a guess. */
export function clashing(server: string, name: string, tools: readonly McpTool[]): ConnectorTool {
  const names = tools.map((tool) => tool.name);
  const message = `The MCP tools ${names.map((given) => `"${given}"`).join(" and ")} of ${server} would ${names.length === 2 ? "both" : "all"} be called "${name}". Override toolName() to give them different names.`;
  return {
    description: message,
    ...aliasesOf(name, tools),
    execute: () => {
      throw new CodemodeError("INVALID_NAME", message, { connector: server, tools: names, name });
    },
  };
}
