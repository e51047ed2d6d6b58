/** What is behind an error that says little itself: its cause, and the errors that it collects. */

/** What is told of errors that a hostile program may have made: so many of each kind, and so much of each. */
const MAX_CAUSES = 3;
const MAX_ERRORS = 5;
const MAX_REASON_CHARS = 300;

/** What an object says where it was taken for a text, and what stands in the record where causes lead in a circle. */
const SAYS_NOTHING: ReadonlySet<unknown> = new Set(["", String({})]);

/** What an error or a failure says, cut; nothing where it has no words. */
function wordsOf(reason: unknown): string | undefined {
  const words: unknown = reason instanceof Error ? reason.message : reason;
  if (typeof words !== "string" || SAYS_NOTHING.has(words)) return undefined;
  return words.length > MAX_REASON_CHARS ? `${words.slice(0, MAX_REASON_CHARS)}…` : words;
}

const withoutStop = (text: string) => text.replace(/\.$/, "");

/** `message` with the causes of an error, from the nearest on; what the words before say already is not said again. */
function withCauses(message: string, error: object): string {
  let told = message;
  let from: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES && typeof from === "object" && from !== null; depth += 1) {
    from = Reflect.get(from, "cause");
    const words = wordsOf(from);
    if (words === undefined) break;
    if (!told.includes(words)) told = `${withoutStop(told)}. Cause: ${words}`;
  }
  return told;
}

/** What each of several errors says, once. */
function listed(errors: readonly unknown[]): string | undefined {
  const counts = new Map<string, number>();
  for (const error of errors) {
    const words = wordsOf(error);
    const reason =
      words !== undefined && typeof error === "object" && error !== null ? withCauses(words, error) : words;
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const reasons = Array.from(counts, ([reason, count]) =>
    count === 1 ? reason : `${withoutStop(reason)} (${count} times)`,
  );
  if (reasons.length < 2) return reasons[0];
  const shown = reasons.slice(0, MAX_ERRORS).map((reason, at) => `(${at + 1}) ${withoutStop(reason)}`);
  const more = reasons.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

/**
 * The sentence of a failed end with what is behind it.
 *
 * @param failure as it was recorded: a cause that is no error and no text is what was thrown itself, and says nothing more.
 */
export function withReasons(sentence: string, failure: { readonly errors?: unknown }): string {
  const reasons = Array.isArray(failure.errors) ? listed(failure.errors) : undefined;
  return withCauses(reasons === undefined ? sentence : `${withoutStop(sentence)}: ${reasons}`, failure);
}
