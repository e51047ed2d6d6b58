/** Keeps what the facet answers within one RPC value, which ends at 32 MiB: values beyond it are left out and say so. */
import { encodeValue } from "../wire/values.ts";
import { unseenDigest } from "./digest.ts";
import type { History, RawPending, ShownEntry, ShownExecution } from "./requests.ts";

/** Characters of one answer. Each may take two bytes, and the rest of an answer needs room too. */
export const MAX_ANSWER_CHARS = 12_000_000;

const NOTE = "(left out: there is too much to show at once)";
const LEFT_OUT = encodeValue(NOTE, "The note");
const LEFT_OUT_ARGS = encodeValue([NOTE], "The note");
const LEFT_OUT_FAILURE = encodeValue({ name: "Error", message: NOTE }, "The note");

/** Numbers of one entry beside its names and values, and the names of its fields. */
const ENTRY_CHARS = 300;

/** Names of an entry whose values are left out: a program may have given it names of any length. */
const CUT_NAME_CHARS = 100;

/** Below so many characters a text is taken for the most that it may come to: to count them takes longer than they are worth. */
const COUNTED_FROM = 200;

/** What only a hostile program writes there: in JSON each is six characters. */
const CONTROL = /[^ -\uffff]/g;

/** Characters of a text in the JSON that journals are copied as: there a quote is two. */
function charsInJson(text = ""): number {
  return text.length < COUNTED_FROM && text.search(CONTROL) < 0 ? 2 * text.length : JSON.stringify(text).length;
}

type CharsOf = (texts: readonly (string | undefined)[]) => number;

const inJson: CharsOf = (texts) => texts.reduce((sum, text) => sum + charsInJson(text), 0);

const asTheyAre: CharsOf = (texts) => texts.reduce((sum, text = "") => sum + text.length + 1, 0);

function cutName(name: string): string {
  const shown = name.length <= CUT_NAME_CHARS ? name : `${name.slice(0, CUT_NAME_CHARS)}…`;
  return shown.replace(CONTROL, "\ufffd");
}

/** Number and state of a call that ran before an action. */
const BEFORE_CHARS = 60;

/** Characters of an answer that is one text: what is named without its values is among them. */
const MAX_JSON_CHARS = 16_000_000;

/** What one answer may still hold. What comes first is kept. */
export class AnswerBudget {
  #left = MAX_ANSWER_CHARS;
  #leftOfJson = MAX_JSON_CHARS;

  /** An execution: its own row, then its calls from the first on, which are copied as JSON. */
  history({ execution, entries }: History): History {
    return { execution: this.row(execution), entries: entries.map((entry) => this.#entry(entry)) };
  }

  /** The same as JSON, among those of others: its calls are not even named where they no longer have the room. */
  historyInJson({ execution, entries }: History): string {
    const row = this.row(execution, inJson);
    const whole = JSON.stringify({ execution: row, entries: entries.map((entry) => this.#entry(entry)) });
    const shown = whole.length <= this.#leftOfJson ? whole : JSON.stringify({ execution: row, entries: [] });
    this.#leftOfJson -= shown.length;
    return shown;
  }

  row(execution: ShownExecution, charsOf = asTheyAre): ShownExecution {
    const { code, result, error, logs = [] } = execution;
    if (this.#takes(charsOf([code, result, error, ...logs]))) return execution;
    return {
      ...execution,
      code: NOTE,
      ...(result !== undefined && { result: LEFT_OUT }),
      ...(execution.logs !== undefined && { logs: [NOTE] }),
    };
  }

  waiting(pending: readonly RawPending[]): RawPending[] {
    return pending.map((one) =>
      this.#takes(ENTRY_CHARS + one.args.length + sizeOfBefore(one))
        ? one
        : { ...one, args: LEFT_OUT_ARGS, argsLeftOut: true, before: [], digest: unseenDigest(one.digest) },
    );
  }

  #entry(entry: ShownEntry): ShownEntry {
    const { connector, method, args, editedArgs, settlement, decision } = entry;
    const notes = decision && JSON.stringify(decision);
    if (this.#takes(ENTRY_CHARS + inJson([connector, method, args, editedArgs, settlement?.value, notes])))
      return entry;
    return {
      ...entry,
      connector: cutName(connector),
      method: cutName(method),
      decision: decision && { decision: decision.decision, at: decision.at },
      args: args === "" ? "" : LEFT_OUT_ARGS,
      editedArgs: editedArgs === undefined ? undefined : LEFT_OUT_ARGS,
      settlement:
        settlement?.value === undefined
          ? settlement
          : { ...settlement, value: settlement.ok ? LEFT_OUT : LEFT_OUT_FAILURE },
    };
  }

  #takes(chars: number): boolean {
    if (chars > this.#left) return false;
    this.#left -= chars;
    return true;
  }
}

function sizeOfBefore({ before }: RawPending): number {
  return before.reduce((sum, { connector, method }) => sum + BEFORE_CHARS + connector.length + method.length, 0);
}
