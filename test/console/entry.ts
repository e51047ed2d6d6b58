/** An entry of a journal, for the tests of what is drawn of it. */
import type { Entry } from "../../src/app/console/schemas.ts";

/** A call of `accounts.get` that is done, but for what a test says otherwise. */
export function entry(seq: number, rest: Partial<Entry>): Entry {
  return {
    seq,
    kind: "call",
    connector: "accounts",
    method: "get",
    requiresApproval: false,
    state: "applied",
    attempt: 1,
    ...rest,
  };
}
