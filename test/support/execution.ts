/** Executions without a runtime: as one begins in the store, and its record as the store would give it. */
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import type { ExecutionRecord } from "../../src/store/executions.ts";
import type { NewExecution } from "../../src/store/store.ts";

/** For the store's `create`. */
export function newExecution(own: Partial<NewExecution> = {}): NewExecution {
  return {
    id: "exec_1",
    code: "async () => 1",
    seed: "00",
    connectors: ["bank"],
    snippets: {},
    limits: DEFAULT_LIMITS,
    createdAt: 1,
    ...own,
  };
}

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
