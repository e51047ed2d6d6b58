/** The connection to one MCP server: made when it is first needed, and anew when it was lost. Nobody waits for it for ever. */
import { inTime } from "../../src/connector/in-time.ts";
import { untilAborted } from "../../src/connector/until-aborted.ts";
import { CodemodeError } from "../../src/errors.ts";
import type { McpClientLike, McpConnectionLike } from "./client.ts";
import { connectError, kindOfFailure } from "./failure.ts";
import { keep, retire, using } from "./in-use.ts";
import { reconnect } from "./reconnect.ts";

/** Longer than a server takes to start; a program that waits for it stands still, and a search waits no longer either. */
const MAX_CONNECT_SECONDS = 30;

/** A request, as its failures are told. */
export interface Asked {
  readonly where: string;
  /** Making it twice is the same as once. */
  readonly repeatable: boolean;
  readonly signal: AbortSignal;
  readonly explain: (error: unknown) => CodemodeError;
}

/** The connector whose connection it is. All of it may be overridden there. */
interface Owner {
  name(): string;
  create(): Promise<McpConnectionLike> | McpConnectionLike;
  /** What requests are made over: {@link Connection.get}, where nothing else is said. */
  get(): Promise<McpConnectionLike>;
  /** The tools may be others now. */
  onToolsChanged(): void;
}

type Over<T> = (connection: McpConnectionLike) => Promise<T>;

function failed({ where, signal, explain }: Asked, error: unknown): CodemodeError {
  if (!signal.aborted) return explain(error);
  return new CodemodeError("CANCELLED", `${where} was cancelled; it may have run.`, { where }, { cause: error });
}

/** A request's answer, or why nobody waits for it any more. */
function answerOf<T>(request: Over<T>, connection: McpConnectionLike, { signal }: Asked): Promise<T> {
  return using(connection.client, () => untilAborted(request(connection), signal));
}

/** See the head of this file. */
export class Connection {
  readonly #owner: Owner;
  #made: Promise<McpConnectionLike> | undefined;
  /** The client of the connection that was lost, until there is another one. */
  #lost: McpClientLike | undefined;

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  /** The connection; one that could not be made is tried again. */
  get(): Promise<McpConnectionLike> {
    if (this.#made !== undefined) return this.#made;
    const made = this.#connect();
    this.#made = made;
    made.catch(() => {
      if (this.#made === made) this.#made = undefined;
    });
    return made;
  }

  /** Makes a request; where the connection is gone, makes it once more over a new one if that cannot act twice. */
  async request<T>(asked: Asked, request: Over<T>): Promise<T> {
    const { where, repeatable, signal } = asked;
    const promise = this.#owner.get();
    const connection = await untilAborted(promise, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
      throw new CodemodeError("CANCELLED", `${where} was cancelled before it was sent.`, { where });
    });
    try {
      return await answerOf(request, connection, asked);
    } catch (error) {
      const kind = kindOfFailure(error);
      if (signal.aborted || (kind !== "lost" && kind !== "not-sent")) throw failed(asked, error);
      if (this.#made === promise) this.#replace(connection);
      // Otherwise the next call finds the new connection; this one may have acted.
      if (kind === "lost" && !repeatable) throw failed(asked, error);
      return this.#again(asked, request, kind === "lost" ? error : undefined);
    }
  }

  /** The second attempt. `lost`: why the first one, which may have run, has no answer. */
  async #again<T>(asked: Asked, request: Over<T>, lost: unknown): Promise<T> {
    const { signal } = asked;
    try {
      const connection = await untilAborted(
        reconnect(() => this.#owner.get(), signal),
        signal,
      ).catch((error: unknown) => {
        throw lost ?? error;
      });
      return await answerOf(request, connection, asked);
    } catch (error) {
      // What did not reach the server this time may have run the first time.
      const kind = kindOfFailure(error);
      throw failed(asked, kind === "not-sent" || kind === "refused" ? (lost ?? error) : error);
    }
  }

  async #connect(): Promise<McpConnectionLike> {
    const name = this.#owner.name();
    try {
      const created = this.#create();
      return await inTime(MAX_CONNECT_SECONDS * 1_000, created, () => {
        created.then(
          (late) => this.#takeLate(late),
          () => undefined,
        );
        throw new CodemodeError(
          "CONNECTION_LOST",
          `${name}: createConnection() (or connect) gave no connection within ${MAX_CONNECT_SECONDS} seconds, so nothing was sent. See whether the MCP server can be reached, and give its client a time limit of its own.`,
          { where: `${name}: connecting`, mayHaveRun: false },
        );
      });
    } catch (error) {
      throw connectError(name, error);
    }
  }

  /** Whoever comes next uses it, unless there is another one by then: nobody would use it, and it would stay open. */
  async #takeLate(late: McpConnectionLike): Promise<void> {
    for (let made = this.#made; made !== undefined; made = this.#made) {
      const other = await made.catch(() => undefined);
      if (other === undefined) continue;
      if (other.client !== late.client) retire(late.client);
      return;
    }
    this.#made = Promise.resolve(late);
  }

  async #create(): Promise<McpConnectionLike> {
    const connection = await this.#owner.create();
    const client = connection?.client;
    if (typeof client?.callTool !== "function") {
      const connector = this.#owner.name();
      throw new CodemodeError(
        "INVALID_INPUT",
        `${connector}: createConnection() (or connect) gave no MCP client. Return the connected client, or { client }.`,
        { connector },
      );
    }
    if (this.#lost !== undefined && this.#lost !== client) retire(this.#lost);
    this.#lost = undefined;
    keep(client);
    return connection;
  }

  /** No request begins on it any more; those that are under way may well be answered. */
  #replace(lost: McpConnectionLike): void {
    this.#owner.onToolsChanged();
    this.#made = undefined;
    this.#lost = lost.client;
    // The next request tries to connect again and says why it cannot.
    this.#owner.get().catch(() => undefined);
  }
}
