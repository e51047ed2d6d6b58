/** Looks at references without reading what they lead to: each is followed once, and those that lead nowhere are found early. */
import { isRecord } from "../../src/connector/schema.ts";
import type { Found, OpenedDocument } from "./document.ts";

/** Examples are data: a `$ref` in them is none. */
const DATA: ReadonlySet<string> = new Set(["example", "examples", "default", "enum", "const"]);

/** The same document, whose parameters and answers, referred to by thousands, are followed once each. */
export function followingOnce(document: OpenedDocument): OpenedDocument {
  const followed = new Map<string, Found | undefined>();
  return {
    ...document,
    follow: (value) => {
      const reference = isRecord(value) ? value.$ref : undefined;
      if (typeof reference !== "string") return document.follow(value);
      const known = followed.get(reference);
      if (known !== undefined || followed.has(reference)) return known;
      const found = document.follow(value);
      followed.set(reference, found);
      return found;
    },
  };
}

/** Schemas within one another, without a reference between them, are not read further: no description is written so. */
export const MAX_DEPTH = 500;

/** `#/components/parameters/owner` */
const COMPONENT = /^#\/components\/([A-Za-z]+)\/([^/~%]+)$/;

/** Most references name a component that stands for itself: no need to take their pointers apart. */
function isPlainlyThere({ components }: OpenedDocument, reference: string): boolean {
  const [, kind = "", name = ""] = COMPONENT.exec(reference) ?? [];
  const ofKind = Object.hasOwn(components, kind) ? components[kind] : undefined;
  const value = isRecord(ofKind) && Object.hasOwn(ofKind, name) ? ofKind[name] : undefined;
  return isRecord(value) && value.$ref === undefined;
}

/**
 * Locates what parts of a description refer to themselves, so that `unresolved` has what leads nowhere before any schema is
 * made. What is wrong inside what they refer to is met later.
 *
 * @param eachPart - calls back with each part.
 */
export function locateReferences(document: OpenedDocument, eachPart: (look: (part: unknown) => void) => void): void {
  const seen = new Set<string>();
  const look = (value: unknown, depth = 0): void => {
    if (depth > MAX_DEPTH) return;
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length; at += 1) look(value[at], depth + 1);
      return;
    }
    if (!isRecord(value)) return;
    for (const key in value) {
      const inner = value[key];
      if (typeof inner === "object") {
        if (!DATA.has(key)) look(inner, depth + 1);
      } else if (key === "$ref" && typeof inner === "string") seen.add(inner);
    }
  };
  eachPart((part) => look(part));
  for (const reference of seen) if (!isPlainlyThere(document, reference)) document.locate(reference);
}
