/** A value as a transcript shows it: kinds that JSON has not are named, moments and chances that differ each time are hidden. */

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;

export function show(value: unknown): string {
  if (value === undefined) return "undefined";
  if (typeof value === "string") return JSON.stringify(value.replace(UUID, "<uuid>"));
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Date) return value.getTime() < 1_000_000 ? `Date(${value.getTime()})` : "<now>";
  if (value instanceof Error) return `${value.name}(${JSON.stringify(value.message)})`;
  if (value instanceof Map)
    return `Map { ${[...value].map(([key, item]) => `${show(key)} => ${show(item)}`).join(", ")} }`;
  if (value instanceof Set) return `Set { ${[...value].map(show).join(", ")} }`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  const entries = Object.entries(value).map(([key, item]) => `${key}: ${show(item)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}
