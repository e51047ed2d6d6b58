/** Fingerprints: of what a person is shown (G5), of a rollback that is previewed, and of a snippet's code. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { argsOf, type Entry } from "../journal/entry.ts";
import { planRollback } from "../journal/rollback.ts";

/** Names exactly one action: execution, place, connector, tool, arguments, and the tool's definition as it was then. */
export function actionDigest(executionId: string, entry: Entry): string {
  const shown = [executionId, entry.seq, entry.connector, entry.method, argsOf(entry), entry.definition, entry.state];
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(shown)))).slice(0, 40);
}

/** Names what a rollback looks at: the calls, and what is to be done about each, if its tool can be undone. */
export function rollbackDigest(executionId: string, entries: Iterable<Entry>): string {
  const steps = planRollback(entries, () => true).map(({ entry, plan }) => [entry.seq, plan]);
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([executionId, steps])))).slice(0, 40);
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

export function contentHash(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text))).slice(0, 32);
}
