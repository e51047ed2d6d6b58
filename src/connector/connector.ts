/** The base class of all connectors: a name, guidance for the model, and a record of tools. */
import { WorkerEntrypoint } from "cloudflare:workers";
import { generateTypesFromJsonSchema } from "../catalog/types/declare.ts";
import { CodemodeError } from "../errors.ts";
import { requireRecord, saysApproval } from "./declaration.ts";
import { type AuthoredTools, asConnectorTool } from "./foreign-tool.ts";
import { inTime } from "./in-time.ts";
import { annotationsOf, describeListing } from "./listing.ts";
import { nearNames } from "./names.ts";
import type { ParsedInput } from "./parse.ts";
import {
  definitionFingerprint,
  fingerprintOf,
  type ResolvedTool,
  type ResolvedTools,
  resolveTools,
} from "./resolve.ts";
import { type GivenSchema, warnOfSlip } from "./schema-slips.ts";
import type {
  Assessment,
  ConnectorDescription,
  ConnectorTool,
  ConnectorTools,
  ExecutionEndStatus,
  PassEndStatus,
  ToolExecuteContext,
} from "./types.ts";
import { unreadable } from "./unreadable.ts";

/** A call made outside of the runtime, from a test or by hand, still gets a whole context. */
function standaloneContext(given: Partial<ToolExecuteContext> = {}): ToolExecuteContext {
  return {
    executionId: given.executionId ?? "standalone",
    seq: given.seq ?? 0,
    idempotencyKey: given.idempotencyKey ?? crypto.randomUUID(),
    attempt: given.attempt ?? 1,
    signal: given.signal ?? new AbortController().signal,
    ...(given.decision !== undefined && { decision: given.decision }),
  };
}

/** Longer than a look into a database takes; while it is waited for, the program stands still. */
const MAX_APPROVAL_SECONDS = 30;

/** Of what a connector's own methods throw. */
const UNREADABLE_TOOLS = {
  code: "TOOL_ERROR",
  failed: "its tools could not be read",
  next: "See what tools() of this connector, or a hook that adjusts its tools, does and needs.",
} as const;

/** A stream of bytes is no progress: its last piece is not its content, and it cannot be recorded. */
function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  if (typeof value !== "object" || value === null || value instanceof ReadableStream) return false;
  return Symbol.asyncIterator in value;
}

/** The arguments as the tool gets them. What was omitted reads as the empty object. */
async function read(tool: ResolvedTool, args: unknown): Promise<ParsedInput> {
  return tool.parse === undefined ? { ok: true, value: args } : tool.parse(args ?? {});
}

/** Descriptions by the tools they describe: an index built over one is found again. */
const descriptions = new WeakMap<ResolvedTools, ConnectorDescription>();

/** The ways to describe that come with the base classes: they say what the tools say. */
const asBuilt = new WeakSet<CodemodeConnector["describe"]>();

function describesAsBuilt(describe: CodemodeConnector["describe"]): boolean {
  return asBuilt.has(describe);
}

/** Tells that a base class's `describe` adds nothing to what its tools say, so that no call needs to be held against it. */
export function describesItsTools({ prototype }: { readonly prototype: Pick<CodemodeConnector, "describe"> }): void {
  asBuilt.add(prototype.describe);
}

/**
 * A streaming tool yields its progress; the last value it yields is its result. One that was cancelled is stopped at its next
 * value, since it may have no end; what it did until then may have an effect, so that value is its result.
 */
