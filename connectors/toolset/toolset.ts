/** The connector of tools that were written for an AI framework: AI SDK tool sets, TanStack AI tools, plain records. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import type {
  Assessment,
  ConnectorDescription,
  ConnectorTool,
  ConnectorTools,
  JsonSchemaToolDescriptor,
} from "../../src/connector/types.ts";
import { CodemodeError } from "../../src/errors.ts";
import { legacyToolName, sanitizeToolName } from "../../src/names.ts";
import { adaptTool, type ForeignTools, namedTools } from "./adapt.ts";
import type { InputParser } from "./input.ts";

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

/** A tool whose schema reads its own input: the JSON Schema describes it and checks nothing. */
interface SelfParsing {
  readonly inputSchema: unknown;
  readonly parse: InputParser;
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
  readonly #adapted = new Map<string, SelfParsing>();
  /** Those of `#adapted` whose schema the `tool` hook left as it was. */
  readonly #selfParsing = new Map<string, SelfParsing>();

  constructor(ctx: DurableObjectState | ExecutionContext, options: ToolSetConnectorOptions) {
    super(ctx, {});
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
  protected override async tools(): Promise<ConnectorTools> {
    const tools: Record<string, ConnectorTool> = {};
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
      const { tool, parse } = await adaptTool(foreign, `${this.name()}.${name}`, this.#options.context);
      // Callable as its author named it, and as the released package did, so that old programs run.
      const aliases = new Set([...(tool.aliases ?? []), given, legacyToolName(given)]);
      aliases.delete(name);
      tools[name] = aliases.size > 0 ? { ...tool, aliases: [...aliases] } : tool;
      if (parse !== undefined) this.#adapted.set(name, { inputSchema: tool.inputSchema, parse });
    }
    return tools;
  }

  /**
   * A schema that reads its own input accepts more than its JSON Schema says (`"5"` for a coerced number), so the base
   * must not check by the latter: it is taken out here and put back in {@link describe}.
   */
  protected override async resolvedTools(): Promise<ConnectorTools> {
    const tools: Record<string, ConnectorTool> = {};
    for (const [name, tool] of Object.entries(await super.resolvedTools())) {
      const adapted = this.#adapted.get(name);
      if (adapted === undefined || adapted.inputSchema !== tool.inputSchema) {
        tools[name] = tool;
        continue;
      }
      this.#selfParsing.set(name, adapted);
      tools[name] = { ...tool, inputSchema: undefined };
    }
    return tools;
  }

  override async describe(): Promise<ConnectorDescription> {
    const described = await super.describe();
    const descriptors: Record<string, JsonSchemaToolDescriptor> = {};
    for (const [name, descriptor] of Object.entries(described.descriptors)) {
      const inputSchema = this.#selfParsing.get(name)?.inputSchema;
      descriptors[name] =
        typeof inputSchema === "object" && inputSchema !== null ? { ...descriptor, inputSchema } : descriptor;
    }
    return { ...described, descriptors };
  }

  override async assess(
    method: string,
    args: unknown,
    context: { readonly executionId: string; readonly seq: number },
  ): Promise<Assessment> {
    const assessed = await super.assess(method, args, context);
    const own = assessed.kind === "valid" ? this.#selfParsing.get(assessed.method) : undefined;
    if (assessed.kind !== "valid" || own === undefined) return assessed;
    const parsed = await own.parse(args ?? {});
    if (!parsed.ok) return { kind: "invalid", path: parsed.path, message: parsed.message };
    const { policy } = assessed;
    return {
      ...assessed,
      policy: { ...policy, perCall: true, definition: withSchema(policy.definition, own.inputSchema) },
    };
  }
}

/** An approval holds for the schema that was shown, too; the base does not know of it. */
function withSchema(definition: string, schema: unknown): string {
  if (definition === "") return "";
  return bytesToHex(sha256(utf8ToBytes(`${definition}${JSON.stringify(schema) ?? ""}`))).slice(0, 32);
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
