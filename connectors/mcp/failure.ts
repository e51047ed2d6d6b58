/** Says what a failed request to an MCP server means: whether it ran, and whether a new connection can help. */
import { withoutSecrets } from "../../src/connector/secrets.ts";
import { unreadable } from "../../src/connector/unreadable.ts";
import { CodemodeError, isCodemodeError } from "../../src/errors.ts";

/**
 * - `not-sent`: the server never accepted it, so sending it again over a new connection is safe for every tool.
 * - `lost`: the connection went while it ran; it may or may not have taken effect.
 * - `slow`: no answer in time; the same doubt, and a new connection would not help.
 * - `nonsense`: the client could not read the answer.
 * - `refused`: the server or what stands before it said no.
 * - `answered`: the server answered with an error.
 */
export type FailureKind = "not-sent" | "lost" | "slow" | "nonsense" | "refused" | "answered";

/** Codes of the v2 SDK and of Node's sockets. */
const BY_CODE: ReadonlyMap<unknown, FailureKind> = new Map<unknown, FailureKind>([
  ["NOT_CONNECTED", "not-sent"],
  ["NOT_INITIALIZED", "not-sent"],
  ["ECONNREFUSED", "not-sent"],
  ["ENOTFOUND", "not-sent"],
  ["CONNECTION_CLOSED", "lost"],
  ["SEND_FAILED", "lost"],
  ["ECONNRESET", "lost"],
  ["EPIPE", "lost"],
  ["UND_ERR_SOCKET", "lost"],
  ["REQUEST_TIMEOUT", "slow"],
  ["INVALID_RESULT", "nonsense"],
  ["UNSUPPORTED_RESULT_TYPE", "nonsense"],
  ["CLIENT_HTTP_UNEXPECTED_CONTENT", "nonsense"],
]);

type Sentences = readonly (readonly [pattern: RegExp, kind: FailureKind])[];

/** What has a number of JSON-RPC: the v1 SDK shares its numbers with the servers' own errors, whose words mean nothing here. */
const NUMBERED: Sentences = [
  [/^(MCP error -32000: )?Not connected$/, "not-sent"],
  // Not any word about sessions: a tool that failed to save one has run.
  [/^MCP error -3200[01]: .*(session (not found|expired|terminated)|(no valid|invalid|unknown) session)/i, "not-sent"],
  [/^MCP error -32000: Connection closed/, "lost"],
  [/^MCP error -32001: .*time(d )?-?out/i, "slow"],
  // Both SDKs check structured content against the output schema themselves.
  [/structured content/i, "nonsense"],
  // A page of something that stands before the server, in the place of its answer.
  [/^Streamable HTTP error: Unexpected content type/, "nonsense"],
];

/** What has no code at all: sockets, streams and `fetch` have only a sentence. */
const UNNUMBERED: Sentences = [
  ...NUMBERED,
  [/connection (was )?(lost|closed)|socket hang up|fetch failed|terminated$/i, "lost"],
];

/** Statuses of Streamable HTTP. 404 is how a server says that it does not know the session (any more). */
function byStatus(status: number, text: string): FailureKind | undefined {
  if (status === 404) return "not-sent";
  if (status === 400) return /session/i.test(text) ? "not-sent" : "refused";
  if (status >= 400 && status < 500) return "refused";
  if (status >= 500 && status < 600) return "lost";
  return undefined;
}

function read(error: unknown, key: string): unknown {
  return typeof error === "object" && error !== null ? Reflect.get(error, key) : undefined;
}

/** An error of JSON-RPC may have any number, 404 too: it came as an answer, so the request was not lost on the way. */
function isAnswer(error: unknown, text: string): boolean {
  return ["McpError", "ProtocolError"].includes(String(read(error, "name"))) || /^MCP error -?\d+/.test(text);
}

