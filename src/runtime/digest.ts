/** Digests: of what a person is shown (G5), and of a rollback that is previewed. */
import { fingerprint } from "../fingerprint.ts";
import { argsOf, type Entry } from "../journal/entry.ts";
import { planRollback } from "../journal/rollback.ts";

/** 160 bits: nobody makes up two actions of one digest. */
const DIGITS = 40;

/** Names exactly one action: execution, place, connector, tool, arguments, and the tool's definition as it was then. */
export function actionDigest(executionId: string, entry: Entry): string {
  const shown = [executionId, entry.seq, entry.connector, entry.method, argsOf(entry), entry.definition, entry.state];
  return fingerprint(JSON.stringify(shown), DIGITS);
}

/** Names what a rollback looks at: the calls, and what is to be done about each, if its tool can be undone. */
export function rollbackDigest(executionId: string, entries: Iterable<Entry>): string {
  const steps = planRollback(entries, () => true).map(({ entry, plan }) => [entry.seq, plan]);
  return fingerprint(JSON.stringify([executionId, steps]), DIGITS);
}

/** In the place of the digest where an action is shown without its arguments: it names the action, and lets nothing run. */
export function unseenDigest(digest: string): string {
  return `unseen:${digest}`;
}

/** The digest of an action of which not all is shown. It names the action, and lets nothing run: what runs was seen (G5). */
export function digestInPart({ digest, argsLeftOut }: { digest: string; argsLeftOut?: true }): string {
  return argsLeftOut === true ? digest : unseenDigest(digest);
}

/** Whether two digests name one action: one may be of a screen that had no room for its arguments. */
export function nameOneAction(a: string, b: string): boolean {
  return a === b || a === unseenDigest(b) || unseenDigest(a) === b;
}
