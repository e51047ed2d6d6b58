/** The OpenAPI connector without a class: everything as options. */
import { OpenApiConnector } from "./connector.ts";
import type { OpenApiApproval, OpenApiHttpOptions, OpenApiNameCollision } from "./types.ts";

/** What {@link openApiConnector} takes: the settings of the default request, and what a class would say by methods. */
export interface OpenApiConnectorOptions extends OpenApiHttpOptions {
  /** The global under which programs see the connector. */
  readonly name: string;
  /** The parsed description, or a function that gives it (the same object each time, so that it is read once). */
  readonly spec: object | (() => object | Promise<object>);
  /** What the model should know before it uses the connector. */
  readonly instructions?: string;
  /** Which operations ask a person first. Default `"ask-writes"`. */
  readonly approval?: OpenApiApproval;
  /** Whether programs may also read the description itself. Default: no. */
  readonly exposeSpec?: boolean;
  /** Told when operations wanted one name. Default: a warning on the console. */
  readonly onNameCollision?: (collisions: readonly OpenApiNameCollision[]) => void;
}

class ConfiguredConnector extends OpenApiConnector {
  readonly #options: OpenApiConnectorOptions;

  constructor(ctx: DurableObjectState | ExecutionContext, options: OpenApiConnectorOptions) {
    // The platform insists on an object; everything that this connector needs is in its options.
    super(ctx, {});
    this.#options = options;
  }

  override name(): string {
    return this.#options.name;
  }

  protected override instructions(): string | undefined {
    return this.#options.instructions;
  }

  protected override spec(): object | Promise<object> {
    const { spec } = this.#options;
    return typeof spec === "function" ? spec() : spec;
  }

  protected override approval() {
    return this.#options.approval ?? super.approval();
  }

  protected override http(): OpenApiHttpOptions {
    return this.#options;
  }

  protected override exposeSpec(): boolean {
    return this.#options.exposeSpec ?? super.exposeSpec();
  }

  protected override onNameCollision(collisions: readonly OpenApiNameCollision[]): void {
    if (this.#options.onNameCollision === undefined) super.onNameCollision(collisions);
    else this.#options.onNameCollision(collisions);
  }
}

/**
 * A connector of an API from its description.
 *
 * @param ctx the `ctx` of a Durable Object, an Agent or a Worker
 *
 * @example
 * ```ts
 * const github = openApiConnector(this.ctx, {
 *   name: "github",
 *   spec: description,
 *   auth: { type: "bearer", token: () => this.env.GITHUB_TOKEN },
 * });
 * createCodemodeRuntime({ ctx: this.ctx, executor, connectors: [github] });
 * ```
 */
export function openApiConnector(
  ctx: DurableObjectState | ExecutionContext,
  options: OpenApiConnectorOptions,
): OpenApiConnector {
  return new ConfiguredConnector(ctx, options);
}
