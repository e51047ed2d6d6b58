/** What ends because nobody came: paused executions that nobody decided on, interrupted ones that nobody took up. */
import type { ExecutionRecord } from "../store/executions.ts";
import { keptBy } from "../store/kept-limits.ts";
import type { JournalStore } from "../store/store.ts";
import { type Ending, LiveJournal } from "./journal.ts";
import type { HostPort } from "./port.ts";
import type { Runs } from "./runs.ts";

/** How an execution ends that has waited for too long, by what it waited as. */
const ENDINGS = {
  paused: { status: "rejected", error: "Nobody decided in time." },
  running: {
    status: "error",
    error: "The execution was interrupted and could not be taken up in time.",
    errorCode: "INTERRUPTED",
  },
} as const satisfies Record<string, Omit<Ending, "logs">>;

/** Where executions expire, and who hears of it. */
interface Expiring {
  readonly store: JournalStore;
  readonly runs: Runs;
  readonly port: HostPort;
}

/**
 * Ends paused executions that nobody decided on, and running ones that have no live pass, and answers which it ended. All of them
 * in one step, so that nothing is decided on in between; then their connectors hear of it, of which one may take long.
 *
 * @param may says of an id whether it may expire now. Default: each may.
 */
export async function expire(
  { store, runs, port }: Expiring,
  maxAgeMs: number,
  may: (id: string) => boolean = () => true,
): Promise<string[]> {
  const before = Date.now() - maxAgeMs;
  const expired = (["paused", "running"] as const).flatMap((status) =>
    store
      .withStatus(status, before)
      .filter(({ id }) => may(id) && runs.get(id) === undefined)
      .flatMap((execution) => end(store, execution, ENDINGS[status]) ?? []),
  );
  await Promise.all(expired.map(({ id, status }) => port.executionEnded(id, status)));
  return expired.map(({ id }) => id);
}

/**
 * What ended. One whose journal cannot be read or written now keeps no other from ending, and is left as it is: also where it is only
 * its limits that another version wrote, which could go on with it.
 */
function end(store: JournalStore, execution: ExecutionRecord, ending: (typeof ENDINGS)["paused" | "running"]) {
  const { id, logs = [] } = execution;
  return store.passedOver.attempt(id, () => {
    keptBy(execution);
    new LiveJournal(store, execution, store.entries(execution)).close({ ...ending, logs });
    return { id, status: ending.status };
  });
}
