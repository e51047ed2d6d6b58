/** A value as it is held against a schema: as JSON has it. */

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

const OPAQUE = [ArrayBuffer, Blob, Error, Map, RegExp, Set, URLSearchParams] as const;

/** What has no fields of its own: JSON, or who reads it as an object, would have it as one without its content. */
export function isOpaque(value: unknown): value is object {
  return ArrayBuffer.isView(value) || OPAQUE.some((kind) => value instanceof kind);
}

/** Where a value holds what is looked for: the keys and positions that lead there. */
export function placeOf(
  value: unknown,
  finds: (value: unknown) => boolean,
  seen: Set<object> = new Set(),
): readonly unknown[] | undefined {
  if (finds(value)) return [];
  if (typeof value !== "object" || value === null || seen.has(value) || !isPlain(value)) return undefined;
  seen.add(value);
  for (const [key, child] of Object.entries(value)) {
    const rest = placeOf(child, finds, seen);
    if (rest !== undefined) return [Array.isArray(value) ? Number(key) : key, ...rest];
  }
  return undefined;
}

/** A copy as JSON has it: dates as their text where `dates` says so, undefined members absent and in lists null. */
function copyAsJson(value: unknown, dates: boolean, copies: Map<object, unknown>): unknown {
  if (dates && isDate(value)) return value.toISOString();
  if (typeof value !== "object" || value === null || !isPlain(value)) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    copies.set(value, list);
    for (const item of value) list.push(item === undefined ? null : copyAsJson(item, dates, copies));
    return list;
  }
  const copy: Record<string, unknown> = {};
  copies.set(value, copy);
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    // Defined, not assigned: a member may be called `__proto__`.
    const shape = { enumerable: true, writable: true, configurable: true };
    Object.defineProperty(copy, key, { ...shape, value: copyAsJson(item, dates, copies) });
  }
  return copy;
}

function isDate(value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

/** The value as it reaches a server: members that are undefined are absent, in lists null. The same value where it has none. */
export function withoutUndefined(value: unknown): unknown {
  return placeOf(value, (item) => item === undefined) ? copyAsJson(value, false, new Map()) : value;
}

/** The same with each date as JSON writes it; `undefined` where there is none. */
export function withDatesAsText(value: unknown): { readonly value: unknown } | undefined {
  return placeOf(value, isDate) ? { value: copyAsJson(value, true, new Map()) } : undefined;
}
