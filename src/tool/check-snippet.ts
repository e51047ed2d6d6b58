/** Checks of what a snippet is saved with: its name, and the JSON Schema of its input. */
import { isJsonSchema } from "../connector/schema.ts";
import { CodemodeError } from "../errors.ts";
import { exceedsBytes } from "../wire/values.ts";

const SNIPPET_NAME = /^(?!(?:__proto__|constructor|prototype)$)[A-Za-z_][\w.-]{0,99}$/;

export function checkSnippetName(name: unknown): void {
  if (typeof name === "string" && SNIPPET_NAME.test(name)) return;
  throw new CodemodeError(
    "INVALID_NAME",
    `A snippet's name is a word of letters, digits, _ . and -, up to 100, and none that objects have, as constructor; got ${JSON.stringify(typeof name === "string" ? name.slice(0, 60) : name)}.`,
  );
}

/** The schema as JSON text, or nothing where none was given. */
export function schemaText(schema: unknown, maxBytes: number): string | undefined {
  if (schema === undefined) return undefined;
  const text = isJsonSchema(schema) ? jsonOf(schema) : undefined;
  if (text === undefined) {
    throw new CodemodeError(
      "INVALID_SCHEMA",
      "The input schema of a snippet must be a JSON Schema: an object of plain JSON without cycles. Of a Zod schema give z.toJSONSchema(schema).",
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
