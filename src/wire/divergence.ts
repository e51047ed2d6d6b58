/** How a divergence is told, by guest and host alike: what the program asked for before, and what it asks for now (G9). */
import { type Request, requestKey } from "./messages.ts";
import { cutMessage } from "./values.ts";

/** Characters of a call's arguments that are shown: enough to find the call. */
const MAX_ARGUMENTS = 200;

/** Characters of what the program failed with. */
const MAX_REASON = 1_000;

/** Where a replay differs from its record. */
export interface Difference {
  readonly seq: number;
  /** The {@link requestKey} of what is recorded. */
  readonly before: string;
  /** Absent where the program does not ask for it any more. */
  readonly now?: Request | undefined;
  /** What the program failed with before it came to ask for it. */
  readonly failed?: string | undefined;
  readonly line?: number | undefined;
}

/** JSON as one writes it in a call; of values that JSON cannot hold, the text as it is recorded. */
function argumentsOf(encoded: string): string {
  const text = encoded.startsWith("=[") ? encoded.slice(2, -1) : encoded;
  return text.length > MAX_ARGUMENTS ? `${text.slice(0, MAX_ARGUMENTS).toWellFormed()} …` : text;
}

function asWritten(key: string): string {
  const [kind, ...parts] = key.split("\n");
  const [first, second, ...rest] = parts;
  if (kind === "call") return `${first}.${second}(${argumentsOf(rest.join("\n"))})`;
  return kind === "step" ? `codemode.step(${JSON.stringify(parts.join("\n"))})` : `a timer of ${first} ms`;
}

function whyNot(failed: string | undefined): string {
  if (failed === undefined) return "";
  return `, because the program failed: ${cutMessage(failed, MAX_REASON).replace(/\.$/, "")}`;
}

/** The error in words. */
export function describeDifference({ seq, before, now, failed, line }: Difference): string {
  const place = line === undefined ? "" : ` (line ${line})`;
  const instead = now === undefined ? `it is not made${whyNot(failed)}` : `it is ${asWritten(requestKey(now))}`;
  return `On replay the program did something else than before. Before, call ${seq} was ${asWritten(before)}; now ${instead}${place}. What ran stays recorded and can be rolled back.`;
}
