/** JSON of whatever a program, a tool or a person may hand over: what JSON does not have is written as text, and nothing throws. */

/** A value within a value: deeper than any that a person reads, and far from the end of the stack. */
const MAX_DEPTH = 100;

/** As many bytes as tell one file, key or picture from another. */
const SHOWN_BYTES = 16;

/** Indented JSON of any value that a journal keeps, also of one that contains itself or is nested without end. */
export function shownJson(value: unknown): string {
  return JSON.stringify(shown(value, []), undefined, 2) ?? "null";
}

/** `above`: the values that this one is in. */
function shown(item: unknown, above: readonly object[]): unknown {
  if (typeof item === "bigint") return `${item}n`;
  // JSON would write null, which is another argument than the tool gets.
  if (typeof item === "number") return Number.isFinite(item) ? item : String(item);
  if (typeof item !== "object" || item === null) return item;
  if (above.includes(item)) return "(circular: a value that contains itself)";
  if (above.length >= MAX_DEPTH) return `(nested more than ${MAX_DEPTH} deep: not shown)`;
  const inside = (part: unknown) => shown(part, [...above, item]);
  if (Array.isArray(item)) return item.map(inside);
  if (item instanceof Map) return [...item].map((pair) => pair.map(inside));
  if (item instanceof Set) return [...item].map(inside);
  return specialText(item) ?? Object.fromEntries(Object.entries(item).map(([name, part]) => [name, inside(part)]));
}

/** Objects that are one value; undefined for a plain one. */
function specialText(item: object): string | undefined {
  if (ArrayBuffer.isView(item)) return bytesText(new Uint8Array(item.buffer, item.byteOffset, item.byteLength));
  if (item instanceof ArrayBuffer) return bytesText(new Uint8Array(item));
  if (item instanceof Error) return `${item.name}: ${item.message}`;
  if (item instanceof Date) return Number.isNaN(item.getTime()) ? "Invalid Date" : item.toISOString();
  if (item instanceof RegExp || item instanceof URL || item instanceof URLSearchParams) return String(item);
  return undefined;
}

/** `(3 bytes: 02 03 04)` */
function bytesText(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, SHOWN_BYTES), (byte) => byte.toString(16).padStart(2, "0"));
  const more = bytes.length > SHOWN_BYTES ? ["…"] : [];
  const text = [...shown, ...more].join(" ");
  return text === "" ? "(0 bytes)" : `(${bytes.length} bytes: ${text})`;
}
