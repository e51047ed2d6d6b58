/** Real MCP servers and clients on loopback: Streamable HTTP over `node:http`, and both SDKs' clients. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as HttpV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Server as McpSdkServer } from "@modelcontextprotocol/sdk/server/index.js";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { McpClientLike } from "../../../connectors/mcp/index.ts";

/** A server that listens, and can be stopped with its connections and started again on the same port. */
export interface Loopback extends AsyncDisposable {
  readonly url: URL;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Forgets all that the handler remembered, and keeps the connections: a restart behind a proxy. */
  forget(): void;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Serves HTTP on a free port. `makeHandler` is called at each start: what a handler remembers is lost by a restart. */
export async function serve(makeHandler: () => Handler): Promise<Loopback> {
  let server: Server | undefined;
  let port = 0;
  let handler = makeHandler();
  const forget = () => {
    handler = makeHandler();
  };
  const start = async () => {
    forget();
    const made = createServer((request, response) => void handler(request, response));
    await new Promise<void>((resolve) => made.listen(port, "127.0.0.1", resolve));
    port = (made.address() as AddressInfo).port;
    server = made;
  };
  const stop = async () => {
    const stopping = server;
    server = undefined;
    if (stopping === undefined) return;
    const closed = new Promise((resolve) => stopping.close(resolve));
    stopping.closeAllConnections();
    await closed;
  };
  await start();
  return { url: new URL(`http://127.0.0.1:${port}/mcp`), start, stop, forget, [Symbol.asyncDispose]: stop };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  if (request.method !== "POST") return undefined;
  let text = "";
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

/** A JSON-RPC message as far as these servers look at it. */
export interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly name?: string;
    readonly arguments?: Readonly<Record<string, unknown>>;
    readonly cursor?: string;
    readonly protocolVersion?: string;
  };
}

type TransportOptions = ConstructorParameters<typeof StreamableHTTPServerTransport>[0];

/**
 * Streamable HTTP with sessions: each `initialize` gets a server of its own. What `intercept` answers true for has been
 * dealt with.
 */
export function sessions(
  makeServer: () => McpServer | McpSdkServer | Promise<McpServer>,
  intercept: (message: Message, request: IncomingMessage, response: ServerResponse) => boolean = () => false,
  makeTransport = (options: TransportOptions) => new StreamableHTTPServerTransport(options),
): () => Handler {
  return () => {
    const transports = new Map<string, StreamableHTTPServerTransport>();
    return async (request, response) => {
      const body = await bodyOf(request);
      if (body !== undefined && intercept(body as Message, request, response)) return;
      const id = request.headers["mcp-session-id"];
      const known = typeof id === "string" ? transports.get(id) : undefined;
      if (known !== undefined) return known.handleRequest(request, response, body);
      if (id !== undefined) return void response.writeHead(404).end("Session not found");
      const transport: StreamableHTTPServerTransport = makeTransport({
        sessionIdGenerator: () => crypto.randomUUID(),
        onsessioninitialized: (session) => void transports.set(session, transport),
      });
      // The SDK's own transport type is looser than its interface under exactOptionalPropertyTypes.
      await (await makeServer()).connect(transport as Parameters<McpServer["connect"]>[0]);
      await transport.handleRequest(request, response, body);
    };
  };
}

/** A server without an SDK, so that it can say what no SDK lets it say. `answer` gives the result of a request. */
export function liar(answer: (message: Message) => unknown): () => Handler {
  return () => async (request, response) => {
    const message = (await bodyOf(request)) as Message | undefined;
    if (message === undefined) return void response.writeHead(405).end();
    if (message.id === undefined) return void response.writeHead(202).end();
    const initialized = {
      protocolVersion: message.params?.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: "liar", version: "1.0.0" },
    };
    const result = message.method === "initialize" ? initialized : answer(message);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ jsonrpc: "2.0", id: message.id, result }));
  };
}

const INFO = { name: "test", version: "1.0.0" };

/** How each SDK's client connects to a URL. */
export const CLIENTS = {
  v1: async (url: URL): Promise<McpClientLike & { close(): Promise<void> }> => {
    const client = new ClientV1(INFO);
    await client.connect(new HttpV1(url) as Parameters<ClientV1["connect"]>[0]);
    return client;
  },
  v2: async (url: URL): Promise<McpClientLike & { close(): Promise<void> }> => {
    const client = new ClientV2(INFO);
    await client.connect(new HttpV2(url));
    return client;
  },
} as const;

export type Sdk = keyof typeof CLIENTS;
