/** The connector of tools that were written for an AI framework: AI SDK tool sets, TanStack AI tools, plain records. */
import { CodemodeConnector } from "../../src/connector/connector.ts";
import { type Factory, requireArguments } from "../../src/connector/factory.ts";
import type { ForeignTool } from "../../src/connector/foreign-tool.ts";
import type { ConnectorTool, ConnectorTools } from "../../src/connector/types.ts";
import { replacingTool } from "../../src/connector/unusable.ts";
import { CodemodeError } from "../../src/errors.ts";
import { legacyToolName, sanitizeToolName } from "../../src/names.ts";
import { checkOptions } from "../../src/options.ts";
import { adaptTool, type ForeignTools, namedTools, requireTools } from "./adapt.ts";

/** What {@link ToolSetConnector} takes. */
export interface ToolSetConnectorOptions {
  /** The global under which programs see the tools. Default `"tools"`. */
  readonly name?: string;
  /** What the model should know before it uses the tools; shown by `describe`. */
  readonly instructions?: string;
  /** An AI SDK `ToolSet`, a list of TanStack AI tools, or a record of plain tools. */
  readonly tools: ForeignTools;
  /** Handed to each tool as `options.context` (AI SDK v7, TanStack AI) and `options.experimental_context` (AI SDK v6). */
  readonly context?: unknown;
}

const FACTORY: Factory<keyof ToolSetConnectorOptions> = {
  name: "toolSetConnector",
  takes: "(ctx, { name, tools })",
  options: ["name", "instructions", "tools", "context"],
  needed: ["tools"],
};

/** A tool with the name that its author gave it. */
type NamedTool = readonly [given: string, tool: ForeignTool];

/** The tool of that name. Calling either of several would be a guess. */
function only(named: readonly NamedTool[], callee: string, name: string): unknown {
  const [first, ...others] = named;
  if (others.length === 0) return first?.[1];
  const names = named.map(([given]) => given);
  const quoted = names.map((given) => `"${given}"`).join(" and ");
  throw new CodemodeError(
    "INVALID_NAME",
    `${callee}: ${quoted} would ${names.length === 2 ? "both" : "all"} be called "${name}". Rename all but one of them.`,
    { names },
  );
}

/**
 * Tools of an AI framework as a connector. Input is read by each tool's own schema, so defaults and coercions apply;
 * `needsApproval` pauses the run until a person decides; a generator's last value is the result; tools without
 * `execute` are left out, with one warning.
 *
 * A tool that cannot be used (no schema that can be read, a misspelt policy, a name that another has) is listed with the reason,
 * refuses every call with `INVALID_TOOL`, `INVALID_SCHEMA` or `INVALID_NAME`, and is warned of; the others work.
 *
 * @example
 * ```ts
 * const weather = tool({ inputSchema: z.object({ city: z.string() }), execute: ({ city }) => forecast(city) });
 * const runtime = createCodemodeRuntime({ ctx, executor, connectors: [new ToolSetConnector(ctx, { tools: { weather } })] });
 * // programs: await tools.weather({ city: "Paris" })
 * ```
 */
export class ToolSetConnector extends CodemodeConnector {
  readonly #options: ToolSetConnectorOptions;

  /** @throws CodemodeError `INVALID_INPUT` without `ctx`, for an unknown option, and where `tools` holds none, a promise of them say. */
  constructor(ctx: DurableObjectState | ExecutionContext, options: ToolSetConnectorOptions) {
    requireArguments(FACTORY, ctx, options);
    // A class of one's own may have options of its own.
    if (new.target === ToolSetConnector) checkOptions(FACTORY.name, options, FACTORY.options, FACTORY.needed);
    super(ctx, {});
    this.#options = options;
    requireTools(options.name ?? "tools", options.tools);
  }

  override name(): string {
    return this.#options.name ?? "tools";
  }

  protected override instructions(): string | undefined {
    return this.#options.instructions;
  }

  protected override tools(): ConnectorTools {
    const { named, nameless } = namedTools(this.#options.tools);
    if (nameless.length > 0) {
      const places = nameless.map((index) => `tools[${index}]`).join(", ");
      console.warn(`Connector "${this.name()}": a tool in a list needs a name, so these are left out: ${places}.`);
    }
    const byName = Map.groupBy(named, ([given]) => sanitizeToolName(given));
    return Object.fromEntries([...byName].map(([name, tools]) => [name, this.#adapt(name, tools)]));
  }

  #adapt(name: string, named: readonly NamedTool[]): ConnectorTool {
    // Callable as their authors named them, and as the released package did, so that old programs run.
    const aliases = named.flatMap(([given]) => [given, legacyToolName(given)]).filter((alias) => alias !== name);
    const callee = `${this.name()}.${name}`;
    try {
      const tool = adaptTool(only(named, callee, name), callee, this.#options.context);
      return { ...tool, aliases: [...new Set([...(tool.aliases ?? []), ...aliases])] };
    } catch (fault) {
      return replacingTool(callee, fault, aliases);
    }
  }

  /** Tools come from servers and libraries at run time: one that cannot be used takes no other with it. */
  protected override unusableTool(name: string, { aliases }: ConnectorTool, fault: unknown): ConnectorTool {
    return replacingTool(`${this.name()}.${name}`, fault, aliases);
  }
}

/**
 * The same as `new ToolSetConnector(ctx, options)`.
 *
 * @param ctx - of the Durable Object, Agent or Worker that owns the tools.
 *
 * @example
 * ```ts
 * const github = toolSetConnector(this.ctx, { name: "github", tools: await mcpClient.tools() });
 * ```
 */
export function toolSetConnector(
  ctx: DurableObjectState | ExecutionContext,
  options: ToolSetConnectorOptions,
): ToolSetConnector {
  return new ToolSetConnector(ctx, options);
}
