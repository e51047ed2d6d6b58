/**
 * The tools of a description, resolved once for all connectors that would make the same of it. Connectors are made for each
 * request, and a thousand tools must not be made with each. What differs between them is asked of the one that is called.
 */
import type { ListedTool } from "../../src/connector/listing.ts";
import { type Outline, outlineOfSchema } from "../../src/connector/outline.ts";
import { checkingParser, type InputParser } from "../../src/connector/parse.ts";
import { type ResolvedTool, type ResolvedTools, resolveTools } from "../../src/connector/resolve.ts";
import type {
  ConnectorTools,
  JsonSchemaToolDescriptor,
  ToolAnnotations,
  ToolExecuteContext,
} from "../../src/connector/types.ts";
import type { Api } from "./api.ts";
import type { Operation } from "./operation.ts";

/** What tools of one description may differ by: these, and nothing else. */
export interface Variant {
  readonly name: string;
  readonly instructions: string | undefined;
  /** Whether it has a `spec` tool. */
  readonly own: boolean;
  /** All that decides which calls ask a person first, as text. */
  readonly approval: string;
  /** Whether calls of an operation do. */
  readonly asks: (operation: Operation, at: number) => boolean;
}

/** The connector that is called. */
export interface Owner {
  /** Its tools that are no operations. */
  own(): ConnectorTools;
  perform(operation: Operation, args: unknown, context: ToolExecuteContext): unknown;
}

/** The owner that a connector is. */
export type OwnerOf = (connector: unknown) => Owner;

/** A tool that is run by the connector that is called, and tells itself. */
type SharedTool = ResolvedTool & ListedTool;

/** Schemas are made when somebody looks. */
function descriptorOf(operation: Operation): JsonSchemaToolDescriptor {
  return {
    description: operation.description,
    get inputSchema() {
      return operation.inputSchema;
    },
    get outputSchema() {
      return operation.outputSchema;
    },
  };
}

/** An operation as a tool. A class whose parts are made when somebody looks: a thousand of these must cost next to nothing. */
class OperationTool implements SharedTool {
  readonly approval: boolean;
  readonly #operation: Operation;
  readonly #ownerOf: OwnerOf;
  #descriptor: JsonSchemaToolDescriptor | undefined;
  #annotations: ToolAnnotations | undefined;

  constructor(operation: Operation, asks: boolean, ownerOf: OwnerOf) {
    this.approval = asks;
    this.#operation = operation;
    this.#ownerOf = ownerOf;
  }

  get name(): string {
    return this.#operation.name;
  }

  get description(): string {
    return this.#operation.description;
  }

  get opening(): string {
    return this.#operation.opening;
  }

  get outline(): Outline {
    return this.#operation.outline;
  }

  get requiresApproval(): boolean {
    return this.approval;
  }

  get readOnly(): true | undefined {
    return this.#operation.readOnly || undefined;
  }

  get descriptor(): JsonSchemaToolDescriptor {
    this.#descriptor ??= descriptorOf(this.#operation);
    return this.#descriptor;
  }

  get annotations(): ToolAnnotations {
    this.#annotations ??= {
      ...(this.approval && { requiresApproval: true }),
      ...(this.#operation.readOnly && { readOnly: true }),
      ...(this.#operation.idempotent && { idempotent: true }),
    };
    return this.#annotations;
  }

  get revert(): undefined {
    return undefined;
  }

  parse(args: unknown): ReturnType<InputParser> {
    return checkingParser(this.#operation.inputSchema)(args);
  }

  execute(args: unknown, context: ToolExecuteContext, connector: unknown): unknown {
    return this.#ownerOf(connector).perform(this.#operation, args, context);
  }
}

/** A tool that was resolved for one connector, run by the one that is called. */
function ownTool(tool: ResolvedTool, ownerOf: OwnerOf): SharedTool {
  const { name, approval, descriptor, annotations } = tool;
  const { description = "" } = descriptor;
  const ownOf = (connector: unknown) => ownerOf(connector).own()[name];
  return {
    ...tool,
    approval:
      typeof approval === "boolean"
        ? approval
        : (args, context, connector) => {
            const rule = ownOf(connector)?.requiresApproval ?? true;
            return typeof rule === "boolean" ? rule : rule(args, context);
          },
    execute: (args, context, connector) => ownOf(connector)?.execute?.(args, context),
    description,
    opening: description,
    outline: outlineOfSchema(descriptor.inputSchema),
    requiresApproval: annotations.requiresApproval === true,
    readOnly: annotations.readOnly,
  };
}

/** By description; of each, the variants that were last made. */
const made = new WeakMap<Api, Map<string, Promise<ResolvedTools>>>();

/** One description is seldom used under more than a few names and policies; what is forgotten is made again. */
const MAX_VARIANTS = 16;

function keyOf({ name, instructions, own, approval }: Variant): string {
  return JSON.stringify([name, instructions, own, approval]);
}

/** The tools of one variant, those of the connector itself first. */
export function sharedToolsOf(
  api: Api,
  variant: Variant,
  connector: unknown,
  ownerOf: OwnerOf,
): Promise<ResolvedTools> {
  const variants = made.get(api) ?? new Map<string, Promise<ResolvedTools>>();
  made.set(api, variants);
  const key = keyOf(variant);
  const known = variants.get(key);
  if (known !== undefined) return known;
  const resolved = resolveAll(api, variant, ownerOf(connector).own(), ownerOf);
  const [oldest] = variants.keys();
  if (variants.size >= MAX_VARIANTS && oldest !== undefined) variants.delete(oldest);
  variants.set(key, resolved);
  return resolved;
}

async function resolveAll(
  api: Api,
  { name, asks }: Variant,
  own: ConnectorTools,
  ownerOf: OwnerOf,
): Promise<ResolvedTools> {
  const byName = new Map<string, SharedTool>();
  for (const [method, tool] of (await resolveTools(name, own)).byName) byName.set(method, ownTool(tool, ownerOf));
  api.operations.forEach((operation, at) => {
    byName.set(operation.name, new OperationTool(operation, asks(operation, at), ownerOf));
  });
  return {
    byName,
    listing: byName,
    get aliases() {
      return api.aliases;
    },
  };
}
