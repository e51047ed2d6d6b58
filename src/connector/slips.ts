/** Slips in a tool's declaration: a name that means nothing here, or fields for a schema. Ignored, they would go unnoticed. */
import { distance } from "fastest-levenshtein";
import { isRawShape } from "./schema.ts";
import type { ConnectorTool } from "./types.ts";

/** What a tool may declare of itself, and how many letters may be wrong in a name that still means it. */
const POLICIES: readonly { readonly name: keyof ConnectorTool; readonly slips: number }[] = [
  { name: "requiresApproval", slips: 3 },
  { name: "needsApproval", slips: 3 },
  { name: "readOnly", slips: 1 },
  { name: "idempotent", slips: 1 },
  { name: "replay", slips: 1 },
  { name: "revert", slips: 1 },
];

/** The two names of the rule by which a person is asked. */
const APPROVALS: ReadonlySet<string> = new Set(["requiresApproval", "needsApproval"]);

/** What else a tool has: most of what is looked at, in lists of thousands. */
const OTHERS: ReadonlySet<string> = new Set<keyof ConnectorTool>([
  "description",
  "inputSchema",
  "outputSchema",
  "execute",
  "aliases",
  "examples",
]);

/** The policy that a name almost is. Other names are anybody's: tools of frameworks have many. */
function meant(key: string): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, "");
  if (OTHERS.has(key) || POLICIES.some(({ name }) => name === key)) return undefined;
  return POLICIES.find(({ name, slips }) => distance(plain(key), plain(name)) <= slips)?.name;
}

/** What frameworks call a tool's function. */
const FUNCTION_NAMES: ReadonlySet<string> = new Set([
  "action",
  "call",
  "callback",
  "exec",
  "fn",
  "func",
  "handler",
  "invoke",
  "run",
]);

/** Wrong letters in a name that still means `execute`. */
const EXECUTE_SLIPS = 2;

/** What frameworks call the schema of a tool's arguments. */
const SCHEMA_NAMES: ReadonlySet<string> = new Set(["input_schema", "parameters", "params", "schema"]);

/** What a tool has fields for a schema in, and what they would come to. */
const RAW_SHAPES = [
  { name: "inputSchema", loss: "check nothing" },
  { name: "outputSchema", loss: "describe nothing" },
] as const;

/** A misspelt policy, one of a wrong type, or an effect under another name, in one sentence. */
export function slipIn(tool: object): string | undefined {
  for (const key of Object.keys(tool)) {
    const name = meant(key);
    if (name !== undefined) return meansNothing(key, name);
  }
  return ruleSlipIn(tool) ?? revertSlipIn(tool) ?? effectSlipIn(tool);
}

function meansNothing(key: string, name: string): string {
  return `"${key}" means nothing, and would be ignored. Write "${name}".`;
}

/** A rule of approval that is misspelt, or neither true nor false: either could be read as "ask nobody". */
export function approvalSlipIn(given: object): string | undefined {
  for (const key of Object.keys(given)) {
    const name = meant(key) ?? "";
    if (APPROVALS.has(name)) return meansNothing(key, name);
  }
  return ruleSlipIn(given);
}

/** A rule that is neither true, nor false, nor a function that says which. */
function ruleSlipIn(given: object): string | undefined {
  for (const name of APPROVALS) {
    const rule: unknown = Reflect.get(given, name);
    if (rule === undefined || typeof rule === "boolean" || typeof rule === "function") continue;
    return `${name} is true, false or a function of the arguments, not ${kindOf(rule)}.`;
  }
  return undefined;
}

/** What cannot be called undoes nothing. */
function revertSlipIn(tool: object): string | undefined {
  const revert: unknown = Reflect.get(tool, "revert");
  if (revert === undefined || typeof revert === "function") return undefined;
  return `revert is a function, not ${kindOf(revert)}. Write revert: (args, result) => ...`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : typeof value;
}

/** A tool without any function runs elsewhere, in a browser say; one whose function has another name does not. */
function effectSlipIn(tool: object): string | undefined {
  const execute: unknown = Reflect.get(tool, "execute");
  if (typeof execute === "function") return undefined;
  if (execute !== undefined && execute !== null)
    return `execute is a function, not ${typeof execute}. Write execute: (args) => ...`;
  const name = Object.keys(tool).find(
    (key) =>
      typeof Reflect.get(tool, key) === "function" &&
      (FUNCTION_NAMES.has(key) || distance(key, "execute") <= EXECUTE_SLIPS),
  );
  return name && `"${name}" means nothing, so no program could call the tool. Write "execute".`;
}

/** A schema under another name, or fields in the place of one, in one sentence. */
export function schemaSlipIn(tool: ConnectorTool): string | undefined {
  const shape = RAW_SHAPES.find(({ name }) => isRawShape(tool[name]));
  if (shape !== undefined)
    return `${shape.name} has fields and is no schema, so it would ${shape.loss}. Wrap it: z.object({ ... }).`;
  return tool.inputSchema === undefined ? misnamedSchemaIn(tool) : undefined;
}

/** Only an object can be a schema: a text of that name is anybody's. */
export function misnamedSchemaIn(tool: object): string | undefined {
  const name = Object.keys(tool).find((key) => SCHEMA_NAMES.has(key) && typeof Reflect.get(tool, key) === "object");
  return name && `"${name}" means nothing, so nothing would check the arguments. Write "inputSchema".`;
}
