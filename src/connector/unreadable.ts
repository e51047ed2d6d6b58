/** The errors of a connector that cannot say what it has: whoever has five of them is told which, why, and what to do. */
import { CodemodeError, type ErrorCode, isCodemodeError } from "../errors.ts";
import { withoutSecrets } from "./secrets.ts";

/** How the words of somebody else become an error of a connector. */
interface Unreadable {
  readonly code: ErrorCode;
  /** What could not be done. */
  readonly failed: string;
  /** What to do about it. */
  readonly next: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** `fetch` says only that it failed; why, says what it failed with. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error) || error.message === "") return String(error);
  const { cause, message } = error;
  return cause instanceof Error && cause.message !== "" ? `${message}: ${cause.message}` : message;
}

/** An error that has its words, under the connector's name where they do not begin with it. */
export function named(connector: string, error: CodemodeError): CodemodeError {
  const { code, message, data } = error;
  if (message.startsWith(`${connector}:`) || message.startsWith(`${connector}.`)) return error;
  return new CodemodeError(code, `${connector}: ${message}`, { connector, ...data }, { cause: error.cause });
}

/** What somebody else threw, as the error of a connector. Their words may hold credentials, and so may what they threw. */
export function unreadable(connector: string, error: unknown, { code, failed, next, data }: Unreadable): CodemodeError {
  if (isCodemodeError(error)) return named(connector, error);
  const said = wordsOf(error);
  const reason = withoutSecrets(said);
  return new CodemodeError(
    code,
    `${connector}: ${failed}: ${reason.replace(/\.$/, "")}. Nothing was called. ${next}`,
    { connector, ...data },
    reason === said ? { cause: error } : {},
  );
}
