/**
 * Stands between a wrapped server and the client of the server that wraps it: what the wrapped tools ask of a person or a
 * model, their log messages and their progress pass through, as if nothing were in between.
 */
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  InitializeResultSchema,
  LATEST_PROTOCOL_VERSION,
  LoggingMessageNotificationSchema,
  SetLevelRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import type { McpProgress } from "../../connectors/mcp/client.ts";
import type { CallExtra } from "./heartbeat.ts";
import { mcpClient, OWN_INFO } from "./server.ts";

/** A person may take as long as the tool that asks waits; the longest wait that a timer can hold. */
export const NO_TIMEOUT_MS = 0x7fff_ffff;

/** The client of a wrapped server; what it can do for the server's tools depends on who is on the other side. */
export function wrappingClient(): Client {
  return mcpClient({ elicitation: { form: {}, url: {} }, sampling: {} });
}

/** Progress of one call of the outer tool, to which several inner ones add: MCP lets it grow only. */
export function progressOf(extra: CallExtra): ((progress: McpProgress) => void) | undefined {
  const progressToken = extra._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let last = Number.NEGATIVE_INFINITY;
  return ({ progress, total, message }) => {
    const grows = progress > last;
    last = grows ? progress : last + 1;
    const params = {
      progressToken,
      progress: last,
      ...(grows && total !== undefined && { total }),
      ...(message !== undefined && { message }),
    };
    // A client that went away does not stop the program.
    extra.sendNotification({ method: "notifications/progress", params }).catch(() => undefined);
  };
}

/** Passes on what a wrapped server and the outer client say to each other while calls run. */
export class Relay {
  readonly #client: Client;
  readonly #outer: McpServer["server"];
  readonly #running = new Set<CallExtra>();
  #told: string | undefined;

  /** Both must not be connected yet to anybody else than each other. */
  constructor(client: Client, outer: McpServer) {
    this.#client = client;
    this.#outer = outer.server;
    client.setRequestHandler(ElicitRequestSchema, ({ params }, { signal }) =>
      this.#outer.elicitInput(params, this.#question(signal)),
    );
    client.setRequestHandler(CreateMessageRequestSchema, ({ params }, { signal }) =>
      this.#outer.createMessage(params, this.#question(signal)),
    );
    if (client.getServerCapabilities()?.logging === undefined) return;
    this.#outer.registerCapabilities({ logging: {} });
    this.#outer.setRequestHandler(SetLevelRequestSchema, ({ params }) => client.setLoggingLevel(params.level));
    client.setNotificationHandler(LoggingMessageNotificationSchema, async ({ params }) => {
      await this.#outer.notification({ method: "notifications/message", params }, this.#call()).catch(() => undefined);
    });
  }

  /** The call that something belongs to is known when there is only one; the client then hears it on that call's stream. */
  #call(): { relatedRequestId?: CallExtra["requestId"] } {
    const [only, another] = this.#running;
    return only === undefined || another !== undefined ? {} : { relatedRequestId: only.requestId };
  }

  #question(signal: AbortSignal): RequestOptions {
    return { signal, timeout: NO_TIMEOUT_MS, ...this.#call() };
  }

  /** Tells the wrapped server what the client can do that is there now: tools look before they ask. */
  async #introduce(): Promise<void> {
    const { elicitation, sampling } = this.#outer.getClientCapabilities() ?? {};
    const capabilities = { ...(elicitation && { elicitation }), ...(sampling && { sampling }) };
    const told = JSON.stringify(capabilities);
    if (told === this.#told) return;
    const params = {
      protocolVersion: LATEST_PROTOCOL_VERSION,
      capabilities,
      clientInfo: this.#outer.getClientVersion() ?? OWN_INFO,
    };
    await this.#client.request({ method: "initialize", params }, InitializeResultSchema);
    this.#told = told;
  }

  /** Runs one call of the outer tool. */
  async during<T>(extra: CallExtra, work: () => Promise<T>): Promise<T> {
    await this.#introduce();
    this.#running.add(extra);
    try {
      return await work();
    } finally {
      this.#running.delete(extra);
    }
  }
}
