/** Tools of an MCP server as methods of programs, over Streamable HTTP. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { CfWorkerJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/cfworker";
import { createCodemodeRuntime, DynamicWorkerExecutor, mcpConnector } from "durable-codemode";

interface Env {
  readonly LOADER: WorkerLoader;
  /** The Worker that serves MCP; leave `fetch` out below for a server on the internet. */
  readonly FILES: Fetcher;
}

export function filesRuntime(ctx: DurableObjectState, env: Env) {
  const files = mcpConnector(ctx, {
    name: "files",
    connect: async () => {
      // The SDK's own validator compiles code, which Workers do not allow.
      const client = new Client(
        { name: "my-agent", version: "1.0.0" },
        { jsonSchemaValidator: new CfWorkerJsonSchemaValidator() },
      );
      const url = new URL("https://files.example/mcp");
      const transport = new StreamableHTTPClientTransport(url, {
        fetch: (to, init) => env.FILES.fetch(new Request(to, init)),
      });
      await client.connect(transport as Transport);
      return client;
    },
    // What the server does not say of a tool, you can: deleting twice is the same as once.
    tool: (name, tool) => (name === "delete_file" ? { ...tool, idempotent: true } : tool),
  });
  return createCodemodeRuntime({
    ctx,
    executor: new DynamicWorkerExecutor({ loader: env.LOADER }),
    connectors: [files],
  });
}
