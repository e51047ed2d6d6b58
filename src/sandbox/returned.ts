/** What calls gave, by its shape and without its values: for a program that took it for something else. */

/** One call of a program, and what it gave. */
export interface Returned {
  /** `"calendar.list_events"`. */
  readonly call: string;
  readonly value: () => unknown;
}

/** What is shown of hostile results: so many calls, keys and characters. */
const MAX_CALLS = 5;
const MAX_KEYS = 10;
const MAX_KEY_CHARS = 40;
const MAX_SHAPE_CHARS = 300;

/** Objects and lists are looked into so deep. */
const DEPTH = 3;

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

function keyOf(key: string): string {
  const cut = key.length > MAX_KEY_CHARS ? `${key.slice(0, MAX_KEY_CHARS)}…` : key;
  return IDENTIFIER.test(cut) ? cut : JSON.stringify(cut);
}

function listShape(list: readonly unknown[], depth: number): string {
  const of = list.length === 0 || depth === 0 ? "" : ` of ${shapeOf(list[0], depth - 1)}`;
  return `Array(${list.length})${of}`;
}

function recordShape(value: object, depth: number): string {
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  if (depth === 0) return "{ … }";
  const shown = entries.slice(0, MAX_KEYS).map(([key, inner]) => `${keyOf(key)}: ${shapeOf(inner, depth - 1)}`);
  return `{ ${shown.join(", ")}${entries.length > MAX_KEYS ? ", …" : ""} }`;
}

/** The shape of a value, much as TypeScript would write it: `{ events: Array(2) of { id: number }, total: number }`. */
export function shapeOf(value: unknown, depth = DEPTH): string {
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  if (Array.isArray(value)) return listShape(value, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return recordShape(value, depth);
  return value.constructor.name;
}

/** A value that unfolds beyond measure is not read for this. */
function shapeOrNone(value: () => unknown): string {
  try {
    return shapeOf(value());
  } catch {
    return "too large to be looked at";
  }
}

/** The shapes of what was given last, each tool once, in one sentence; nothing where there were no calls. */
export function shapesOf(returned: readonly Returned[]): string | undefined {
  const last = new Map<string, Returned>();
  for (const one of returned) {
    last.delete(one.call);
    last.set(one.call, one);
  }
  const shown = [...last.values()].slice(-MAX_CALLS).map(({ call, value }) => {
    const shape = shapeOrNone(value);
    return `${call}: ${shape.length > MAX_SHAPE_CHARS ? `${shape.slice(0, MAX_SHAPE_CHARS)}…` : shape}`;
  });
  return shown.length === 0 ? undefined : `What the calls gave: ${shown.join("; ")}.`;
}
