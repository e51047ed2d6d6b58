/** The tools that the bench's programs call: they do nothing, so that what is timed is the way there and back. */
import type { JSONSchema7 } from "json-schema";

interface Note {
  readonly id: number;
  readonly title: string;
  readonly open: boolean;
}

const inputSchema: JSONSchema7 = { type: "object", properties: { id: { type: "integer" } }, required: ["id"] };

function note(args: unknown): Note {
  const id = Number(Reflect.get(Object(args), "id"));
  return { id, title: `Note ${id} of the bench`, open: true };
}

/** Tools in the shape that both systems take; `readOnly` is unknown to the released one. */
export const NOTES = {
  read: { description: "Reads a note.", inputSchema, readOnly: true, execute: note },
  write: { description: "Writes a note.", inputSchema, execute: note },
  act: { description: "Publishes a note.", inputSchema, requiresApproval: true, execute: note },
};

/** `n` tools, for the cost of a large catalog. */
export function manyTools(n: number): Record<string, (typeof NOTES)["read"]> {
  return Object.fromEntries(
    Array.from({ length: n }, (_, i) => [
      `read_kind_${i}`,
      { ...NOTES.read, description: `Reads notes of kind ${i}.` },
    ]),
  );
}
