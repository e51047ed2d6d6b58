/** Names of a description's schemas in `$defs`: components keep theirs, other places are named when they are first met. */
import { decodeSegment, encodeSegment } from "../../src/connector/pointer.ts";
import type { OpenedDocument } from "./document.ts";

const PLAIN_NAME = /^[A-Za-z0-9_.-]+$/;

function escapeName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]/g, "_");
}

/** Places whose words alone tell them apart: a schema of this or another document, or a property of one. */
const PLAIN_PLACE =
  /^(\/(@|%40)[A-Za-z0-9.-]+)?(\/components\/schemas)?(\/[A-Za-z0-9.-]+)?(\/properties\/[A-Za-z0-9.-]+)*$/;

/** FNV-1a: short, and the same everywhere. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}

/**
 * A name for a schema that is no component: its place, in words. Schemas are converted when somebody looks, so it must not
 * depend on who looked first: places that may read alike have a fingerprint.
 */
export function nameOfPlace(pointer: string): string {
  const words = pointer
    .split("/")
    .flatMap((segment) => decodeSegment(segment).split(/[^A-Za-z0-9_.-]+/))
    .filter((word) => word !== "" && word !== "components" && word !== "schemas" && word !== "properties");
  const name = words.join("_") || "schema";
  return PLAIN_PLACE.test(pointer) ? name : `${name}_${fingerprint(pointer)}`;
}

/** The names of a description's components: the same whichever way schemas are looked at. */
export interface ComponentNames {
  readonly byPlace: ReadonlyMap<string, string>;
  readonly schemas: ReadonlyMap<string, unknown>;
}

function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  let name = wanted;
  for (let n = 2; isTaken(name); n += 1) name = `${wanted}_${n}`;
  return name;
}

/** Names components in document order and before any other, so that a name never depends on which tool was looked at first. */
export function nameComponents({ componentSchemas }: OpenedDocument): ComponentNames {
  const byPlace = new Map<string, string>();
  const schemas = new Map<string, unknown>();
  Object.keys(componentSchemas).forEach((key) => {
    const plain = PLAIN_NAME.test(key);
    const name = freeName(plain ? key : escapeName(key), (taken) => schemas.has(taken));
    byPlace.set(`/components/schemas/${plain ? key : encodeSegment(key)}`, name);
    schemas.set(name, componentSchemas[key]);
  });
  return { byPlace, schemas };
}

/** Names of schemas in one direction: those of the components, and of places that only this direction has met. */
export class SchemaNames {
  readonly #components: ComponentNames;
  readonly #met = { byPlace: new Map<string, string>(), schemas: new Map<string, unknown>() };

  constructor(components: ComponentNames) {
    this.#components = components;
  }

  /** The name of a place, if it has one. */
  at(place: string): string | undefined {
    return this.#components.byPlace.get(place) ?? this.#met.byPlace.get(place);
  }

  has(name: string): boolean {
    return this.#components.schemas.has(name) || this.#met.schemas.has(name);
  }

  schema(name: string): unknown {
    return this.#components.schemas.has(name) ? this.#components.schemas.get(name) : this.#met.schemas.get(name);
  }

  /** Names a place as wanted, or nearly so where that is taken. */
  register(place: string, wanted: string, value: unknown): string {
    const name = freeName(wanted, (taken) => this.has(taken));
    this.#met.byPlace.set(place, name);
    this.#met.schemas.set(name, value);
    return name;
  }
}
