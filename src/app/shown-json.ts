/** JSON of whatever a program, a tool or a person may hand over: what JSON does not have says its kind, and nothing throws. */
import { mark, plainText } from "./kinds.ts";

/** A value within a value: deeper than any that a person reads, and far from the end of the stack. */
const MAX_DEPTH = 100;

/** As many bytes as tell one file, key or picture from another. */
const SHOWN_BYTES = 16;

/** Where an answer holds a value of a program, a tool or a person; all around is the runtime's own. */
const VALUES: ReadonlySet<string> = new Set(["args", "editedArgs", "result"]);

/** Indented JSON of an answer, also where a value in it contains itself or is nested without end. */
export function shownJson(answer: unknown): string {
  return JSON.stringify(around(answer), undefined, 2) ?? "null";
}

/** The runtime's own part of an answer: plain data, in which what is undefined is not there. */
function around(item: unknown): unknown {
  if (typeof item !== "object" || item === null) return item;
  if (Array.isArray(item)) return item.map(around);
  const there = Object.entries(item).filter(([, part]) => part !== undefined);
  return Object.fromEntries(there.map(([name, part]) => [name, VALUES.has(name) ? shown(part, []) : around(part)]));
}

/** `above`: the values that this one is in. */
function shown(item: unknown, above: readonly object[]): unknown {
  if (typeof item !== "object" || item === null) return single(item);
  if (above.includes(item)) return mark("circular", "a value that contains itself");
  if (above.length >= MAX_DEPTH) return mark("nested", `more than ${MAX_DEPTH} deep: not shown`);
  const inside = (part: unknown) => shown(part, [...above, item]);
  // Not with map: it would leave out holes, and JSON writes those as null.
  if (Array.isArray(item)) return Array.from(item, inside);
  if (item instanceof Map) return { [mark("Map")]: Array.from(item, (pair) => pair.map(inside)) };
  if (item instanceof Set) return { [mark("Set")]: Array.from(item, inside) };
  const named = () => Object.entries(item).map(([name, part]) => [plainText(name), inside(part)]);
  return specialText(item) ?? Object.fromEntries(named());
}

function single(item: unknown): unknown {
  if (typeof item === "string") return plainText(item);
  if (item === undefined) return mark("undefined");
  if (typeof item === "bigint") return mark("bigint", String(item));
  if (typeof item !== "number") return item;
  // JSON would write null, or 0: another argument than the tool gets.
  return Number.isFinite(item) && !Object.is(item, -0) ? item : mark("number", Object.is(item, -0) ? "-0" : `${item}`);
}

/** Objects that are one value; undefined for a plain one. */
function specialText(item: object): string | undefined {
  if (ArrayBuffer.isView(item)) return bytesText(item, new Uint8Array(item.buffer, item.byteOffset, item.byteLength));
  if (item instanceof ArrayBuffer) return bytesText(item, new Uint8Array(item));
  if (item instanceof Error) return mark("Error", `${item.name}: ${item.message}`);
  if (item instanceof Date) return mark("Date", Number.isNaN(item.getTime()) ? "invalid" : item.toISOString());
  if (item instanceof RegExp) return mark("RegExp", String(item));
  if (item instanceof URL) return mark("URL", String(item));
  if (item instanceof URLSearchParams) return mark("URLSearchParams", String(item));
  return undefined;
}

/** `(bytes) 3 in Uint8Array: 02 03 04` */
function bytesText(item: object, bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, SHOWN_BYTES), (byte) => byte.toString(16).padStart(2, "0"));
  const more = bytes.length > SHOWN_BYTES ? ["…"] : [];
  const text = [...shown, ...more].join(" ");
  const what = `${bytes.length} in ${Object.prototype.toString.call(item).slice(8, -1)}`;
  return mark("bytes", text === "" ? what : `${what}: ${text}`);
}
