/**
 * Every failure this project can name: one table of codes, one error class, one way to recognise it.
 *
 * Callers compare `code`; `message` is for reading and says the next step. `audience` says who can act on it:
 * the `model` that wrote the program, the `host` developer, or the `operator` who decides and repairs.
 */

/** What each code means and who can act on it. Adding a row here is the only way to add an error. */
export const ERROR_CODES = {
  // The program, as text
  SYNTAX_ERROR: { audience: "model", meaning: "The program does not parse." },
  PROGRAM_TOO_LARGE: {
    audience: "model",
    meaning: "The program text, or all saved ones together, are over the limit.",
  },
  // The program, running
  PROGRAM_ERROR: { audience: "model", meaning: "The program threw." },
  UNKNOWN_TOOL: { audience: "model", meaning: "No tool of that name; the message lists near names." },
  UNKNOWN_TARGET: { audience: "model", meaning: "Nothing of that name to describe or run." },
  INVALID_ARGUMENTS: {
    audience: "model",
    meaning: "Arguments do not match the tool's schema; the message names the path.",
  },
  VALUE_TOO_LARGE: { audience: "model", meaning: "One value is over the size limit of the journal." },
  UNSERIALIZABLE: {
    audience: "model",
    meaning: "A value cannot leave the program (a function, a symbol, a host object).",
  },
  TOO_MANY_CALLS: { audience: "model", meaning: "The execution made more calls than its limit." },
  JOURNAL_FULL: { audience: "model", meaning: "The execution recorded more than its journal may hold." },
  TOO_MANY_CALLS_IN_FLIGHT: { audience: "model", meaning: "Too many calls were open at once." },
  FUEL_EXHAUSTED: {
    audience: "model",
    meaning: "The program ran too many loop iterations and function calls: probably an endless loop.",
  },
  TIMEOUT: { audience: "model", meaning: "The program, or one call of a tool, used more wall time than allowed." },
  DEADLOCK: { audience: "model", meaning: "The program waits for something that nothing will ever resolve." },
  DIVERGED: { audience: "model", meaning: "On replay the program asked for something else than it did before." },
  UNAVAILABLE: { audience: "model", meaning: "A platform feature that the sandbox leaves out on purpose." },
  TOOL_ERROR: { audience: "model", meaning: "A tool threw." },
  REJECTED: { audience: "model", meaning: "A person rejected the action." },
  CANCELLED: { audience: "model", meaning: "The execution was cancelled." },
  // Decisions that people make
  NOT_FOUND: { audience: "host", meaning: "No execution, entry or snippet of that id or name." },
  NOT_PENDING: {
    audience: "operator",
    meaning: "The action is not (or no longer) waiting for a decision; nothing changed.",
  },
  STALE_DECISION: {
    audience: "operator",
    meaning: "The decision names something else than what is pending now; nothing changed.",
  },
  IN_DOUBT: { audience: "operator", meaning: "A call may or may not have run; a person must say which." },
  ILLEGAL_TRANSITION: { audience: "host", meaning: "The execution's status does not allow this." },
  // Set-up
  INVALID_INPUT: { audience: "host", meaning: "An argument of a public function is wrong; nothing was written." },
  INVALID_NAME: {
    audience: "host",
    meaning: "A connector, tool or snippet name is reserved, duplicated or malformed.",
  },
  INVALID_TOOL: { audience: "host", meaning: "A tool's declaration contradicts itself." },
  INVALID_SCHEMA: { audience: "host", meaning: "A JSON Schema or an API description cannot be used." },
  MISSING_CONNECTOR: {
    audience: "host",
    meaning: "The execution or snippet needs a connector that is not configured.",
  },
  NEWER_JOURNAL: {
    audience: "host",
    meaning:
      "A newer version of this package wrote the journal, or an execution in it that cannot be read; nothing changed.",
  },
  // The sandbox and its protocol
  PROTOCOL_VIOLATION: { audience: "host", meaning: "The sandbox sent what an honest shim never sends." },
  SANDBOX_FAILED: { audience: "host", meaning: "The sandbox could not be started or died." },
  INTERRUPTED: { audience: "host", meaning: "The process died while the execution ran; it will be recovered." },
  // Connectors that speak to a network
  REQUEST_FAILED: { audience: "model", meaning: "A remote API answered with an error." },
  REQUEST_REFUSED: {
    audience: "model",
    meaning: "A request was outside of what the connector allows (host, redirect, size).",
  },
  CONNECTION_LOST: { audience: "host", meaning: "A remote server went away or answered with nonsense." },
  INTERNAL: { audience: "host", meaning: "A bug in this package." },
} as const satisfies Record<string, { audience: "model" | "host" | "operator"; meaning: string }>;

/** A code of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * The one error class of this package.
 *
 * @example
 * ```ts
 * try { await runtime.approve({ executionId, seq, digest }); }
 * catch (error) { if (isCodemodeError(error) && error.code === "STALE_DECISION") refreshQueue(); else throw error; }
 * ```
 */
export class CodemodeError extends Error {
  readonly code: ErrorCode;
  /** Structured details, safe to show: never secrets, never tool credentials. */
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, data: Readonly<Record<string, unknown>> = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = "CodemodeError";
    this.code = code;
    this.data = data;
  }
}

/** Whether a value names one of the codes: what crossed a boundary may be any text. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(ERROR_CODES, value);
}

/**
 * Whether a value is an error of this package, also after it crossed RPC or came from another copy of the bundle.
 * `instanceof` holds in neither case; the code does.
 */
export function isCodemodeError(value: unknown): value is CodemodeError {
  return value instanceof Error && isErrorCode(Reflect.get(value, "code"));
}
