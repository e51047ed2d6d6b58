/** Keeps what the facet answers within one RPC value, which ends at 32 MiB: values beyond it are left out and say so. */
import { cutMessage, encodeValue } from "../wire/values.ts";
import { unseenDigest } from "./digest.ts";
import type { History, RawHistory, RawPending, ShownEntry, ShownExecution } from "./requests.ts";

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

/** Of why an execution failed, where its texts are left out. */
const CUT_ERROR_CHARS = 1_000;

/** A character in JSON, at most: one that is escaped by its number. */
const MOST_CHARS = 6;

/** What only a hostile program writes there: in JSON each is six characters. */
const CONTROL = /[^ -\uffff]/g;

type Texts = readonly (string | undefined)[];

/** Characters of texts in the JSON that journals are copied as: there a quote is two. */
function charsInJson(texts: Texts): number {
  return texts.reduce((sum, text = "") => sum + JSON.stringify(text).length, 0);
}

function charsOf(texts: Texts): number {
  return texts.reduce((sum, text = "") => sum + text.length + 1, 0);
}

function textsOf({ connector, method, args, editedArgs, settlement, decision }: ShownEntry): Texts {
  return [connector, method, args, editedArgs, settlement?.value, decision && JSON.stringify(decision)];
}

function withoutTexts(execution: ShownExecution): ShownExecution {
  return {
    ...execution,
    code: NOTE,
    ...(execution.result !== undefined && { result: LEFT_OUT }),
    ...(execution.error !== undefined && { error: cutMessage(execution.error, CUT_ERROR_CHARS) }),
    ...(execution.logs !== undefined && { logs: [NOTE] }),
  };
}

function cutName(name: string): string {
  const shown = name.length <= CUT_NAME_CHARS ? name : `${name.slice(0, CUT_NAME_CHARS)}…`;
  return shown.replace(CONTROL, "\ufffd");
}

/** An entry of which only its names, numbers and state are shown. */
function withoutValues(entry: ShownEntry): ShownEntry {
  const { connector, method, args, editedArgs, settlement, decision } = entry;
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

/** Number and state of a call that ran before an action. */
const BEFORE_CHARS = 60;

/** Characters of an answer that is one text: what is named without its values is among them. */
const MAX_JSON_CHARS = 16_000_000;

/** What one answer may still hold. What comes first is kept. */
export class AnswerBudget {
  #left = MAX_ANSWER_CHARS;
  #leftOfJson = MAX_JSON_CHARS;

  /** An execution: its own row, then its calls from the first on, which are copied as JSON. */
  history({ execution, entries }: History): RawHistory {
    return { execution: this.row(execution), entries: this.#entriesInJson(entries) };
  }

  /** The same as JSON, among those of others: its calls are not even named where they no longer have the room. */
  historyInJson({ execution, entries }: History): string {
    const row = this.#rowInJson(execution);
    const whole = `{"execution":${row},"entries":${this.#entriesInJson(entries)}}`;
    const shown = whole.length <= this.#leftOfJson ? whole : `{"execution":${row},"entries":[]}`;
    this.#leftOfJson -= shown.length;
    return shown;
  }

  row(execution: ShownExecution): ShownExecution {
    const { code, result, error, logs = [] } = execution;
    return this.#takes(charsOf([code, result, error, ...logs])) ? execution : withoutTexts(execution);
  }

  #rowInJson(execution: ShownExecution): string {
    const whole = JSON.stringify(execution);
    return this.#takes(whole.length) ? whole : JSON.stringify(withoutTexts(execution));
  }

  waiting(pending: readonly RawPending[]): RawPending[] {
    return pending.map((one) => {
      if (this.#takes(ENTRY_CHARS + one.args.length + sizeOfBefore(one))) return one;
      this.#left -= ENTRY_CHARS;
      return { ...one, args: LEFT_OUT_ARGS, argsLeftOut: true, before: [], digest: unseenDigest(one.digest) };
    });
  }

  /** To count what each comes to takes longer than to write it: that is for so many that they may not have the room. */
  #entriesInJson(entries: readonly ShownEntry[]): string {
    const most = entries.reduce((sum, entry) => sum + ENTRY_CHARS + MOST_CHARS * charsOf(textsOf(entry)), 0);
    if (most > this.#left) return JSON.stringify(this.#inPart(entries));
    const whole = JSON.stringify(entries);
    this.#left -= whole.length;
    return whole;
  }

  /** All are named, whatever that leaves to their values. */
  #inPart(entries: readonly ShownEntry[]): ShownEntry[] {
    const named = entries.map(withoutValues);
    const taken = MAX_ANSWER_CHARS - this.#left + JSON.stringify(named).length;
    this.#left = Math.min(this.#left, MAX_JSON_CHARS - taken);
    return entries.map((entry, at) => {
      const whole = this.#takes(ENTRY_CHARS + charsInJson(textsOf(entry)));
      return whole ? entry : (named[at] ?? entry);
    });
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
