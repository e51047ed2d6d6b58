/** What a run says of itself when it is over: its console, and the sentence of a failed end. */
import type { Limits } from "../limits.ts";
import { CONSOLE_FULL, type ConsoleLine, type Done } from "../wire/messages.ts";
import { decodeValue, isFailure } from "../wire/values.ts";
import { adviceOn, type Program } from "./advice.ts";
import { withReasons } from "./reasons.ts";

/** A console line as the released package gives it: one string, with the level where it is not plain output. */
function formatLine({ level, text }: ConsoleLine): string {
  return level === "warn" || level === "error" ? `[${level}] ${text}` : text;
}

/** The last line of a console that was longer. */
const FULL = `[warn] ${CONSOLE_FULL}`;

/** A line as it is stored, in a list that is JSON: there a control character is six bytes. */
function storedBytes(line: string): number {
  return new TextEncoder().encode(JSON.stringify(line)).byteLength + 1;
}

/** The console of a run. The guest bounds it; nobody takes the guest's word for it. */
export class KeptConsole {
  readonly lines: string[] = [];
  #chars: number;
  #bytes: number;
  #full = false;

  /** @param maxBytes what all lines may come to as they are stored. */
  constructor(
    { maxConsoleChars, maxConsoleLineChars }: Pick<Limits, "maxConsoleChars" | "maxConsoleLineChars">,
    maxBytes = Number.POSITIVE_INFINITY,
  ) {
    // The shim's own last line says that more was left out.
    this.#chars = maxConsoleChars + maxConsoleLineChars;
    this.#bytes = maxBytes - storedBytes(FULL);
  }

  keep(lines: readonly ConsoleLine[]): void {
    for (const { level, text } of lines) {
      if (this.#full) return;
      const line = formatLine({ level, text });
      this.#chars -= text.length + 1;
      this.#bytes -= storedBytes(line);
      this.#full = this.#chars < 0 || this.#bytes < 0;
      this.lines.push(this.#full ? FULL : line);
    }
  }
}

/** An honest shim cuts messages itself, at less. */
const MAX_REASON_CHARS = 20_000;

const FUEL_MESSAGE =
  "The program ran too many loop iterations and function calls, and was stopped. Look for a loop that never ends, or do less in one run.";

/** Where a snippet threw, for whoever reads only the program. */
function placeIn({ snippetIn }: Program, { snippet }: Done): string {
  const name = snippet && snippetIn?.(snippet.module);
  return name === undefined ? "" : ` (line ${snippet?.line} of the snippet ${JSON.stringify(name)})`;
}

/** The sentence of a failed end; never empty, because absence of a sentence must not read as success. */
export function failureMessage(done: Done, program: Program): string {
  if (done.code === "FUEL_EXHAUSTED") return FUEL_MESSAGE;
  let failure: unknown;
  try {
    failure = decodeValue(done.value);
  } catch {
    // A hostile program wrote what is no value.
  }
  if (!isFailure(failure)) return "The program failed.";
  const message = failure.message === "" ? failure.name : failure.message;
  const sentence = message.slice(0, MAX_REASON_CHARS) + placeIn(program, done) + adviceOn(failure, program, done.line);
  return withReasons(sentence, failure);
}
