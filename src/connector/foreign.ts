/** Connectors written against the released package's base class, as libraries ship them, inside this runtime. */
import { CodemodeConnector } from "./connector.ts";
import { saysApproval } from "./declaration.ts";
import type { ConnectorTool, ConnectorTools, ExecutionEndStatus, PassEndStatus, ToolExecuteContext } from "./types.ts";
import { replacingTool } from "./unusable.ts";

/** What that package says of a tool. */
type Descriptor = { description?: string; inputSchema: object; outputSchema?: object | undefined };
type Annotation = { requiresApproval?: boolean; replay?: "log" | "reexecute" };

/**
 * What a connector of `@cloudflare/codemode` can be asked from outside. Libraries that depend on that package (the browser
 * connector of the Agents SDK, say) give instances of its base class; `createCodemodeRuntime` takes them as they are.
 */
export interface ReleasedConnector {
  name(): string;
  describe(): Promise<{
    readonly name: string;
    readonly instructions?: string | undefined;
    readonly descriptors: Readonly<Record<string, Descriptor>>;
    readonly annotations?: Readonly<Record<string, Annotation | undefined>>;
  }>;
  executeTool(method: string, args: unknown, context?: ToolExecuteContext): Promise<unknown>;
  revertAction?(method: string, args: unknown, result: unknown, context?: ToolExecuteContext): Promise<boolean>;
  onPassEnd?(executionId: string, status: PassEndStatus): Promise<void>;
  disposeExecution?(executionId: string, status: ExecutionEndStatus): Promise<void>;
}

/** Whether a value has the methods of the released base class. */
export function isReleasedConnector(value: unknown): value is ReleasedConnector {
  const has = (method: string) => typeof Reflect.get(Object(value), method) === "function";
  return has("name") && has("describe") && has("executeTool");
}

/** One of them as a connector of this package. Its tools say nothing of being safe to repeat, so a crash leaves them in doubt. */
export class AdaptedConnector<Env> extends CodemodeConnector<Env> {
  readonly #given: ReleasedConnector;
  #instructions: string | undefined;

  constructor(ctx: DurableObjectState | ExecutionContext, env: Env, given: ReleasedConnector) {
    super(ctx, env);
    this.#given = given;
  }

  override name(): string {
    return this.#given.name();
  }

  protected override instructions(): string | undefined {
    return this.#instructions;
  }

  protected override async tools(): Promise<ConnectorTools> {
    const { instructions, descriptors, annotations = {} } = await this.#given.describe();
    this.#instructions = instructions;
    return Object.fromEntries(
      Object.entries(descriptors).map(([method, descriptor]): [string, ConnectorTool] => {
        const said = Object.hasOwn(annotations, method) ? annotations[method] : undefined;
        return [method, this.#adapt(method, descriptor, said)];
      }),
    );
  }

  #adapt(method: string, descriptor: Descriptor, said: Annotation | undefined): ConnectorTool {
    const replay = said?.replay;
    try {
      return {
        ...descriptor,
        requiresApproval: saysApproval(this.name(), method, said),
        replay,
        execute: (args: unknown, context) => this.#given.executeTool(method, args, context),
        // Which tools can be undone is known only when it is tried; a read that is repeated has nothing to undo.
        ...(replay !== "reexecute" && { revert: () => undefined }),
      };
    } catch (fault) {
      return replacingTool(`${this.name()}.${method}`, fault);
    }
  }

  /** A library's schemas are read with tolerance. */
  protected override checkSchema(): void {}

  /** Whoever uses a library cannot mend one tool of it, and needs the others. */
  protected override unusableTool(name: string, _tool: ConnectorTool, fault: unknown): ConnectorTool {
    return replacingTool(`${this.name()}.${name}`, fault);
  }

  override async revertAction(
    method: string,
    args: unknown,
    result: unknown,
    context: ToolExecuteContext,
  ): Promise<boolean> {
    return (await this.#given.revertAction?.(method, args, result, context)) ?? false;
  }

  override async onPassEnd(executionId: string, status: PassEndStatus): Promise<void> {
    await this.#given.onPassEnd?.(executionId, status);
  }

  override async disposeExecution(executionId: string, status: ExecutionEndStatus): Promise<void> {
    await this.#given.disposeExecution?.(executionId, status);
  }
}
