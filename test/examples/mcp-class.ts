/** An MCP server as a class: which of its tools ask a person, and how one of them is undone. */
import { type ConnectorTool, type McpConnectionLike, McpConnector, type McpTool } from "durable-codemode";

export class GitHub extends McpConnector {
  connection?: McpConnectionLike;

  override name() {
    return "github";
  }
  protected override createConnection() {
    if (this.connection === undefined) throw new Error("Set the connection first.");
    return this.connection;
  }
  protected override approval() {
    return (tool: McpTool) => tool.name.startsWith("delete_");
  }
  protected override tool(name: string, tool: ConnectorTool): ConnectorTool {
    return name === "create_issue"
      ? { ...tool, revert: (_args, issue: { number: number }) => this.close(issue) }
      : tool;
  }
  private async close({ number }: { number: number }) {
    await this.executeTool("close_issue", { number });
  }
}
