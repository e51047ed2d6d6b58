/** Resolves the `$ref`s of an API description in place, so that a program can look at it without following them. */
import { atPointer } from "../connector/pointer.ts";

/**
 * The document with every local `$ref` replaced by what it leads to. Each target is resolved once and then shared, so
 * the result is no larger in memory than the document; what leads back to itself becomes `{ $circular: "#/…" }`.
 * References to other documents, and those that lead nowhere, stay.
 */
export function resolveReferences(root: unknown): unknown {
  const resolved = new Map<string, unknown>();
  /** Those that were begun; one that has an end is among the resolved, too. */
  const begun = new Set<string>();
  const follow = (reference: string, holder: object): unknown => {
    if (resolved.has(reference)) return resolved.get(reference);
    if (begun.has(reference)) return { $circular: reference };
    const target = atPointer(root, reference.slice(1));
    if (target === undefined) return holder;
    begun.add(reference);
    const value = visit(target);
    resolved.set(reference, value);
    return value;
  };
  const visit = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(visit);
    const reference: unknown = Object.hasOwn(value, "$ref") ? Reflect.get(value, "$ref") : undefined;
    if (typeof reference === "string" && reference.startsWith("#/")) return follow(reference, value);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item)]));
  };
  return visit(root);
}
