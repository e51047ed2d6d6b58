/** Checks of what a snippet is saved with: its name, and the JSON Schema of its input. */
import { isJsonSchema } from "../connector/schema.ts";
import { CodemodeError } from "../errors.ts";
import { exceedsBytes } from "../wire/values.ts";

const MAX_SNIPPET_NAME_CHARS = 100;

/** These would change what an object is, wherever names become keys. */
const NAMES_OF_OBJECTS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * A text of one line whose letters all show: what a person calls a program, and a model can write without a mistake. Of what is drawn as
 * nothing (`DI`) only the sign behind an emoji that asks for colour.
 */
const SNIPPET_NAME = /^[^\s\p{C}\p{DI}](?:(?:[^\p{C}\p{Zl}\p{Zp}\p{DI}]|\uFE0F)*(?:[^\s\p{C}\p{DI}]|\uFE0F))?$/u;

export function checkSnippetName(name: unknown): void {
  const isName = typeof name === "string" && name.length <= MAX_SNIPPET_NAME_CHARS && SNIPPET_NAME.test(name);
  if (isName && !NAMES_OF_OBJECTS.has(name)) return;
  throw new CodemodeError(
    "INVALID_NAME",
    `A snippet's name is one line of up to ${MAX_SNIPPET_NAME_CHARS} visible characters, without blanks around it, and none that objects have, as constructor; got ${JSON.stringify(typeof name === "string" ? name.slice(0, 60) : name)}.`,
  );
}

/** The schema as JSON text, or nothing where none was given. */
export function schemaText(schema: unknown, maxBytes: number): string | undefined {
  if (schema === undefined) return undefined;
  const text = isJsonSchema(schema) ? jsonOf(schema) : undefined;
  if (text === undefined) {
    throw new CodemodeError(
      "INVALID_SCHEMA",
      "The input schema of a snippet must be a JSON Schema without cycles. Of a Zod schema give z.toJSONSchema(schema).",
    );
  }
  if (exceedsBytes(text, maxBytes)) {
    throw new CodemodeError(
      "VALUE_TOO_LARGE",
      "The input schema of a snippet is too large. Describe the input more briefly.",
    );
  }
  return text;
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // A cycle or a bigint: no JSON, so no JSON Schema.
    return undefined;
  }
}
