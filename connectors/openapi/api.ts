/** The operations of a description, derived once for each description object, however often connectors are made. */
import { isRecord } from "../../src/connector/schema.ts";
import { createDefinitions } from "./definitions.ts";
import { openDocument } from "./document.ts";
import { nameOperations } from "./names.ts";
import { deriveOperation, type Operation, type OperationSource } from "./operation.ts";
import type { SuppliedParameter } from "./parameters.ts";
import type { OpenApiNameCollision } from "./types.ts";

/** A description, ready for use. */
export interface Api {
  readonly operations: readonly Operation[];
  readonly servers: unknown;
  readonly collisions: readonly OpenApiNameCollision[];
  /** References that lead nowhere, other documents included; what they stood for accepts anything. */
  readonly unresolved: ReadonlySet<string>;
}

/** `TRACE` is missing: no platform's `fetch` sends it. */
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch"] as const;

function operationId(operation: Record<string, unknown>): string | undefined {
  return typeof operation.operationId === "string" && operation.operationId !== "" ? operation.operationId : undefined;
}

function derive(spec: unknown, supplied: SuppliedParameter | undefined): Api {
  const document = openDocument(spec);
  const sources: OperationSource[] = [];
  for (const [path, raw] of Object.entries(document.paths)) {
    const pathItem = document.follow(raw)?.value;
    if (pathItem === undefined || !path.startsWith("/")) continue;
    for (const method of METHODS) {
      const operation = pathItem[method];
      if (!isRecord(operation)) continue;
      sources.push({ operationId: operationId(operation), method: method.toUpperCase(), path, operation, pathItem });
    }
  }
  const { names, collisions } = nameOperations(sources);
  const input = createDefinitions(document, "input");
  const output = createDefinitions(document, "output");
  const operations = sources.flatMap((source, index) => {
    const named = names[index];
    return named === undefined ? [] : deriveOperation(source, named, { document, input, output, supplied });
  });
  return { operations, servers: document.servers, collisions, unresolved: document.unresolved };
}

/** By description, then by the parameter that is filled in: descriptions are large and connectors are made per request. */
const apis = new WeakMap<object, Map<string, Api>>();

/**
 * The operations of a description.
 *
 * @throws CodemodeError `INVALID_SCHEMA`, naming what is wrong with the description.
 */
export function apiOf(spec: unknown, supplied?: SuppliedParameter): Api {
  if (typeof spec !== "object" || spec === null) return derive(spec, supplied);
  const known = apis.get(spec) ?? new Map<string, Api>();
  apis.set(spec, known);
  const key = supplied === undefined ? "" : `${supplied.in}:${supplied.name}`;
  const api = known.get(key) ?? derive(spec, supplied);
  known.set(key, api);
  return api;
}
