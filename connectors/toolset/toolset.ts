/** The connector of tools that were written for an AI framework: AI SDK tool sets, TanStack AI tools, plain records. */
import { CodemodeConnector } from "../../src/connector/connector.ts";
import type { ConnectorTool, ConnectorTools } from "../../src/connector/types.ts";
import { CodemodeError } from "../../src/errors.ts";
import { legacyToolName, sanitizeToolName } from "../../src/names.ts";
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

/**
 * Tools of an AI framework as a connector. Input is read by each tool's own schema, so defaults and coercions apply;
 * `needsApproval` pauses the run until a person decides; a generator's last value is the result; tools without
 * `execute` are left out, with one warning.
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

  /** @throws CodemodeError `INVALID_INPUT` where `tools` holds none, a promise of them say. */
  constructor(ctx: DurableObjectState | ExecutionContext, options: ToolSetConnectorOptions) {
    super(ctx, {});
    requireTools(options.tools);
    this.#options = options;
  }

  override name(): string {
    return this.#options.name ?? "tools";
  }

  protected override instructions(): string | undefined {
    return this.#options.instructions;
  }

  /**
   * @throws CodemodeError `INVALID_NAME` for two tools whose names are the same identifier, `INVALID_SCHEMA` for a schema that
   * neither reads input nor gives its JSON Schema.
   */
  protected override tools(): ConnectorTools {
    const tools = new Map<string, ConnectorTool>();
    const origins = new Map<string, string>();
    for (const [given, foreign] of namedTools(this.#options.tools)) {
      const name = sanitizeToolName(given);
      const taken = origins.get(name);
      if (taken !== undefined) {
        throw new CodemodeError(
          "INVALID_NAME",
          `${this.name()}: "${taken}" and "${given}" are both callable as "${name}". Rename one of them.`,
          { names: [taken, given] },
        );
      }
      origins.set(name, given);
      const tool = adaptTool(foreign, `${this.name()}.${name}`, this.#options.context);
      // Callable as its author named it, and as the released package did, so that old programs run.
      const aliases = new Set([...(tool.aliases ?? []), given, legacyToolName(given)]);
      aliases.delete(name);
      tools.set(name, aliases.size > 0 ? { ...tool, aliases: [...aliases] } : tool);
    }
    return Object.fromEntries(tools);
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
