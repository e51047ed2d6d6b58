/** What waits for a person, as a model reads it: each action by name, and no more of it than a sentence about it needs. */
import { isRecord } from "../connector/schema.ts";
import { digestInPart } from "../runtime/digest.ts";
import { truncateResult } from "../truncate.ts";
import { toData } from "./conversation.ts";

/** Characters of the arguments of all actions together: about 6,000 tokens, as for the console. */
const MAX_ARGUMENTS_CHARS = 24_000;

/** However many there are, each shows so much. */
const MIN_ARGUMENTS_CHARS = 200;

/**
 * An action without what ran before it, which the program's author knows. Where its arguments are cut its digest says so, for a screen
 * may be drawn from this: what runs was seen (G5).
 */
function actionForModel({ before: _, ...action }: Record<string, unknown>, maxChars: number): Record<string, unknown> {
  const { args, digest, argsLeftOut } = action;
  const data = toData(args);
  const shown = truncateResult(data, { maxChars });
  if (shown === data || argsLeftOut === true) return { ...action, args: shown };
  return {
    ...action,
    args: shown,
    argsLeftOut: true,
    ...(typeof digest === "string" && { digest: digestInPart({ digest }) }),
  };
}

/** What an outcome has under `pending`; anything else there is as it is. */
export function pendingForModel(pending: unknown): unknown {
  if (!Array.isArray(pending)) return pending;
  const maxChars = Math.max(MIN_ARGUMENTS_CHARS, Math.floor(MAX_ARGUMENTS_CHARS / pending.length));
  return pending.map((action: unknown) => (isRecord(action) ? actionForModel(action, maxChars) : action));
}
