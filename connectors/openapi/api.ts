/** The operations of a description, derived once for each description object, however often connectors are made. */
import { Definitions } from "./definitions.ts";
import { openDocument } from "./document.ts";
import { nameOperations, releasedNames } from "./names.ts";
import { deriveOperation, eachSuccess, type Operation } from "./operation.ts";
import { eachOperation, type OperationSource } from "./operation-source.ts";
import type { SuppliedParameter } from "./parameters.ts";
import { followingOnce, locateReferences } from "./references.ts";
import { nameComponents } from "./schema-names.ts";
import type { OpenApiDocuments, OpenApiNameCollision } from "./types.ts";

/** A description, ready for use. */
export interface Api {
  readonly operations: readonly Operation[];
  /** Names of the released package with the names that operations have here. Made when somebody looks. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly servers: unknown;
  readonly collisions: readonly OpenApiNameCollision[];
  /** References that lead nowhere, or to documents that were not handed in; what they stood for accepts anything. */
  readonly unresolved: ReadonlySet<string>;
}

function operationId(operation: Record<string, unknown>): string | undefined {
  return typeof operation.operationId === "string" && operation.operationId !== "" ? operation.operationId : undefined;
}

function derive(spec: unknown, supplied: SuppliedParameter | undefined, documents: OpenApiDocuments): Api {
  const document = followingOnce(openDocument(spec, documents));
  const sources: OperationSource[] = [];
  for (const [path, raw] of Object.entries(document.paths)) {
    const pathItem = document.follow(raw)?.value;
    if (pathItem === undefined || !path.startsWith("/")) continue;
    eachOperation(pathItem, (method, operation) => {
      sources.push({ operationId: operationId(operation), method, path, operation, pathItem });
    });
  }
  locateReferences(document, (look) => {
    sources.forEach(({ operation, pathItem }) => {
      look(pathItem.parameters);
      look(operation.parameters);
      look(operation.requestBody);
      eachSuccess(document, operation.responses, look);
    });
  });
  const { names, collisions } = nameOperations(sources);
  const components = nameComponents(document);
  const input = new Definitions(document, "input", components);
  const output = new Definitions(document, "output", components);
  const derivation = { document, input, output, supplied };
  const operations = sources.flatMap((source, index) => {
    const name = names[index];
    return name === undefined ? [] : deriveOperation(source, name, derivation);
  });
  let aliases: ReadonlyMap<string, string> | undefined;
  return {
    operations,
    get aliases() {
      aliases ??= releasedNames(operations);
      return aliases;
    },
    servers: document.servers,
    collisions,
    unresolved: document.unresolved,
  };
}

const ALONE: OpenApiDocuments = {};

/**
 * By description, by the documents that it refers to, then by the parameter that is filled in: descriptions are large and
 * connectors are made per request.
 */
const apis = new WeakMap<object, WeakMap<OpenApiDocuments, Map<string, Api>>>();

/**
 * The operations of a description.
 *
 * @param documents - the same object each time, as the description.
 * @throws CodemodeError `INVALID_SCHEMA`, naming what is wrong with the description.
 */
export function apiOf(spec: unknown, supplied?: SuppliedParameter, documents = ALONE): Api {
  if (typeof spec !== "object" || spec === null) return derive(spec, supplied, documents);
  const ofSpec = apis.get(spec) ?? new WeakMap<OpenApiDocuments, Map<string, Api>>();
  apis.set(spec, ofSpec);
  const known = ofSpec.get(documents) ?? new Map<string, Api>();
  ofSpec.set(documents, known);
  const key = supplied === undefined ? "" : `${supplied.in}:${supplied.name}`;
  const api = known.get(key) ?? derive(spec, supplied, documents);
  known.set(key, api);
  return api;
}
