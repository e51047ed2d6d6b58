/** Where operations stand in a description. */
import { isRecord } from "../../src/connector/schema.ts";

/** An operation where the document has it. */
export interface OperationSource {
  readonly operationId: string | undefined;
  /** Upper case; of an additional operation as the description writes it. */
  readonly method: string;
  readonly path: string;
  readonly operation: Record<string, unknown>;
  readonly pathItem: Record<string, unknown>;
}

/** Members of a path that are operations. `TRACE` is missing: no platform's `fetch` sends it. */
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "query"] as const;

/** What has a member of its own would otherwise come under another policy; the others no `fetch` sends. */
const NOT_ADDITIONAL: ReadonlySet<string> = new Set([...METHODS, "connect", "trace", "track"]);

const METHOD_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** Calls `tell` for each operation of a path: those of the members first, then the additional ones of OpenAPI 3.2. */
export function eachOperation(
  pathItem: Record<string, unknown>,
  tell: (method: string, operation: Record<string, unknown>) => void,
): void {
  for (const member of METHODS) {
    const operation = pathItem[member];
    if (isRecord(operation)) tell(member.toUpperCase(), operation);
  }
  const { additionalOperations } = pathItem;
  if (!isRecord(additionalOperations)) return;
  for (const [method, operation] of Object.entries(additionalOperations)) {
    if (!isRecord(operation) || NOT_ADDITIONAL.has(method.toLowerCase()) || !METHOD_NAME.test(method)) continue;
    tell(method, operation);
  }
}

/** Where an operation's parameters stand: with its path, and its own, which win. */
export function listsOf({ pathItem, operation }: OperationSource): readonly unknown[] {
  return [pathItem.parameters, operation.parameters];
}
