/** How a program's own error becomes the run's: with its line. What the model needs to mend it the host adds (`advice.ts`). */
import { type Done, MAX_NAME_CHARS } from "../../wire/messages.ts";
import { encodeFailure } from "../../wire/values.ts";
import { programLine, snippetPlace } from "./lines.ts";

export function describeEnd(thrown: unknown): Done {
  try {
    return describeError(thrown);
  } catch {
    // What was thrown throws when it is looked at: a proxy, a getter.
    return { ok: false, value: encodeFailure(new Error("The program threw something that cannot be read.")) };
  }
}

function describeError(thrown: unknown): Done {
  const line = thrown instanceof Error ? programLine(thrown) : undefined;
  const snippet = thrown instanceof Error ? snippetPlace(thrown) : undefined;
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
  return {
    ok: false,
    value: encodeFailure(thrown),
    ...(typeof code === "string" && code.length <= MAX_NAME_CHARS && { code }),
    ...(line !== undefined && { line }),
    ...(snippet !== undefined && { snippet }),
  };
}
