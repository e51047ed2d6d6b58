/** An execution's record as the store would give it, for tests of what stands above the store. */
import type { ExecutionRecord } from "../../src/store/executions.ts";

export function executionRecord(own: Partial<ExecutionRecord> = {}): ExecutionRecord {
  return {
    n: 1,
    id: "exec_1",
    status: "running",
    code: "",
    seed: "",
    connectors: [],
    snippets: {},
    limits: undefined,
    passes: 1,
    calls: 0,
    createdAt: 0,
    updatedAt: 0,
    result: undefined,
    error: undefined,
    errorCode: undefined,
    errorLine: undefined,
    logs: undefined,
    ...own,
  };
}
