/** An Agent that uses an MCP server, here an McpAgent of the same Worker, from programs. */
import { McpServer, type RegisteredTool } from "@modelcontextprotocol/sdk/server/mcp.js";
import { Agent } from "agents";
import { McpAgent } from "agents/mcp";
import { createCodemodeRuntime, DynamicWorkerExecutor, mcpConnector } from "durable-codemode";
import { z } from "zod";

interface Env extends Cloudflare.Env {
  readonly LOADER: WorkerLoader;
  readonly FILES: DurableObjectNamespace<Files>;
}

/** The server. Its hints become policy: what only reads is free, what destroys asks a person. */
export class Files extends McpAgent<Env> {
  override server = new McpServer({ name: "files", version: "1.0.0" }, { instructions: "Files of one team." });
  readonly texts = new Map([["notes.md", "buy milk"]]);
  deleteFile?: RegisteredTool;

  override async init(): Promise<void> {
    this.server.registerTool(
      "list-files",
      { description: "Names of all files", annotations: { readOnlyHint: true } },
      () => ({ content: [{ type: "text", text: JSON.stringify([...this.texts.keys()]) }] }),
    );
    this.deleteFile = this.server.registerTool(
      "delete-file",
      {
        description: "Delete a file for good",
        inputSchema: { name: z.string() },
        annotations: { destructiveHint: true },
      },
      ({ name }) => ({ content: [{ type: "text", text: `${name}: ${this.texts.delete(name)}` }] }),
    );
  }
}

/** The client: any connection of the Agents SDK is a connector. */
export class Librarian extends Agent<Env> {
  async runtime() {
    const { id } = await this.addMcpServer("files", this.env.FILES);
    const connection = this.mcp.mcpConnections[id];
    if (connection === undefined) throw new Error("The MCP server is not connected.");
    return createCodemodeRuntime({
      ctx: this.ctx,
      executor: new DynamicWorkerExecutor({ loader: this.env.LOADER }),
      connectors: [mcpConnector(this.ctx, { name: "files", client: connection })],
    });
  }
}
