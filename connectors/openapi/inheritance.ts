/**
 * Schemas that extend one another: with a `discriminator`, a reference to the base means any of its heirs.
 *
 * OpenAPI writes it in two ways: the heirs say `allOf: [base]` and the base names none of them, or the base lists them in
 * `oneOf` while they extend it, which read literally never ends. Both become a union of heirs over a base that stands for
 * itself alone.
 */
import { encodeSegment } from "../../src/connector/pointer.ts";
import { isRecord } from "../../src/connector/schema.ts";
import type { OpenedDocument } from "./document.ts";

/** A schema where the document has it. */
export interface Located {
  readonly pointer: string;
  readonly value: unknown;
}

/** What references mean between schemas that extend one another; `undefined` where they mean what they say. */
export interface Inheritance {
  /** A reference to a base that names no heirs: any of them, or the base itself. */
  anyHeir(base: Located): Record<string, unknown> | undefined;
  /** The reference of an heir to the base that lists it: what they share, without the list. */
  shared(base: Located): Record<string, unknown> | undefined;
}

function references(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item) => (isRecord(item) && typeof item.$ref === "string" ? [item.$ref] : []));
}

function alternativesOf(value: Record<string, unknown>): string[] {
  return [...references(value.oneOf), ...references(value.anyOf)];
}

/** Reads the inheritance of a document; looks for heirs when the first base is met. */
export function readInheritance(document: OpenedDocument): Inheritance {
  let extending: ReadonlyMap<string, readonly string[]> | undefined;

  const extendedBy = (value: unknown): string[] =>
    references(isRecord(value) ? value.allOf : undefined).flatMap((reference) => {
      const located = document.locate(reference);
      return located === undefined ? [] : [located.pointer];
    });

  /** The components that extend each schema directly. */
  const findHeirs = (): ReadonlyMap<string, readonly string[]> => {
    const found = new Map<string, string[]>();
    for (const [name, value] of Object.entries(document.componentSchemas)) {
      const heir = `/components/schemas/${encodeSegment(name)}`;
      for (const base of extendedBy(value)) found.set(base, [...(found.get(base) ?? []), heir]);
    }
    return found;
  };

  /** The schemas that a discriminator names, by reference or by the bare name of a component. */
  const mapped = (discriminator: Record<string, unknown>): string[] =>
    Object.values(isRecord(discriminator.mapping) ? discriminator.mapping : {}).flatMap((target) => {
      if (typeof target !== "string") return [];
      const named = Object.hasOwn(document.componentSchemas, target);
      const located = document.locate(named ? `#/components/schemas/${encodeSegment(target)}` : target);
      return located === undefined ? [] : [located.pointer];
    });

  /** Heirs and their heirs. */
  const heirsOf = (pointer: string, discriminator: Record<string, unknown>): ReadonlySet<string> => {
    extending ??= findHeirs();
    const heirs = new Set([...mapped(discriminator), ...(extending.get(pointer) ?? [])]);
    for (const heir of heirs) for (const next of extending.get(heir) ?? []) heirs.add(next);
    heirs.delete(pointer);
    return heirs;
  };

  return {
    anyHeir({ pointer, value }) {
      if (!isRecord(value) || !isRecord(value.discriminator) || alternativesOf(value).length > 0) return undefined;
      const heirs = [...heirsOf(pointer, value.discriminator)];
      if (heirs.length === 0) return undefined;
      // In `allOf` a base stands for itself.
      return { anyOf: [...heirs.map((heir) => ({ $ref: `#${heir}` })), { allOf: [{ $ref: `#${pointer}` }] }] };
    },
    shared({ pointer, value }) {
      if (!isRecord(value) || !isRecord(value.discriminator)) return undefined;
      const heirs = alternativesOf(value).filter((reference) =>
        extendedBy(document.locate(reference)?.value).includes(pointer),
      );
      if (heirs.length === 0) return undefined;
      const { oneOf: _oneOf, anyOf: _anyOf, discriminator: _discriminator, ...rest } = value;
      return rest;
    },
  };
}