/** What a rejected request means. The cause is asked too: `fetch` wraps the socket's error. */
export function kindOfFailure(error: unknown): FailureKind {
  const code = read(error, "code");
  const text = error instanceof Error ? error.message : String(error);
  const status = isAnswer(error, text) ? undefined : (read(error, "status") ?? code);
  const known = (typeof status === "number" ? byStatus(status, text) : undefined) ?? BY_CODE.get(code);
  if (known !== undefined) return known;
  // Clients parse answers as JSON, and then with Zod, whose errors say what was expected of a well-behaved server.
  if (/ZodError|^SyntaxError$/.test(String(read(error, "name")))) return "nonsense";
  const cause = read(error, "cause");
  if (cause !== undefined && cause !== error) {
    const kind = kindOfFailure(cause);
    if (kind !== "answered") return kind;
  }
  const sentences = typeof code === "number" ? NUMBERED : UNNUMBERED;
  return sentences.find(([pattern]) => pattern.test(text))?.[1] ?? "answered";
}

const SENTENCES: Readonly<Record<FailureKind, (where: string, reason: string) => string>> = {
  "not-sent": (where, reason) => `${where} was not sent: the MCP server cannot be reached (${reason}). It did not run.`,
  lost: (where, reason) => `${where}: the connection to the MCP server was lost (${reason}). It may have run.`,
  slow: (where, reason) => `${where}: the MCP server did not answer in time (${reason}). It may have run.`,
  nonsense: (where, reason) => `${where}: the MCP server's answer cannot be used (${reason}). It may have run.`,
  refused: (where, reason) => `${where} was refused by the MCP server: ${reason}`,
  answered: (_where, reason) => reason,
};

const CODES = {
  "not-sent": "CONNECTION_LOST",
  lost: "CONNECTION_LOST",
  slow: "CONNECTION_LOST",
  nonsense: "CONNECTION_LOST",
  refused: "REQUEST_FAILED",
  answered: "TOOL_ERROR",
} as const satisfies Record<FailureKind, string>;

/** The error that a program catches for a failed request; `data.mayHaveRun` says whether there may be an effect. */
export function toCodemodeError(where: string, error: unknown): CodemodeError {
  if (isCodemodeError(error)) return error;
  const kind = kindOfFailure(error);
  const said = error instanceof Error && error.message !== "" ? error.message : String(error);
  // What the server itself says of a call is its answer. The rest comes from clients, who name addresses and headers.
  const reason = kind === "answered" ? said : withoutSecrets(said);
  // An error of a client may hold its request; it goes along only where its words are innocent.
  const cause = reason === said ? { cause: error } : {};
  const mayHaveRun = kind === "lost" || kind === "slow" || kind === "nonsense";
  return new CodemodeError(CODES[kind], SENTENCES[kind](where, reason), { where, mayHaveRun }, cause);
}

/** The error of everybody who needs a connection that cannot be made: whatever it was, nothing was asked of the server. */
export function connectError(connector: string, error: unknown): CodemodeError {
  return unreadable(connector, error, {
    code: kindOfFailure(error) === "refused" ? CODES.refused : "CONNECTION_LOST",
    failed: "cannot connect",
    next: "Check the MCP server, and the address and credentials that createConnection() (or connect) uses.",
    data: { where: `${connector}: connecting`, mayHaveRun: false },
  });
}

const UNREACHABLE = "See whether the MCP server runs and can be reached.";

/** What to do about a list of tools that cannot be read. */
const LIST_ADVICE: Readonly<Record<FailureKind, string>> = {
  "not-sent": UNREACHABLE,
  lost: UNREACHABLE,
  slow: UNREACHABLE,
  nonsense: "The MCP server must mend it.",
  refused: "Check the credentials that createConnection() (or connect) uses.",
  answered: "The server's own log may say more; until it lists its tools, programs can call none of them.",
};

/** The error of everybody who needs a list of tools that cannot be read. It is no call: nothing may have run. */
export function listError(connector: string, error: unknown): CodemodeError {
  const kind = kindOfFailure(error);
  return unreadable(connector, error, {
    code: kind === "answered" ? "REQUEST_FAILED" : CODES[kind],
    failed: "cannot read the MCP server's list of tools",
    next: LIST_ADVICE[kind],
    data: { where: `${connector}: tools/list`, mayHaveRun: false },
  });
}
