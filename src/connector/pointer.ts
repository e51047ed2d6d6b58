/** JSON pointers: how a reference names a place within a document (`#/$defs/User`), and how an error names one in a value. */

/** A `%` that is no percent-encoding stands for itself. */
export function decodeSegment(segment: string): string {
  // Most segments stand for themselves.
  if (!/[%~]/.test(segment)) return segment;
  let text = segment;
  try {
    text = decodeURIComponent(segment);
  } catch {
    // Not percent-encoded after all.
  }
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** One segment of a pointer, always spelled the same. */
export function encodeSegment(key: string): string {
  return encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"));
}

/** What a pointer (`/$defs/User`, or nothing for the whole) leads to; `undefined` where it leads nowhere. */
export function atPointer(document: unknown, pointer: string): unknown {
  let at: unknown = document;
  for (const segment of pointer.split("/").slice(1)) {
    const key = decodeSegment(segment);
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return at;
}
