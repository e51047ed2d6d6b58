/** Pieces of TypeScript type text, and the rules for putting them together with the right parentheses. */
import { isRecord } from "../../connector/schema.ts";
import { propertyKey } from "./names.ts";

/** Type text, with what binds its parts: decides where parentheses are needed. */
export interface TypeText {
  readonly text: string;
  readonly binds: "atom" | "union" | "intersection";
}

export const atom = (text: string): TypeText => ({ text, binds: "atom" });
export const UNKNOWN = atom("unknown");
export const NEVER = atom("never");
export const NULL = atom("null");

function distinct(parts: readonly TypeText[]): readonly TypeText[] {
  const seen = new Set<string>();
  return parts.filter(({ text }) => !seen.has(text) && seen.add(text));
}

/** `A | B`: anything beside `unknown` is swallowed by it, `never` adds nothing. */
export function unionOf(given: readonly TypeText[]): TypeText {
  const parts = distinct(given.filter(({ text }) => text !== "never"));
  if (parts.some(({ text }) => text === "unknown")) return UNKNOWN;
  const [first, ...rest] = parts;
  if (first === undefined) return NEVER;
  if (rest.length === 0) return first;
  return { text: parts.map(({ text }) => text).join(" | "), binds: "union" };
}

/** `A & B`: `unknown` adds nothing. */
export function intersectionOf(given: readonly TypeText[]): TypeText {
  const parts = distinct(given.filter(({ text }) => text !== "unknown"));
  if (parts.some(({ text }) => text === "never")) return NEVER;
  const [first, ...rest] = parts;
  if (first === undefined) return UNKNOWN;
  if (rest.length === 0) return first;
  const grouped = parts.map(({ text, binds }) => (binds === "union" ? `(${text})` : text));
  return { text: grouped.join(" & "), binds: "intersection" };
}

export function arrayOf(element: TypeText): TypeText {
  return atom(element.binds === "atom" ? `${element.text}[]` : `(${element.text})[]`);
}

/** The type of exactly this JSON value: `"open"`, `-1`, `[1, "a"]`, `{ kind: "x" }`. */
export function literalType(value: unknown): TypeText {
  if (typeof value === "number") return Number.isFinite(value) ? atom(JSON.stringify(value)) : atom("number");
  if (value === null || typeof value === "string" || typeof value === "boolean") return atom(JSON.stringify(value));
  if (Array.isArray(value)) return atom(`[${value.map((item) => literalType(item).text).join(", ")}]`);
  if (!isRecord(value)) return UNKNOWN;
  const members = Object.entries(value).map(([key, item]) => `${propertyKey(key)}: ${literalType(item).text}`);
  return members.length === 0 ? atom("Record<string, never>") : atom(`{ ${members.join("; ")} }`);
}
