/** Lets references lead into further documents that the developer hands in: each becomes a branch of one document. */
import { isRecord } from "../../src/connector/schema.ts";
import { CodemodeError } from "../../src/errors.ts";
import { findAnchors } from "./pointer.ts";
import type { OpenApiDocuments } from "./types.ts";

/** A description's further documents. */
export interface Library {
  /** The documents under the names that pointers into them begin with (`@common`), with local references alone. */
  readonly branches: Readonly<Record<string, unknown>>;
  /**
   * What the description's reference is within the one document that all of them make: `./common.yaml#/Pet` is
   * `#/@common/Pet`. One that leads to none of them stays as it is.
   */
  localize(reference: string): string;
}

/** One document, as references find it. */
interface Volume {
  /** What relative references in it are resolved against. */
  readonly base: string;
  /** `/@common`; empty for the description itself. */
  readonly prefix: string;
  readonly document: unknown;
  anchors?: ReadonlyMap<string, string>;
}

/** A description seldom says where it is. This is where it is taken to be: deep enough for `../../common.yaml`. */
const SOMEWHERE = "https://document.invalid/a/b/c/d/e/f/g/h/";

/** Without the place that was made up. */
function shown(address: string): string {
  return address.startsWith(SOMEWHERE) ? `./${address.slice(SOMEWHERE.length)}` : address;
}

function resolve(reference: string, base: string): string | undefined {
  return URL.canParse(reference, base) ? new URL(reference, base).href.replace(/#.*$/, "") : undefined;
}

/** The address that a document gives itself: `$self` of OpenAPI 3.2, `$id` of JSON Schema. */
function ownAddress(document: unknown): string | undefined {
  if (!isRecord(document)) return undefined;
  return [document.$self, document.$id].find((address) => typeof address === "string");
}

/** `https://x.test/shared/common.yaml` to `common`: it ends up in the names of types. */
function stemOf(address: string): string {
  const file = new URL(address).pathname.split("/").findLast((segment) => segment !== "") ?? "document";
  return file.replace(/\.[^.]*$/, "").replace(/[^A-Za-z0-9_-]+/g, "_") || "document";
}

function refuse(address: string, problem: string): never {
  throw new CodemodeError("INVALID_SCHEMA", `documents[${JSON.stringify(address)}] ${problem}`, { address });
}

/** A description and its further documents by address: the one each was handed in with, and the one it gives itself. */
interface Shelf {
  readonly main: Volume;
  readonly byAddress: ReadonlyMap<string, Volume>;
}

function shelve(description: object, documents: OpenApiDocuments): Shelf {
  const given = Object.entries(documents);
  const ownKey = given.find(([, document]) => document === description)?.[0];
  const mainBase = resolve(ownAddress(description) ?? ownKey ?? "", SOMEWHERE) ?? SOMEWHERE;
  const main: Volume = { base: mainBase, prefix: "", document: description };
  const byAddress = new Map([[mainBase, main]]);
  // Where the description itself is among them, their addresses are relative to one another; else they are to it.
  const place = ownKey === undefined ? mainBase : SOMEWHERE;
  const stems = new Set<string>();
  for (const [key, document] of given) {
    const address = resolve(key, place) ?? refuse(key, "is not at an address that a reference could name.");
    if (document === description) {
      byAddress.set(address, main);
      continue;
    }
    if (typeof document !== "object" || document === null) {
      refuse(key, "is not parsed: JSON.parse it, or parse its YAML.");
    }
    let name = stemOf(address);
    for (let n = 2; stems.has(name); n += 1) name = `${stemOf(address)}_${n}`;
    stems.add(name);
    const own = ownAddress(document);
    const base = (own === undefined ? undefined : resolve(own, address)) ?? address;
    const volume: Volume = { base, prefix: `/@${name}`, document };
    for (const found of [address, base]) byAddress.set(found, volume);
  }
  return { main, byAddress };
}

/** What a fragment names within a volume, as a pointer. */
function pointerOf(volume: Volume, fragment: string): string | undefined {
  if (fragment === "" || fragment.startsWith("/")) return fragment;
  volume.anchors ??= findAnchors(volume.document);
  return volume.anchors.get(`#${fragment}`);
}

function localize(reference: string, from: Volume, byAddress: ReadonlyMap<string, Volume>): string {
  const [address = "", fragment = ""] = reference.split(/#(.*)/s);
  const absolute = resolve(address, from.base);
  const target = address === "" ? from : byAddress.get(absolute ?? "");
  const pointer = target === undefined ? undefined : pointerOf(target, fragment);
  if (target !== undefined && pointer !== undefined) return `#${target.prefix}${pointer}`;
  // Spelled out, so that it does not become another document's relative reference.
  return absolute === undefined ? reference : `${shown(absolute)}${fragment === "" ? "" : `#${fragment}`}`;
}

/** A mapping may hold the bare name of a schema of its own document. */
function localizedMapping(
  mapping: object,
  from: Volume,
  local: (reference: string) => string,
): Record<string, unknown> {
  const components = isRecord(from.document) ? from.document.components : undefined;
  const schemas = isRecord(components) && isRecord(components.schemas) ? components.schemas : {};
  const entries = Object.entries(mapping).map(([value, target]): [string, unknown] => {
    if (typeof target !== "string") return [value, target];
    return [value, Object.hasOwn(schemas, target) ? `#${from.prefix}/components/schemas/${target}` : local(target)];
  });
  return Object.fromEntries(entries);
}

/** A copy of a document in which every reference is a local one of the whole. */
function localized(from: Volume, local: (reference: string) => string): unknown {
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (!isRecord(value)) return value;
    const copy = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, visit(child)]));
    for (const key of ["$ref", "$dynamicRef"]) if (typeof copy[key] === "string") copy[key] = local(copy[key]);
    if (isRecord(copy.discriminator) && isRecord(copy.discriminator.mapping)) {
      copy.discriminator = {
        ...copy.discriminator,
        mapping: localizedMapping(copy.discriminator.mapping, from, local),
      };
    }
    return copy;
  };
  return visit(from.document);
}

/**
 * The library of a description.
 *
 * @throws CodemodeError `INVALID_SCHEMA` for a document that is not parsed, or has no usable address.
 */
export function openLibrary(description: object, documents: OpenApiDocuments): Library {
  const { main, byAddress } = shelve(description, documents);
  const branches: Record<string, unknown> = {};
  for (const volume of new Set(byAddress.values())) {
    if (volume.prefix === "") continue;
    branches[volume.prefix.slice(1)] = localized(volume, (reference) => localize(reference, volume, byAddress));
  }
  return {
    branches,
    localize: (reference) => (reference.startsWith("#") ? reference : localize(reference, main, byAddress)),
  };
}
