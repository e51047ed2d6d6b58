/** Opens an API description of any version: says what is wrong with it, and follows its references. */
import { atPointer } from "../../src/connector/pointer.ts";
import { isRecord } from "../../src/connector/schema.ts";
import { CodemodeError, isCodemodeError } from "../../src/errors.ts";
import { openLibrary } from "./documents.ts";
import { findAnchors, pointerOfReference } from "./pointer.ts";
import { convertSwagger } from "./swagger.ts";
import type { OpenApiDocuments } from "./types.ts";

/** An object found by following references, with the pointer of the last one followed. */
export interface Found {
  readonly value: Record<string, unknown>;
  /** `/components/schemas/Pet`, or undefined where no reference was followed. */
  readonly pointer: string | undefined;
}

/** A description in the shape of OpenAPI 3, and the way through its references. */
export interface OpenedDocument {
  readonly paths: Record<string, unknown>;
  readonly servers: unknown;
  readonly components: Record<string, unknown>;
  readonly componentSchemas: Record<string, unknown>;
  /** References that lead nowhere, as they were met. */
  readonly unresolved: ReadonlySet<string>;
  /** The object itself, or what its `$ref` leads to in the end. */
  follow(value: unknown): Found | undefined;
  /** What one `$ref` names, one step far; undefined where it leads nowhere or in a circle. */
  locate(reference: string): { readonly pointer: string; readonly value: unknown } | undefined;
}

/** References to references end somewhere; a longer chain is a circle. */
const MAX_REFERENCE_CHAIN = 1_000;

function invalid(problem: string, data: Readonly<Record<string, unknown>> = {}): never {
  throw new CodemodeError("INVALID_SCHEMA", `This OpenAPI description cannot be used: ${problem}`, data);
}

function fromSwagger(spec: Record<string, unknown>): Record<string, unknown> {
  try {
    return convertSwagger(spec) ?? invalid("converting it from Swagger 2 gave nothing.");
  } catch (error) {
    if (isCodemodeError(error)) throw error;
    return invalid(`converting it from Swagger 2 failed (${error instanceof Error ? error.message : String(error)}).`);
  }
}

/**
 * Refuses what stands for a description and is none yet.
 *
 * @throws CodemodeError `INVALID_SCHEMA`
 */
export function requireParsed(spec: unknown): asserts spec is Record<string, unknown> {
  const isAddress = spec instanceof URL || (typeof spec === "string" && /^\s*https?:\/\/\S+\s*$/i.test(spec));
  if (isAddress) {
    const address = JSON.stringify(String(spec).trim());
    invalid(
      `spec is an address (${address}), and nothing is fetched here. Fetch it first: await (await fetch(${address})).json()`,
    );
  }
  if (typeof spec === "string") invalid("spec is text. Parse it first: JSON.parse(text), or a YAML parser.");
  if (spec instanceof Response) invalid("spec is a Response. Read it first: await response.json()");
  if (!isRecord(spec)) {
    invalid(`spec is ${spec === null ? "null" : Array.isArray(spec) ? "a list" : typeof spec}, not an object.`);
  }
}

function asOpenApi3(spec: Record<string, unknown>): Record<string, unknown> {
  if (typeof spec.swagger === "string" || typeof spec.swagger === "number") {
    const version = String(spec.swagger);
    if (!version.startsWith("2")) invalid(`Swagger ${version} is not supported; 2.0 is.`, { version });
    return fromSwagger(spec);
  }
  if (typeof spec.openapi !== "string") {
    const keys = Object.keys(spec)
      .slice(0, 5)
      .map((key) => JSON.stringify(key.slice(0, 60)));
    const has = keys.length === 0 ? "nothing" : keys.join(", ");
    invalid(`it has neither "openapi" nor "swagger" at its top level. It has ${has}: see what spec() gives.`);
  }
  if (!/^3\.\d/.test(spec.openapi)) {
    invalid(`version "${spec.openapi}" is not supported; 3.x and Swagger 2.0 are.`, { version: spec.openapi });
  }
  return spec;
}

/**
 * Opens a description: OpenAPI 3.x as it is, Swagger 2 converted.
 *
 * @param documents - others that its references lead to.
 * @throws CodemodeError `INVALID_SCHEMA`, naming what is wrong with it.
 */
export function openDocument(spec: unknown, documents: OpenApiDocuments = {}): OpenedDocument {
  requireParsed(spec);
  const document = asOpenApi3(spec);
  const library = openLibrary(spec, documents);
  const whole = { ...document, ...library.branches };
  const { paths, components } = document;
  if (!isRecord(paths)) {
    invalid(paths === undefined ? 'it has no "paths", so there is nothing to call.' : '"paths" is not an object.');
  }
  const parts = isRecord(components) ? components : {};
  const unresolved = new Set<string>();
  let anchors: ReadonlyMap<string, string> | undefined;

  const pointerOf = (asWritten: string): string | undefined => {
    const reference = library.localize(asWritten);
    if (reference.startsWith("#/")) return pointerOfReference(reference);
    anchors ??= findAnchors(document);
    return anchors.get(asWritten);
  };

  const follow = (value: unknown): Found | undefined => {
    let at = value;
    let pointer: string | undefined;
    for (let hops = 0; hops < MAX_REFERENCE_CHAIN; hops += 1) {
      if (!isRecord(at)) break;
      const reference = at.$ref;
      if (typeof reference !== "string") return { value: at, pointer };
      pointer = pointerOf(reference);
      at = pointer === undefined ? undefined : atPointer(whole, pointer);
    }
    if (isRecord(value) && typeof value.$ref === "string") unresolved.add(value.$ref);
    return undefined;
  };

  const locate: OpenedDocument["locate"] = (reference) => {
    const pointer = pointerOf(reference);
    const value = pointer === undefined ? undefined : atPointer(whole, pointer);
    if (pointer !== undefined && (typeof value === "boolean" || follow(value) !== undefined)) return { pointer, value };
    unresolved.add(reference);
    return undefined;
  };

  return {
    paths,
    servers: document.servers,
    components: parts,
    componentSchemas: isRecord(parts.schemas) ? parts.schemas : {},
    unresolved,
    follow,
    locate,
  };
}
