/**
 * The connector as a client of its own, for the conformance suite: `client.ts <v1|v2> <url>` connects, and calls the tool
 * that the scenario in `MCP_CONFORMANCE_SCENARIO` is about.
 */
import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as HttpV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { type McpClientLike, mcpConnector } from "../../../../connectors/mcp/index.ts";
import { ctx } from "../make.ts";

const INFO = { name: "conformance", version: "1.0.0" };
/** A person who accepts each form as it is: the client fills in the defaults. */
const OPTIONS = { capabilities: { elicitation: { form: { applyDefaults: true } } } };
const ACCEPTED = { action: "accept" as const, content: {} };

const CLIENTS: Readonly<Record<string, (url: URL) => Promise<McpClientLike>>> = {
  v1: async (url) => {
    const client = new ClientV1(INFO, OPTIONS);
    client.setRequestHandler(ElicitRequestSchema, () => ACCEPTED);
    await client.connect(new HttpV1(url) as Parameters<ClientV1["connect"]>[0]);
    return client;
  },
  v2: async (url) => {
    const client = new ClientV2(INFO, OPTIONS);
    client.setRequestHandler("elicitation/create", async () => ACCEPTED);
    await client.connect(new HttpV2(url));
    return client;
  },
};

/** The tool of each scenario, as a program would call it. */
const CALLS: Readonly<Record<string, readonly [tool: string, args: object]>> = {
  tools_call: ["add_numbers", { a: 5, b: 3 }],
  "elicitation-sep1034-client-defaults": ["test_client_elicitation_defaults", {}],
  "sse-retry": ["test_reconnection", {}],
};

const [sdk = "", url = ""] = process.argv.slice(2);
const connect = CLIENTS[sdk];
if (connect === undefined) throw new Error(`no client "${sdk}"; there are ${Object.keys(CLIENTS).join(", ")}`);
const connector = mcpConnector(ctx, { name: "suite", connect: () => connect(new URL(url)) });
const { descriptors } = await connector.describe();
const call = CALLS[process.env.MCP_CONFORMANCE_SCENARIO ?? ""];
console.log(Object.keys(descriptors), call === undefined ? undefined : await connector.executeTool(...call));
process.exit(0);
