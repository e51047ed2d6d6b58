/** Reads the arguments of a call with the tool's own schema, so that its defaults, coercions and transforms apply. */
import type { JSONSchema7 } from "json-schema";
import { argumentPath } from "./argument-path.ts";
import { withDatesAsText } from "./checkable.ts";
import { isRecord, toJsonSchema } from "./schema.ts";
import { findViolation } from "./validate.ts";

/** What a schema made of the arguments, or the first things wrong with them. */
export type ParsedInput =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly path: string; readonly message: string };

export type InputParser = (args: unknown) => ParsedInput | Promise<ParsedInput>;

/** More than a few violations help nobody to repair a call. */
const MAX_ISSUES = 3;

/** A Standard Schema path may also hold `{ key }` segments. */
function pathText(path: unknown): string {
  const segments: readonly unknown[] = Array.isArray(path) ? path : [];
  return argumentPath(segments.map((segment) => (isRecord(segment) ? segment.key : segment)));
}

function refusal(issues: readonly unknown[]): ParsedInput {
  const lines = issues.slice(0, MAX_ISSUES).map((issue) => {
    const path = pathText(isRecord(issue) ? issue.path : undefined);
    const says = isRecord(issue) && typeof issue.message === "string" ? issue.message : "does not match the schema";
    return { path, line: `${path}: ${says}` };
  });
  return { ok: false, path: lines[0]?.path ?? "args", message: lines.map(({ line }) => line).join("; ") };
}

/** Validation errors carry their issues on themselves (Zod) or on their cause (the AI SDK's wrapper). */
function issuesOf(error: unknown): readonly unknown[] | undefined {
  for (let at: unknown = error; typeof at === "object" && at !== null; at = Reflect.get(at, "cause")) {
    if (Array.isArray(at)) return at;
    const issues: unknown = Reflect.get(at, "issues");
    if (Array.isArray(issues)) return issues;
  }
  return undefined;
}

/** Standard Schema: `schema["~standard"].validate(value)` gives `{ value }` or `{ issues }`, which may be a list of its own. */
function standardParser(schema: object): InputParser | undefined {
  const standard: unknown = Reflect.get(schema, "~standard");
  if (!isRecord(standard) || typeof standard.validate !== "function") return undefined;
  const { validate } = standard;
  return async (args) => {
    const outcome: unknown = await Reflect.apply(validate, standard, [args]);
    const issues: unknown = Reflect.get(Object(outcome), "issues");
    if (Array.isArray(issues)) return refusal(issues);
    if (!isRecord(outcome)) return { ok: false, path: "args", message: "args: the tool's schema gave no answer" };
    return { ok: true, value: outcome.value };
  };
}

/** The AI SDK's schemas: `schema.validate(value)` gives `{ success, value }` or `{ success: false, error }`. */
function aiSdkParser(schema: object): InputParser | undefined {
  const validate: unknown = Reflect.get(schema, "validate");
  if (typeof validate !== "function" || !("jsonSchema" in schema)) return undefined;
  return async (args) => {
    const outcome: unknown = await Reflect.apply(validate, schema, [args]);
    if (isRecord(outcome) && outcome.success === true) return { ok: true, value: outcome.value };
    const error: unknown = isRecord(outcome) ? outcome.error : undefined;
    return refusal(
      issuesOf(error) ?? [{ message: error instanceof Error ? error.message : "does not match the schema" }],
    );
  };
}

/** The AI SDK also takes a function that gives the schema when it is first needed. */
export function heldSchema(schema: unknown): unknown {
  return typeof schema === "function" && !("~standard" in schema) ? schema() : schema;
}

/** The schema's own way to read arguments; `undefined` for a schema that only describes them, such as JSON Schema. */
export function ownParser(schema: unknown): InputParser | undefined {
  const held = heldSchema(schema);
  if ((typeof held !== "object" && typeof held !== "function") || held === null) return undefined;
  return standardParser(held) ?? aiSdkParser(held);
}

/** A check against a JSON Schema: what fits is left as it is, but for a date where the schema has a text. */
export function checkingParser(schema: JSONSchema7): InputParser {
  return (args) => {
    const violation = findViolation(schema, args);
    if (violation === undefined) return { ok: true, value: args };
    const written = withDatesAsText(args);
    if (written !== undefined && findViolation(schema, written.value) === undefined) return { ok: true, ...written };
    return { ok: false, ...violation };
  };
}

/** A way to read arguments for any schema: its own, or a check against its JSON Schema. */
export async function inputParser(schema: unknown, where: string): Promise<InputParser | undefined> {
  const own = ownParser(schema);
  if (own !== undefined) return own;
  const json = await toJsonSchema(schema, "input", where);
  return json === undefined ? undefined : checkingParser(json);
}
