/** Rows of executions to records and back. */
import type { ExecutionStatus } from "../journal/public.ts";
import { EXECUTION_STATUSES, isTerminal, TERMINAL_STATUSES } from "../journal/states.ts";
import { number, numberOrNone, oneOf, text, textOrNone, texts, textsByName } from "./cells.ts";

/** Reads the status of a row. */
export function statusOf(cell: unknown): ExecutionStatus {
  return oneOf(EXECUTION_STATUSES, cell);
}

/** In the order in which {@link recordOf} reads them. */
const EXECUTION_COLUMNS = [
  "n", "id", "status", "code", "seed", "connectors", "snippets", "passes", "calls", "created_at", "updated_at", "result", "error",
  "error_code", "error_line", "logs", "limits",
] as const; // biome-ignore format: a list of names

export const SELECT_EXECUTIONS = `SELECT ${EXECUTION_COLUMNS.join(", ")} FROM executions`;

/** An execution without its entries. Values are encoded text. */
export interface ExecutionRecord {
  /** Row number: executions are listed by it, newest first. */
  readonly n: number;
  readonly id: string;
  status: ExecutionStatus;
  readonly code: string;
  readonly seed: string;
  readonly connectors: readonly string[];
  /** Snippets as they were when the execution began: content hash by name. */
  readonly snippets: Readonly<Record<string, string>>;
  /** Under which every pass is run, as on disk: who runs one reads them (`kept-limits.ts`), who lists thousands does not. */
  readonly limits: string | undefined;
  passes: number;
  calls: number;
  readonly createdAt: number;
  updatedAt: number;
  result: string | undefined;
  error: string | undefined;
  errorCode: string | undefined;
  errorLine: number | undefined;
  logs: readonly string[] | undefined;
}

/** The long texts with which an execution's row begins, as they are stored: what is added later has to fit beside them. */
export function writtenAtFirst({ code, connectors, snippets }: ExecutionRecord): string[] {
  return [code, JSON.stringify(connectors), JSON.stringify(snippets)];
}

export function recordOf(cells: readonly unknown[]): ExecutionRecord {
  const [
    n, id, status, code, seed, connectors, snippets, passes, calls, createdAt, updatedAt, result, error, errorCode, errorLine, logs,
    limits,
  ] = cells; // biome-ignore format: a list of names
  return {
    n: number(n),
    id: text(id),
    status: statusOf(status),
    code: text(code),
    seed: text(seed),
    connectors: texts(connectors),
    snippets: textsByName(snippets),
    limits: textOrNone(limits),
    passes: number(passes),
    calls: number(calls),
    createdAt: number(createdAt),
    updatedAt: number(updatedAt),
    result: textOrNone(result),
    error: textOrNone(error),
    errorCode: textOrNone(errorCode),
    errorLine: numberOrNone(errorLine),
    logs: logs === null ? undefined : texts(logs),
  };
}

const inQuotes = (statuses: readonly ExecutionStatus[]) => statuses.map((status) => `'${status}'`).join(", ");
/** For SQL: `IN (...)`. */
export const TERMINAL = inQuotes(TERMINAL_STATUSES);
/** For SQL: of no use to a program any more. What a status of a newer version allows is not known. */
export const CALLS_NOTHING = inQuotes([...TERMINAL_STATUSES, "rolling_back"]);
export const GOING_ON = inQuotes(EXECUTION_STATUSES.filter((status) => !isTerminal(status)));
