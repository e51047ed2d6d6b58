/** What a run's calls gave so far, for the words about a program that took it for something else. */
import type { Entry } from "../journal/entry.ts";
import type { Returned } from "../sandbox/returned.ts";
import { decodeValue } from "../wire/values.ts";
import { BUILTIN } from "./builtin.ts";

/** Built-in calls of which the shim makes what the program gets: `codemode.run`, `crypto.subtle.digest`. */
const OF_THE_SHIM: ReadonlySet<string> = new Set(["run", "digest"]);

/** Whether the program was given what is recorded of an entry; steps and timers are its own. */
function gave({ kind, connector, method, settlement }: Entry): boolean {
  if (kind !== "call" || (connector === BUILTIN && OF_THE_SHIM.has(method))) return false;
  return settlement?.ok === true && settlement.value !== undefined;
}

/** In the order in which the program got them. */
export function returnedIn(entries: ReadonlyMap<number, Entry>): Returned[] {
  return [...entries.values()]
    .filter(gave)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map(({ connector, method, settlement }) => ({
      call: `${connector}.${method}`,
      value: () => decodeValue(settlement?.value ?? ""),
    }));
}
