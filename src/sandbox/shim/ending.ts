/** How a program's own error becomes the run's: with the line, and with what the model needs to mend it. */
import { type Done, MAX_NAME_CHARS } from "../../wire/messages.ts";
import { encodeFailure } from "../../wire/values.ts";
import { ABSENT } from "./globals.ts";
import { programLine } from "./lines.ts";

const NOT_DEFINED = /^([A-Za-z_$][\w$]*) is not defined$/;

/** A name that does not exist is answered with those that do. */
function explainReference(error: ReferenceError, globals: readonly string[]): Error {
  const name = NOT_DEFINED.exec(error.message)?.[1];
  if (name === undefined) return error;
  const reason = Object.hasOwn(ABSENT, name) ? `: ${ABSENT[name]}` : "";
  const explained = new ReferenceError(
    `${error.message}${reason}. Available globals: ${globals.join(", ")}, console and standard JavaScript.`,
  );
  Object.defineProperty(explained, "stack", { value: error.stack });
  return explained;
}

export function describeEnd(thrown: unknown, globals: readonly string[]): Done {
  try {
    return describeError(thrown, globals);
  } catch {
    // What was thrown throws when it is looked at: a proxy, a getter.
    return { ok: false, value: encodeFailure(new Error("The program threw something that cannot be read.")) };
  }
}

function describeError(thrown: unknown, globals: readonly string[]): Done {
  const error = thrown instanceof ReferenceError ? explainReference(thrown, globals) : thrown;
  const line = thrown instanceof Error ? programLine(thrown) : undefined;
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
  return {
    ok: false,
    value: encodeFailure(error),
    ...(typeof code === "string" && code.length <= MAX_NAME_CHARS && { code }),
    ...(line !== undefined && { line }),
  };
}
