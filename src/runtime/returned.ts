/** What a run's calls gave so far, for the words about a program that took it for something else. */
import type { Entry } from "../journal/entry.ts";
import type { Returned } from "../sandbox/returned.ts";
import { decodeValue } from "../wire/values.ts";

/** In the order in which the program got them; steps and timers are the program's own. */
export function returnedIn(entries: ReadonlyMap<number, Entry>): Returned[] {
  return [...entries.values()]
    .filter(({ kind, settlement }) => kind === "call" && settlement?.ok === true && settlement.value !== undefined)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map(({ connector, method, settlement }) => ({
      call: `${connector}.${method}`,
      value: () => decodeValue(settlement?.value ?? ""),
    }));
}
