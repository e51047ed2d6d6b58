/** What waits for a person, as the API says it: of what its run did before, as much as a decision needs. */
import type { PendingAction, ProxyToolOutput } from "../journal/public.ts";

/**
 * Lines of what came before: hundreds of actions may wait, each after a hundred calls, and all of them are asked for again
 * whenever something happens. The whole is in the journal of the run.
 */
const MAX_LINES = 5;

type Call = PendingAction["before"][number];

/** Calls of one tool in a row that stand alike. */
interface Line extends Call {
  /** Of the first of them. */
  readonly seq: number;
  readonly times: number;
}

interface ShownAction extends Omit<PendingAction, "before"> {
  /** The last calls before it, oldest first. */
  readonly before: readonly Line[];
  /** Entries of its journal before those. */
  readonly earlier: number;
}

export function shownAction({ before, ...action }: PendingAction): ShownAction {
  const lines = linesOf(before);
  return { ...action, before: lines, earlier: lines[0]?.seq ?? action.seq };
}

/** The last lines: what is left out is not read either. */
function linesOf(calls: readonly Call[]): Line[] {
  const lines: Line[] = [];
  for (const call of calls.toReversed()) {
    const [next] = lines;
    const isAlike = next?.connector === call.connector && next.method === call.method && next.state === call.state;
    if (isAlike) lines[0] = { ...call, times: next.times + 1 };
    else if (lines.length === MAX_LINES) break;
    else lines.unshift({ ...call, times: 1 });
  }
  return lines;
}

/** An outcome with what it waits for shown like that. */
export function shownOutcome(outcome: ProxyToolOutput): unknown {
  return outcome.status === "paused" ? { ...outcome, pending: outcome.pending.map(shownAction) } : outcome;
}
