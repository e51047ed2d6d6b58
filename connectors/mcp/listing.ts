/** One reading of a server's tool list. A connector resolves its tools once; a list that changed gets a new listing. */
import { CodemodeConnector } from "../../src/connector/connector.ts";
import type { ConnectorTools } from "../../src/connector/types.ts";

/** The resolved tools of one reading; it speaks under the name of the connector that it was made for. */
export class Listing<Env> extends CodemodeConnector<Env> {
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
}
