/** The OpenAPI connector without a class: everything as options. */
import { type Factory, requireArguments } from "../../src/connector/factory.ts";
import { checkPolicy } from "../../src/connector/policies.ts";
import { named } from "../../src/connector/unreadable.ts";
import { isCodemodeError } from "../../src/errors.ts";
import { checkOptions } from "../../src/options.ts";
import { territoryOf } from "./address.ts";
import { OpenApiConnector } from "./connector.ts";
import { requireParsed } from "./document.ts";
import { checkHttp, checkSwitch } from "./settings.ts";
import type {
  OpenApiApproval,
  OpenApiDocuments,
  OpenApiHttpOptions,
  OpenApiNameCollision,
  OpenApiOperation,
} from "./types.ts";

/** What {@link openApiConnector} takes: the settings of the default request, and what a class would say by methods. */
export interface OpenApiConnectorOptions extends OpenApiHttpOptions {
  /** The global under which programs see the connector. */
  readonly name: string;
  /** The parsed description, or a function that gives it (the same object each time, so that it is read once). */
  readonly spec: object | (() => object | Promise<object>);
  /** Other documents that the description refers to, by address, or a function that gives them. The same object each time. */
  readonly documents?: OpenApiDocuments | (() => OpenApiDocuments | Promise<OpenApiDocuments>);
  /** What the model should know before it uses the connector. */
  readonly instructions?: string;
  /** Which operations ask a person first. Default `"ask-writes"`. */
  readonly approval?: OpenApiApproval;
  /**
   * Whether a path parameter stands for several segments (`docs/guide.md`), so that its slashes are sent as slashes. Those
   * that the description marks with `x-multi-segment` do anyway.
   */
  readonly multiSegment?: (operation: OpenApiOperation, parameter: string) => boolean;
  /** Whether programs may also read the description itself. Default: no. */
  readonly exposeSpec?: boolean;
  /** Told when operations wanted one name. Default: a warning on the console. */
  readonly onNameCollision?: (collisions: readonly OpenApiNameCollision[]) => void;
  /** Told when references lead nowhere. Default: a warning on the console. */
  readonly onUnresolvedReferences?: (references: readonly string[]) => void;
  /** Told when `GET` or `HEAD` operations have bodies, which cannot be sent. Default: a warning on the console. */
  readonly onUnsendableBodies?: (operations: readonly OpenApiOperation[]) => void;
}

const FACTORY: Factory<keyof OpenApiConnectorOptions> = {
  name: "openApiConnector",
  takes: "(ctx, { name, spec })",
  options: [
    "name",
    "spec",
    "documents",
    "instructions",
    "approval",
    "multiSegment",
    "exposeSpec",
    "onNameCollision",
    "onUnresolvedReferences",
    "onUnsendableBodies",
    "baseUrl",
    "serverVariables",
    "auth",
    "allowedHosts",
    "headers",
    "timeoutMs",
    "maxResponseBytes",
    "retry",
    "fetch",
  ],
  needed: ["name", "spec"],
};

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

  protected override documents() {
    const { documents } = this.#options;
    return typeof documents === "function" ? documents() : documents;
  }

  protected override approval() {
    return this.#options.approval ?? super.approval();
  }

  protected override http(): OpenApiHttpOptions {
    return this.#options;
  }

  protected override isMultiSegment(operation: OpenApiOperation, parameter: string): boolean {
    return this.#options.multiSegment?.(operation, parameter) ?? super.isMultiSegment(operation, parameter);
  }

  protected override exposeSpec(): boolean {
    return this.#options.exposeSpec ?? super.exposeSpec();
  }

  protected override onNameCollision(collisions: readonly OpenApiNameCollision[]): void {
    if (this.#options.onNameCollision === undefined) super.onNameCollision(collisions);
    else this.#options.onNameCollision(collisions);
  }

  protected override onUnresolvedReferences(references: readonly string[]): void {
    if (this.#options.onUnresolvedReferences === undefined) super.onUnresolvedReferences(references);
    else this.#options.onUnresolvedReferences(references);
  }

  protected override onUnsendableBodies(operations: readonly OpenApiOperation[]): void {
    if (this.#options.onUnsendableBodies === undefined) super.onUnsendableBodies(operations);
    else this.#options.onUnsendableBodies(operations);
  }
}

/**
 * A connector of an API from its description.
 *
 * @param ctx the `ctx` of a Durable Object, an Agent or a Worker
 * @throws CodemodeError `INVALID_INPUT` without `ctx`, for an unknown option and for a setting that is none; `INVALID_SCHEMA`
 * for a `spec` that is an address or text.
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
  requireArguments(FACTORY, ctx, options);
  checkOptions(FACTORY.name, options, FACTORY.options, FACTORY.needed);
  checkPolicy(options.name, options.approval);
  checkSwitch(`${options.name}: exposeSpec`, options.exposeSpec);
  try {
    if (typeof options.spec !== "function") requireParsed(options.spec);
    checkHttp(options);
    territoryOf([], options);
  } catch (error) {
    throw isCodemodeError(error) ? named(options.name, error) : error;
  }
  return new ConfiguredConnector(ctx, options);
}
