/** What an execution's end makes of the calls that it leaves open: those that nobody will settle any longer are in doubt. */
import { advance, type Entry } from "./entry.ts";
import type { ExecutionStatus } from "./public.ts";

/** Whether a pass may still come to what is open; it decides by itself then (`decide.ts`), and nothing is said before. */
const A_PASS_MAY_COME = {
  running: true,
  paused: true,
  completed: false,
  error: false,
  rejected: false,
  rolling_back: false,
  rolled_back: false,
} as const satisfies Record<ExecutionStatus, boolean>;

/** All that it depends on. */
export interface OpenFacts {
  readonly status: ExecutionStatus;
  readonly kind: Entry["kind"];
  readonly state: Entry["state"];
  /** A tool of this process is still at the call, and its answer will be recorded, however late. */
  readonly performed: boolean;
}

/** Whether a call was started and nobody will ever say how it ended. A step or timer that was cut off changed nothing. */
export function isLeftInDoubt({ status, kind, state, performed }: OpenFacts): boolean {
  return kind === "call" && state === "started" && !performed && !A_PASS_MAY_COME[status];
}

/**
 * Puts in doubt what the end of an execution left so, and answers which calls that were.
 *
 * @param performs whether a tool of this process is still at the call of that seq.
 */
export function doubtWhatIsLeft(
  status: ExecutionStatus,
  entries: Iterable<Entry>,
  performs: (seq: number) => boolean,
): Entry[] {
  if (A_PASS_MAY_COME[status]) return [];
  const left: Entry[] = [];
  for (const entry of entries) {
    const { kind, state, seq } = entry;
    if (!isLeftInDoubt({ status, kind, state, performed: performs(seq) })) continue;
    advance(entry, "in_doubt");
    left.push(entry);
  }
  return left;
}