async function lastValue(stream: AsyncIterable<unknown>, signal: AbortSignal): Promise<unknown> {
  let last: unknown;
  for await (const value of stream) {
    last = value;
    if (signal.aborted) break;
  }
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

  /**
   * The tools by name, or an AI SDK `ToolSet` as it is. Called once per instance. One that cannot be used is an error of the
   * whole, see {@link unusableTool}. Tools that look at their framework's call options (`toolCallId`, `abortSignal`, its
   * `context`) find them in `toolSetConnector`; here they get a {@link ToolExecuteContext}.
   */
  protected abstract tools(): AuthoredTools | Promise<AuthoredTools>;

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

  /**
   * A tool's declaration cannot be used: it contradicts itself, misspells a policy, or its schema is none. By default that is an
   * error, and the connector has no tools until it is mended, because it was written in code. Override it where tools come from
   * elsewhere and one must not take the others with it, and give what stands in its place.
   */
  protected unusableTool(_name: string, _tool: ConnectorTool, fault: unknown): ConnectorTool {
    throw fault;
  }

  /**
   * Looks at each JSON Schema that checks the arguments of a tool, or describes its result. A slip in one (`type: "int"`, `required: "id"`) is
   * a warning, once for each schema, and the tool works: it may be a server's, or of a class that is used elsewhere as it is. Override it
   * with nothing where it is known to be a server's.
   */
  protected checkSchema(given: GivenSchema): void {
    warnOfSlip(given);
  }

  /** The tools after {@link tool} adjusted them. */
  protected async resolvedTools(): Promise<ConnectorTools> {
    const given = await this.tools();
    requireRecord(this.name(), given);
    const tools = Object.entries(given);
    // Entries, not assignments: a server may name a tool `__proto__`.
    return Object.fromEntries(tools.map(([name, tool]) => [name, this.tool(name, asConnectorTool(tool))]));
  }

  /**
   * Tools that instances made of the same material share, resolved before; `undefined` (the default) resolves {@link tools}
   * for this instance. Not asked where {@link tool} or {@link resolvedTools} is overridden. For connectors of large APIs:
   * they are made for each request, and must not derive a thousand tools for each.
   */
  protected sharedTools(): Promise<ResolvedTools | undefined> {
    return Promise.resolve(undefined);
  }

  /** Whether nothing stands between {@link tools} and what programs get. */
  #isPlain(): boolean {
    const { tool, resolvedTools } = CodemodeConnector.prototype;
    return this.tool === tool && this.resolvedTools === resolvedTools;
  }

  #resolve(): Promise<ResolvedTools> {
    this.#resolved ??= this.#resolveNow().catch((error: unknown) => {
      throw unreadable(this.name(), error, UNREADABLE_TOOLS);
    });
    // A connection that failed once may work the next time.
    this.#resolved.catch(() => {
      this.#resolved = undefined;
    });
    return this.#resolved;
  }

  async #resolveNow(): Promise<ResolvedTools> {
    const shared = this.#isPlain() ? await this.sharedTools() : undefined;
    if (shared !== undefined) return shared;
    const resolved = await resolveTools(
      this.name(),
      await this.resolvedTools(),
      (name, tool, fault) => this.unusableTool(name, tool, fault),
      (given) => this.checkSchema(given),
    );
    if (resolved.skipped.length > 0) this.onSkippedTools(resolved.skipped);
    return resolved;
  }

  async #find(method: string): Promise<ResolvedTool | undefined> {
    const resolved = await this.#resolve();
    return resolved.byName.get(method) ?? resolved.byName.get(resolved.aliases.get(method) ?? "");
  }

  async #get(method: string): Promise<ResolvedTool> {
    const tool = await this.#find(method);
    if (tool !== undefined) return tool;
    const near = nearNames(method, (await this.#resolve()).byName.keys());
    const hint = near.length > 0 ? ` Did you mean ${near.join(", ")}?` : ` Use codemode.search to find tools.`;
    throw new CodemodeError("UNKNOWN_TOOL", `${this.name()} has no tool "${method.slice(0, 200)}".${hint}`, { near });
  }

  /**
   * Everything about the connector's tools, as JSON Schema. The same object as long as the tools are the same. An override
   * is listened to where it is stricter than the tools: what it says needs approval does, what it leaves out cannot be called.
   */
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
    const { byName, listing } = resolved;
    const name = this.name();
    const instructions = this.instructions();
    if (listing !== undefined) return describeListing({ name, instructions, listing, aliases: () => resolved.aliases });
    const { aliases } = resolved;
    return {
      name,
      ...(instructions !== undefined && { instructions }),
      descriptors: Object.fromEntries([...byName].map(([method, { descriptor }]) => [method, descriptor])),
      annotations: annotationsOf(byName),
      ...(aliases.size > 0 && { aliases: Object.fromEntries(aliases) }),
    };
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
    const parsed = await read(tool, args);
    if (!parsed.ok) return { kind: "invalid", path: parsed.path, message: parsed.message };
    const { approval, annotations } = tool;
    const asks =
      typeof approval === "function" ? await this.#asks(tool.name, approval(parsed.value, context, this)) : approval;
    return this.asDescribed({
      kind: "valid",
      method: tool.name,
      policy: {
        approval: asks,
        repeatable:
          annotations.readOnly === true || annotations.idempotent === true || annotations.replay === "reexecute",
        readOnly: annotations.readOnly === true || annotations.replay === "reexecute",
        replay: annotations.replay ?? "log",
        perCall: approval !== false,
        // Of a predicate's tool also where it asks nobody now: it may have asked about this call before the pause.
        definition: approval === false ? "" : definitionFingerprint(this.name(), tool),
      },
    });
  }

  /** What a tool's predicate answers. Where it never does, nobody knows whether a person must be asked: the call fails then. */
  async #asks(tool: string, answer: unknown): Promise<boolean> {
    if (typeof answer === "boolean") return answer;
    const asked = await inTime(MAX_APPROVAL_SECONDS * 1_000, Promise.resolve(answer), () => {
      throw new CodemodeError(
        "TIMEOUT",
        `${this.name()}.${tool} was not run: its requiresApproval (needsApproval) did not answer within ${MAX_APPROVAL_SECONDS} seconds. Give what it waits for a time limit, or set requiresApproval: true.`,
        { connector: this.name(), tool },
      );
    });
    return Boolean(asked);
  }

  /** An assessment, held against what an overridden {@link describe} says of the tool. */
  protected async asDescribed(assessment: Assessment): Promise<Assessment> {
    if (assessment.kind !== "valid" || describesAsBuilt(this.describe)) return assessment;
    const { method, policy } = assessment;
    const { descriptors, annotations = {} } = await this.describe();
    const descriptor = Object.hasOwn(descriptors, method) ? descriptors[method] : undefined;
    if (descriptor === undefined) return { kind: "unknown", near: nearNames(method, Object.keys(descriptors)) };
    const said = Object.hasOwn(annotations, method) ? annotations[method] : undefined;
    if (policy.approval || said === undefined || !saysApproval(this.name(), method, said)) return assessment;
    const definition = fingerprintOf(this.name(), method, descriptor, said);
    // What is made again on every pass cannot be asked about, so what is asked about is made once, and recorded.
    return { ...assessment, policy: { ...policy, approval: true, perCall: true, replay: "log", definition } };
  }

  /**
   * Checks the arguments and runs a tool.
   *
   * @throws CodemodeError `UNKNOWN_TOOL`, `INVALID_ARGUMENTS`; otherwise whatever the tool throws.
   */
  async executeTool(method: string, args: unknown, context?: Partial<ToolExecuteContext>): Promise<unknown> {
    const tool = await this.#get(method);
    const parsed = await read(tool, args);
    if (!parsed.ok) {
      throw new CodemodeError("INVALID_ARGUMENTS", `${this.name()}.${tool.name}: ${parsed.message}`, {
        path: parsed.path,
      });
    }
    const whole = standaloneContext(context);
    const result = await tool.execute(parsed.value, whole, this);
    return isAsyncIterable(result) ? lastValue(result, whole.signal) : result;
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
    const parsed = await read(tool, args);
    // A schema may have become stricter since the call was made; what it refuses now must still be undone.
    await tool.revert(parsed.ok ? parsed.value : args, result, standaloneContext(context));
    return true;
  }

  /** Called when a pass ends, also by a pause: release what belongs to one pass. Must not throw; may be called again; waited for 30 seconds at most. */
  async onPassEnd(_executionId: string, _status: PassEndStatus): Promise<void> {}

  /** Called when the execution ends for good: release what belongs to the run. Must not throw; may be called again; waited for 30 seconds at most. */
  async disposeExecution(_executionId: string, _status: ExecutionEndStatus): Promise<void> {}
}

describesItsTools(CodemodeConnector);
