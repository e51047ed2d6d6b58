/** Connectors without a class: a name and a record of tools. */
import { checkOptions } from "../options.ts";
import { CodemodeConnector } from "./connector.ts";
import { checkDeclarations } from "./declaration.ts";
import { type GivenSchema, refuseSlip } from "./schema-slips.ts";
import type { ConnectorTools } from "./types.ts";

/** What {@link defineConnector} takes. */
export interface ConnectorDefinition<Env> {
  /** The global under which programs see the connector. */
  readonly name: string;
  /** What the model should know before it uses the connector. */
  readonly instructions?: string;
  /** The tools, or a function of the Worker's `env` that gives them. */
  readonly tools: ConnectorTools | ((env: Env) => ConnectorTools | Promise<ConnectorTools>);
}

const OPTIONS: readonly (keyof ConnectorDefinition<unknown>)[] = ["name", "instructions", "tools"];

/** A connector class of which the runtime makes the instance: each names the `env` that it needs, and gets the Worker's. */
export type AnyConnectorClass = new (ctx: DurableObjectState, env: never) => CodemodeConnector;

/** A connector that reads its name and its tools off a definition. */
class DefinedConnector<Env> extends CodemodeConnector<Env> {
  readonly #definition: ConnectorDefinition<Env>;

  constructor(ctx: DurableObjectState | ExecutionContext, env: Env, definition: ConnectorDefinition<Env>) {
    super(ctx, env);
    this.#definition = definition;
  }

  override name(): string {
    return this.#definition.name;
  }

  protected override instructions(): string | undefined {
    return this.#definition.instructions;
  }

  protected override tools(): ConnectorTools | Promise<ConnectorTools> {
    const { tools } = this.#definition;
    return typeof tools === "function" ? tools(this.env) : tools;
  }

  /** What stands in a definition was written for it. */
  protected override checkSchema(given: GivenSchema): void {
    refuseSlip(given);
  }
}

/** A connector class that can be extended; the runtime makes the instance, or you do with `new`. */
export type ConnectorClass<Env = unknown> = new (
  ctx: DurableObjectState | ExecutionContext,
  env: Env,
) => DefinedConnector<Env>;

/**
 * A connector from a record of tools. Gives a class, as if you had written it: pass it to `createCodemodeRuntime`,
 * extend it, or export it from a `*.codemode.ts` file.
 *
 * @throws CodemodeError at once, for what its author cannot have meant: `INVALID_TOOL` (a misspelt or contradictory policy),
 * `INVALID_NAME` (two tools of one name), `INVALID_SCHEMA` (no schema, or a slip in one), `INVALID_INPUT` (no record of tools, an
 * unknown option). Of tools that a function of `env` gives the same is told when they are first needed.
 * @example
 * ```ts
 * const clock = defineConnector({ name: "clock", tools: { now: { readOnly: true, execute: () => new Date() } } });
 * createCodemodeRuntime({ ctx, executor, connectors: [clock] });
 * ```
 */
export function defineConnector<Env = unknown>(definition: ConnectorDefinition<Env>): ConnectorClass<Env> {
  checkOptions("defineConnector", definition, OPTIONS, ["name"]);
  if (typeof definition.tools !== "function") checkDeclarations(definition.name, definition.tools);
  return class extends DefinedConnector<Env> {
    constructor(ctx: DurableObjectState | ExecutionContext, env: Env) {
      super(ctx, env, definition);
    }
  };
}
