/** Which values JSON keeps whole: for those, the platform's own codec is faster and shorter than any that keeps more. */

/** Deeper values are left to the general codec, which says so when they are too deep for it. */
const MAX_DEPTH = 200;

function isPlainArray(value: readonly unknown[], seen: Set<object>, depth: number): boolean {
  if (Object.getPrototypeOf(value) !== Array.prototype) return false;
  // A hole reads as `undefined`, which is not plain.
  for (let index = 0; index < value.length; index += 1) if (!isPlainPart(value[index], seen, depth)) return false;
  return true;
}

function isPlainRecord(value: object, seen: Set<object>, depth: number): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const key of Object.keys(value)) {
    if (key === "__proto__" || !isPlainPart(Reflect.get(value, key), seen, depth)) return false;
  }
  return Object.getOwnPropertySymbols(value).length === 0;
}

function isPlainPart(value: unknown, seen: Set<object>, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object":
      break;
    default:
      return false;
  }
  if (value === null) return true;
  // JSON would write a shared part twice, and a cycle for ever.
  if (depth > MAX_DEPTH || seen.has(value)) return false;
  seen.add(value);
  return Array.isArray(value) ? isPlainArray(value, seen, depth + 1) : isPlainRecord(value, seen, depth + 1);
}

/**
 * Whether a value comes back from JSON as it was: finite numbers but `-0`, strings, booleans, `null`, and arrays and
 * plain objects of those, no part of which is in it twice.
 */
export function isPlain(value: unknown): boolean {
  return isPlainPart(value, new Set(), 0);
}
