/**
 * The tools of a description, resolved once for all connectors that would make the same of it. Connectors are made for each
 * request, and a thousand tools must not be made with each. What differs between them is asked of the one that is called.
 */
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
  /** Names and policies of its own tools. */
  readonly own: string;
  /** By operation: whether a call asks a person first. */
  readonly asks: readonly boolean[];
}

/** The connector that is called. */
export interface Owner {
  /** Its tools that are no operations. */
  own(): ConnectorTools;
  perform(operation: Operation, args: unknown, context: ToolExecuteContext): unknown;
}

/** The owner that a connector is. */
export type OwnerOf = (connector: unknown) => Owner;

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

/** What a tool says of itself: one of a few objects for a thousand tools. */
function annotationsOf({ readOnly, idempotent }: Operation, asks: boolean): ToolAnnotations {
  const key = [asks, readOnly, idempotent].join();
  const known = annotations.get(key);
  if (known !== undefined) return known;
  const made = {
    ...(asks && { requiresApproval: true }),
    ...(readOnly && { readOnly: true }),
    ...(idempotent && { idempotent: true }),
  };
  annotations.set(key, made);
  return made;
}

const annotations = new Map<string, ToolAnnotations>();

/** An operation as a tool. A class, because a thousand of these must cost next to nothing. */
class OperationTool implements ResolvedTool {
  readonly descriptor: JsonSchemaToolDescriptor;
  readonly annotations: ToolAnnotations;
  readonly approval: boolean;
  readonly revert = undefined;
  readonly #operation: Operation;
  readonly #ownerOf: OwnerOf;

  constructor(operation: Operation, asks: boolean, ownerOf: OwnerOf) {
    this.descriptor = descriptorOf(operation);
    this.annotations = annotationsOf(operation, asks);
    this.approval = asks;
    this.#operation = operation;
    this.#ownerOf = ownerOf;
  }

  get name(): string {
    return this.#operation.name;
  }

  parse(args: unknown): ReturnType<InputParser> {
    return checkingParser(this.#operation.inputSchema)(args);
  }

  execute(args: unknown, context: ToolExecuteContext, connector: unknown): unknown {
    return this.#ownerOf(connector).perform(this.#operation, args, context);
  }
}

/** A tool that was resolved for one connector, run by the one that is called. */
function ownTool(tool: ResolvedTool, ownerOf: OwnerOf): ResolvedTool {
  const { name, approval } = tool;
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
  };
}

/** By description; of each, the variants that were last made. */
const made = new WeakMap<Api, Map<string, Promise<ResolvedTools>>>();

/** One description is seldom used under more than a few names and policies; what is forgotten is made again. */
const MAX_VARIANTS = 16;

function keyOf({ name, instructions, own, asks }: Variant): string {
  return JSON.stringify([name, instructions, own, asks.map(Number).join("")]);
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
  { operations }: Api,
  { name, asks }: Variant,
  own: ConnectorTools,
  ownerOf: OwnerOf,
): Promise<ResolvedTools> {
  const byName = new Map<string, ResolvedTool>();
  const aliases = new Map<string, string>();
  const operationOf = new Map<string, Operation>();
  for (const [method, tool] of (await resolveTools(name, own)).byName) byName.set(method, ownTool(tool, ownerOf));
  for (const [at, operation] of operations.entries()) {
    byName.set(operation.name, new OperationTool(operation, asks[at] === true, ownerOf));
    operationOf.set(operation.name, operation);
    if (operation.alias !== undefined) aliases.set(operation.alias, operation.name);
  }
  return { byName, aliases, outlineOf: (method) => operationOf.get(method)?.outline };
}
