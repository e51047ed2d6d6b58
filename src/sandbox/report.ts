/** What a run says of itself when it is over: its console, and the sentence of a failed end. */
import type { Limits } from "../limits.ts";
import type { ConsoleLine, Done } from "../wire/messages.ts";
import { decodeValue, isFailure } from "../wire/values.ts";
import { adviceOn, type Program } from "./advice.ts";

/** A console line as the released package gives it: one string, with the level where it is not plain output. */
function formatLine({ level, text }: ConsoleLine): string {
  return level === "warn" || level === "error" ? `[${level}] ${text}` : text;
}

/** The console of a run. The guest bounds it; nobody takes the guest's word for it. */
export class KeptConsole {
  readonly lines: string[] = [];
  #left: number;

  constructor({ maxConsoleChars, maxConsoleLineChars }: Pick<Limits, "maxConsoleChars" | "maxConsoleLineChars">) {
    // The shim's own last line says that more was left out.
    this.#left = maxConsoleChars + maxConsoleLineChars;
  }

  keep(lines: readonly ConsoleLine[]): void {
    for (const line of lines) {
      this.#left -= line.text.length + 1;
      if (this.#left >= 0) this.lines.push(formatLine(line));
    }
  }
}

/** An honest shim cuts messages itself, at less. */
const MAX_REASON_CHARS = 20_000;

const FUEL_MESSAGE =
  "The program ran too many loop iterations and function calls, and was stopped. Look for a loop that never ends, or do less in one run.";

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
  return message.slice(0, MAX_REASON_CHARS) + adviceOn(failure, program, done.line);
}
