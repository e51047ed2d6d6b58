/** Where an operation stands in a description. */

/** An operation where the document has it. */
export interface OperationSource {
  readonly operationId: string | undefined;
  /** Upper case. */
  readonly method: string;
  readonly path: string;
  readonly operation: Record<string, unknown>;
  readonly pathItem: Record<string, unknown>;
}

/** Where an operation's parameters stand: with its path, and its own, which win. */
export function listsOf({ pathItem, operation }: OperationSource): readonly unknown[] {
  return [pathItem.parameters, operation.parameters];
}
