/** Turns what an author wrote into what the runtime uses: one resolved tool, its declaration checked once. */
import type { JSONSchema7 } from "json-schema";
import { fingerprint } from "../fingerprint.ts";
import { approvalRuleOf, calledAs } from "./declaration.ts";
import type { Listing } from "./listing.ts";
import { checkingParser, heldSchema, type InputParser, ownParser } from "./parse.ts";
import { ANY_OBJECT, toJsonSchema } from "./schema.ts";
import type { GivenSchema } from "./schema-slips.ts";
import type {
  ApprovalRule,
  ConnectorTool,
  ConnectorTools,
  JsonSchemaToolDescriptor,
  ToolAnnotations,
  ToolExecuteContext,
} from "./types.ts";

/** A tool after its schemas are JSON Schema and its declaration is known not to contradict itself. */
export interface ResolvedTool {
  readonly name: string;
  readonly descriptor: JsonSchemaToolDescriptor;
  readonly annotations: ToolAnnotations;
  /**
   * Reads the arguments: by the author's schema itself where it can, so that its defaults, coercions and transforms apply,
   * else by a check against JSON Schema. Absent where there is no schema: the open default checks nothing.
   */
  readonly parse: InputParser | undefined;
  /** `connector` is the instance that was asked: tools that instances share have none of their own. */
  readonly approval:
    | boolean
    | ((args: unknown, context: ApprovalContext, connector: unknown) => boolean | Promise<boolean>);
  readonly execute: (args: unknown, context: ToolExecuteContext, connector: unknown) => unknown;
  readonly revert: ((args: unknown, result: unknown, context: ToolExecuteContext) => unknown) | undefined;
}

type ApprovalContext = Parameters<Extract<ApprovalRule, (...args: never) => unknown>>[1];

/** All tools of a connector, with the names that lead to them. */
export interface ResolvedTools {
  readonly byName: ReadonlyMap<string, ResolvedTool>;
  /** Alias to tool name; a tool's own name wins over another's alias. */
  readonly aliases: ReadonlyMap<string, string>;
  /**
   * The same tools, where they tell themselves: they are described when somebody looks, because there are thousands, and so
   * are their aliases, all of which are identifiers.
   */
  readonly listing?: Listing;
}

interface ReadableInput {
  readonly json: JSONSchema7;
  readonly parse: InputParser | undefined;
}

/** Looks at a JSON Schema that checks or describes by itself; throws where it must not be used. */
type CheckSchema = (given: GivenSchema) => void;

/** What is shown of an input and how it is read. A schema that reads but cannot describe itself is shown as an open object. */
async function inputOf(schema: unknown, where: string, check: CheckSchema): Promise<ReadableInput> {
  const held = heldSchema(schema);
  const own = ownParser(held);
  try {
    const json = await toJsonSchema(held, "input", where);
    if (json === undefined) return { json: ANY_OBJECT, parse: undefined };
    if (own === undefined) check({ where, name: "inputSchema", schema: json, isWritten: json === held });
    return { json, parse: own ?? checkingParser(json) };
  } catch (error) {
    if (own === undefined) throw error;
    return { json: ANY_OBJECT, parse: own };
  }
}

/** The output type only informs the model: one that cannot be described is left out. */
async function outputOf(schema: unknown, where: string, check: CheckSchema): Promise<JSONSchema7 | undefined> {
  const json = await toJsonSchema(schema, "output", where).catch(() => undefined);
  if (json !== undefined) check({ where, name: "outputSchema", schema: json, isWritten: json === schema });
  return json;
}

async function resolveTool(
  connector: string,
  name: string,
  tool: ConnectorTool,
  check: CheckSchema,
): Promise<ResolvedTool | undefined> {
  const approval = approvalRuleOf(connector, name, tool);
  const { execute } = tool;
  if (typeof execute !== "function") return undefined;
  const where = `${connector}.${name}`;
  const input = await inputOf(tool.inputSchema, where, check);
  const outputSchema = await outputOf(tool.outputSchema, where, check);
  const { revert } = tool;
  return {
    name,
    descriptor: {
      ...(tool.description !== undefined && { description: tool.description }),
      inputSchema: input.json,
      ...(outputSchema !== undefined && { outputSchema }),
      ...(tool.examples !== undefined && { examples: tool.examples }),
    },
    annotations: {
      ...(approval !== false && { requiresApproval: true }),
      ...(tool.replay === "reexecute" && { replay: "reexecute" }),
      ...(tool.readOnly === true && { readOnly: true }),
      ...(tool.idempotent === true && { idempotent: true }),
      ...(revert !== undefined && { reversible: true }),
    },
    parse: input.parse,
    approval,
    // Called as a method of the tool, so that an author may use `this`.
    execute: (args, context) => execute.call(tool, args, context),
    revert: revert === undefined ? undefined : (args, result, context) => revert.call(tool, args, result, context),
  };
}

/** What is to stand in the place of a tool that cannot be used, or a throw where it must not be replaced. */
type Replace = (name: string, tool: ConnectorTool, fault: unknown) => ConnectorTool;

/** Resolves every tool of a record; tools without `execute` are left out and named in `skipped`. */
export async function resolveTools(
  connector: string,
  tools: ConnectorTools,
  replace: Replace = (_name, _tool, fault) => {
    throw fault;
  },
  check: CheckSchema = () => undefined,
): Promise<ResolvedTools & { readonly skipped: readonly string[] }> {
  const byName = new Map<string, ResolvedTool>();
  const aliases = new Map<string, string>();
  const skipped: string[] = [];
  for (const [given, declared] of Object.entries(tools)) {
    // A tool that is listed must be callable.
    const name = calledAs(connector, given, tools);
    let tool = declared;
    const resolved = await resolveTool(connector, name, tool, check).catch((fault: unknown) => {
      tool = replace(name, declared, fault);
      return resolveTool(connector, name, tool, check);
    });
    if (resolved === undefined) {
      skipped.push(given);
      continue;
    }
    byName.set(name, resolved);
    for (const alias of [...(tool.aliases ?? []), ...(name === given ? [] : [given])])
      if (!aliases.has(alias)) aliases.set(alias, name);
  }
  return { byName, aliases, skipped };
}

/** {@link definitionFingerprint} of a tool that is only described. */
export function fingerprintOf(
  connector: string,
  tool: string,
  descriptor: JsonSchemaToolDescriptor,
  annotations: ToolAnnotations,
): string {
  const text = JSON.stringify([connector, tool, descriptor, annotations]);
  return fingerprint(text);
}

const fingerprints = new WeakMap<ResolvedTool, string>();

/** Names what a person approved: the tool as it was described then. Another description is another tool. */
export function definitionFingerprint(connector: string, tool: ResolvedTool): string {
  const known = fingerprints.get(tool);
  if (known !== undefined) return known;
  const fingerprint = fingerprintOf(connector, tool.name, tool.descriptor, tool.annotations);
  fingerprints.set(tool, fingerprint);
  return fingerprint;
}
