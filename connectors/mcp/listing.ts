/** What is known of a server's tools: as they were read last, and when they are read again. */
import { CodemodeConnector } from "../../src/connector/connector.ts";
import type { Assessment, ConnectorTools } from "../../src/connector/types.ts";
import { type Announced, announcedTo } from "./announced.ts";
import type { McpConnectionLike, McpTool } from "./client.ts";
import { askForTools, canAskServer, listTools } from "./tool-list.ts";

/** The resolved tools of one reading; it speaks under the name of the connector that it was made for. */
class Listing<Env> extends CodemodeConnector<Env> {
  readonly #name: string;
  readonly #read: () => Promise<ConnectorTools>;

  constructor(ctx: DurableObjectState | ExecutionContext, env: Env, name: string, read: () => Promise<ConnectorTools>) {
    super(ctx, env);
    this.#name = name;
    this.#read = read;
  }

  override name(): string {
    return this.#name;
  }

  protected override tools(): Promise<ConnectorTools> {
    return this.#read();
  }

  /** A server's schemas are read with tolerance. */
  protected override checkSchema(): void {}
}

/** The connector whose tools they are. */
interface Owner<Env> {
  /** Both a Worker's and a Durable Object's pass: it is only kept. */
  readonly ctx: DurableObjectState | ExecutionContext;
  readonly env: Env;
  name(): string;
  connection(): Promise<McpConnectionLike>;
  /** Its tools as they are now, each adjusted. */
  resolve(): Promise<ConnectorTools>;
  asDescribed(assessment: Assessment): Promise<Assessment>;
}

/** A connection, and how it was when the tools were read: its own list, and how many others its server had announced. */
interface Reading {
  readonly connection: McpConnectionLike;
  readonly tools: McpConnectionLike["tools"];
  readonly announced: Announced;
  readonly lists: number;
}

function isOutdated({ connection, tools, announced, lists }: Reading): boolean {
  return connection.tools !== tools || announced.lists !== lists;
}

type Call = { readonly executionId: string; readonly seq: number };

/** The readings of one server's list: a connector resolves its tools once, so a list that changed gets a new listing. */
export class Listings<Env> {
  readonly #owner: Owner<Env>;
  #listing: Listing<Env> | undefined;
  #reading: Reading | undefined;
  /** Where the list comes from: from whoever keeps one, until a person is asked about a tool; then from the server. */
  #source = listTools;
  /** Calls about which a person was asked since the list was read: who asks again comes back after a pause. */
  readonly #asked = new Set<string>();

  constructor(owner: Owner<Env>) {
    this.#owner = owner;
  }

  /** The tools are read again before they are used the next time. */
  forget(): void {
    this.#listing = undefined;
    this.#reading = undefined;
    this.#asked.clear();
  }

  /** The listing that holds now. Another array in the place of a connection's own, or an announced one, makes it another. */
  current(): Listing<Env> {
    if (this.#reading !== undefined && isOutdated(this.#reading)) this.forget();
    const { ctx, env } = this.#owner;
    this.#listing ??= new Listing(ctx, env, this.#owner.name(), () => this.#owner.resolve());
    return this.#listing;
  }

  /** The list of a connection, from where lists come now. */
  list(connection: McpConnectionLike): Promise<McpTool[]> {
    return this.#source(this.#owner.name(), connection);
  }

  /** Tools that `fetch` gives, and which are those of the connection until it has another array of them. */
  async read(connection: McpConnectionLike, fetch: () => Promise<McpTool[]>): Promise<McpTool[]> {
    const announced = announcedTo(connection.client);
    const reading = { connection, tools: connection.tools, announced, lists: announced.lists };
    const tools = await fetch();
    this.#reading = reading;
    return tools;
  }

  /** What would happen to a call, by the list that a person is shown, or was. */
  async assess(method: string, args: unknown, context: Call): Promise<Assessment> {
    const call = `${context.executionId}:${context.seq}`;
    // The hook of the pause may be overridden; that the call was assessed before says the same.
    if (this.#asked.has(call)) this.forget();
    const listing = this.current();
    const assess = async () => this.#owner.asDescribed(await this.current().assess(method, args, context));
    const first = await assess();
    const asks = first.kind === "valid" && first.policy.approval;
    if (asks) await this.#askServer();
    const assessment = this.current() === listing ? first : await assess();
    if (asks) this.#asked.add(call);
    // The list may change while the program runs: what holds for this call need not hold for the next.
    return assessment.kind === "valid"
      ? { ...assessment, policy: { ...assessment.policy, perCall: true } }
      : assessment;
  }

  /** What a person is asked about, and what their word is held against, is what the server says now, not a kept list. */
  async #askServer(): Promise<void> {
    if (this.#source === askForTools || !canAskServer(await this.#owner.connection())) return;
    this.#source = askForTools;
    if ((this.#reading?.tools ?? []).length > 0) this.forget();
  }
}
