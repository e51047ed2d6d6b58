/** The base class of all connectors: a name, guidance for the model, and a record of tools. */
import { WorkerEntrypoint } from "cloudflare:workers";
import { generateTypesFromJsonSchema } from "../catalog/types/declare.ts";
import { CodemodeError } from "../errors.ts";
import { nearNames } from "./names.ts";
import { definitionFingerprint, type ResolvedTool, type ResolvedTools, resolveTools } from "./resolve.ts";
import type {
  Assessment,
  ConnectorDescription,
  ConnectorTool,
  ConnectorTools,
  ExecutionEndStatus,
  JsonSchemaToolDescriptor,
  PassEndStatus,
  ToolAnnotations,
  ToolExecuteContext,
} from "./types.ts";
import { findViolation } from "./validate.ts";

/** A call made outside of the runtime, from a test or by hand, still gets a whole context. */
function standaloneContext(given: Partial<ToolExecuteContext> = {}): ToolExecuteContext {
  return {
    executionId: "standalone",
    seq: 0,
    idempotencyKey: crypto.randomUUID(),
    attempt: 1,
    signal: new AbortController().signal,
    ...given,
  };
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** Descriptions by the tools they describe: an index built over one is found again. */
const descriptions = new WeakMap<ResolvedTools, ConnectorDescription>();

/** A streaming tool yields its progress; the last value it yields is its result. */
async function lastValue(stream: AsyncIterable<unknown>): Promise<unknown> {
  let last: unknown;
  for await (const value of stream) last = value;
  return last;
}

/**
 * Base class of connectors. The constructor takes the `ctx` of a Durable Object, an Agent or a Worker as it is.
 *
 * @example
 * ```ts
 * class Issues extends CodemodeConnector<Env> {
 *   name() { return "issues"; }
 *   protected tools() {
 *     return {
 *       list: { readOnly: true, execute: () => this.env.DB.prepare("select * from issues").all() },
 *       close: { requiresApproval: true, execute: ({ id }: { id: number }) => close(id), revert: ({ id }: { id: number }) => reopen(id) },
 *     };
 *   }
 * }
 * const runtime = createCodemodeRuntime({ ctx: this.ctx, executor, connectors: [new Issues(this.ctx, this.env)] });
 * ```
 */
export abstract class CodemodeConnector<Env = unknown, Props = unknown> extends WorkerEntrypoint<Env, Props> {
  #resolved: Promise<ResolvedTools> | undefined;

  // The platform's constructor asks for an ExecutionContext and only keeps it; a Durable Object has another kind of ctx.
  constructor(ctx: DurableObjectState | ExecutionContext, env: Env) {
    super(ctx as ExecutionContext<Props>, env);
  }

  /** The global under which programs see the connector: a JavaScript identifier. */
  abstract name(): string;

  /** What the model should know before it uses the connector; shown by `describe`. */
  protected instructions(): string | undefined {
    return undefined;
  }

  /** The tools by name. Called once per instance. */
  protected abstract tools(): ConnectorTools | Promise<ConnectorTools>;

  /** Called once for each tool: adjust what you did not write, a derived MCP tool, say. */
  protected tool(_name: string, tool: ConnectorTool): ConnectorTool {
    return tool;
  }

  /** Tools that have no `execute` were left out; override to hear of it. */
  protected onSkippedTools(names: readonly string[]): void {
    console.warn(
      `Connector "${this.name()}": no execute function, so programs cannot call ${names.map((name) => `"${name}"`).join(", ")}.`,
    );
  }

  /** The tools after {@link tool} adjusted them. */
  protected async resolvedTools(): Promise<ConnectorTools> {
    const adjusted: Record<string, ConnectorTool> = {};
    for (const [name, tool] of Object.entries(await this.tools())) adjusted[name] = this.tool(name, tool);
    return adjusted;
  }

  #resolve(): Promise<ResolvedTools> {
    this.#resolved ??= (async () => {
      const resolved = await resolveTools(this.name(), await this.resolvedTools());
      if (resolved.skipped.length > 0) this.onSkippedTools(resolved.skipped);
      return resolved;
    })();
    // A connection that failed once may work the next time.
    this.#resolved.catch(() => {
      this.#resolved = undefined;
    });
    return this.#resolved;
  }

  async #find(method: string): Promise<ResolvedTool | undefined> {
    const { byName, aliases } = await this.#resolve();
    return byName.get(method) ?? byName.get(aliases.get(method) ?? "");
  }

  async #get(method: string): Promise<ResolvedTool> {
    const tool = await this.#find(method);
    if (tool !== undefined) return tool;
    const near = nearNames(method, (await this.#resolve()).byName.keys());
    const hint = near.length > 0 ? ` Did you mean ${near.join(", ")}?` : ` Use codemode.search to find tools.`;
    throw new CodemodeError("UNKNOWN_TOOL", `${this.name()} has no tool "${method}".${hint}`, { near });
  }

  /** Everything about the connector's tools, as JSON Schema. The same object as long as the tools are the same. */
  async describe(): Promise<ConnectorDescription> {
    const resolved = await this.#resolve();
    const known = descriptions.get(resolved);
    if (known !== undefined) return known;
    const description = this.#describe(resolved);
    descriptions.set(resolved, description);
    return description;
  }

  /** TypeScript declarations of all tools, under the connector's name. */
  async getTypeScriptTypes(): Promise<string> {
    const { name, descriptors } = await this.describe();
    return generateTypesFromJsonSchema(descriptors, name);
  }

  #describe(resolved: ResolvedTools): ConnectorDescription {
    const descriptors: Record<string, JsonSchemaToolDescriptor> = {};
    const annotations: Record<string, ToolAnnotations> = {};
    for (const [name, tool] of resolved.byName) {
      descriptors[name] = tool.descriptor;
      if (Object.keys(tool.annotations).length > 0) annotations[name] = tool.annotations;
    }
    const instructions = this.instructions();
    return { name: this.name(), ...(instructions !== undefined && { instructions }), descriptors, annotations };
  }

  /**
   * What would happen to a call: which tool it is, whether its arguments fit, whether a person is asked.
   * Runs nothing but the tool's approval predicate.
   */
  async assess(
    method: string,
    args: unknown,
    context: { readonly executionId: string; readonly seq: number },
  ): Promise<Assessment> {
    const tool = await this.#find(method);
    if (tool === undefined) return { kind: "unknown", near: nearNames(method, (await this.#resolve()).byName.keys()) };
    const violation = tool.checkedSchema && findViolation(tool.checkedSchema, args ?? {});
    if (violation !== undefined) return { kind: "invalid", ...violation };
    const { approval, annotations } = tool;
    const asks = typeof approval === "function" ? Boolean(await approval(args, context)) : approval;
    return {
      kind: "valid",
      method: tool.name,
      policy: {
        approval: asks,
        repeatable:
          annotations.readOnly === true || annotations.idempotent === true || annotations.replay === "reexecute",
        readOnly: annotations.readOnly === true || annotations.replay === "reexecute",
        replay: annotations.replay ?? "log",
        perCall: approval !== false,
        definition: asks ? definitionFingerprint(this.name(), tool) : "",
      },
    };
  }

  /**
   * Checks the arguments and runs a tool.
   *
   * @throws CodemodeError `UNKNOWN_TOOL`, `INVALID_ARGUMENTS`; otherwise whatever the tool throws.
   */
  async executeTool(method: string, args: unknown, context?: Partial<ToolExecuteContext>): Promise<unknown> {
    const tool = await this.#get(method);
    // An omitted argument reads as the empty object that the schema was checked with.
    const given = args === undefined && tool.checkedSchema !== undefined ? {} : args;
    const violation = tool.checkedSchema && findViolation(tool.checkedSchema, given);
    if (violation !== undefined) {
      throw new CodemodeError("INVALID_ARGUMENTS", `${this.name()}.${tool.name}: ${violation.message}`, {
        path: violation.path,
      });
    }
    const result = await tool.execute(given, standaloneContext(context));
    return isAsyncIterable(result) ? lastValue(result) : result;
  }

  /** Undoes one applied call. Answers whether anything was undone: a tool without `revert` is not. */
  async revertAction(
    method: string,
    args: unknown,
    result: unknown,
    context?: Partial<ToolExecuteContext>,
  ): Promise<boolean> {
    const tool = await this.#find(method);
    if (tool?.revert === undefined) return false;
    await tool.revert(args, result, standaloneContext(context));
    return true;
  }

  /** Called when a pass ends, also by a pause: release what belongs to one pass. Must not throw; may be called again. */
  async onPassEnd(_executionId: string, _status: PassEndStatus): Promise<void> {}

  /** Called when the execution ends for good: release what belongs to the run. Must not throw; may be called again. */
  async disposeExecution(_executionId: string, _status: ExecutionEndStatus): Promise<void> {}
}
