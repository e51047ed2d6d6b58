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

/** Numbers and names of one entry beside its values. */
const ENTRY_CHARS = 300;

/** Number and state of a call that ran before an action. */
const BEFORE_CHARS = 60;

/** What one answer may still hold. What comes first is kept. */
export class AnswerBudget {
  #left = MAX_ANSWER_CHARS;

  /** An execution: its own row, then its calls from the first on. */
  history({ execution, entries }: History): History {
    return { execution: this.row(execution), entries: entries.map((entry) => this.#entry(entry)) };
  }

  row(execution: ShownExecution): ShownExecution {
    const { code, result, error, logs } = execution;
    if (this.#takes(code.length + (result?.length ?? 0) + (error?.length ?? 0) + sizeOf(logs))) return execution;
    return {
      ...execution,
      code: NOTE,
      ...(result !== undefined && { result: LEFT_OUT }),
      ...(logs !== undefined && { logs: [NOTE] }),
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
    const { args, editedArgs, settlement } = entry;
    if (this.#takes(ENTRY_CHARS + args.length + (editedArgs?.length ?? 0) + (settlement?.value?.length ?? 0)))
      return entry;
    return {
      ...entry,
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

function sizeOf(lines: readonly string[] | undefined): number {
  return (lines ?? []).reduce((sum, line) => sum + line.length + 1, 0);
}

function sizeOfBefore({ before }: RawPending): number {
  return before.reduce((sum, { connector, method }) => sum + BEFORE_CHARS + connector.length + method.length, 0);
}
