/** What the policy of a call is once it is made: its tool's of now where it has never left, and else as safe as both say (G6). */
import { expect, test } from "vitest";
import type { CallPolicy } from "../../src/connector/types.ts";
import { newEntry } from "../../src/journal/entry.ts";
import { adopt, ask } from "../../src/runtime/policy.ts";

const READ: CallPolicy = {
  approval: false,
  repeatable: true,
  readOnly: true,
  replay: "reexecute",
  perCall: false,
  definition: "",
};
const EFFECT: CallPolicy = { ...READ, repeatable: false, readOnly: false, replay: "log" };

/** How a call stands that began under one policy, and is made under another one, after so many attempts. */
function adopted(before: CallPolicy, now: CallPolicy, attempt: number) {
  const entry = newEntry({ seq: 0, kind: "call", connector: "bank", method: "pay", args: "=[]" }, "started");
  adopt(entry, before);
  entry.attempt = attempt;
  adopt(entry, now);
  const { ephemeral, readOnly, repeatable } = entry;
  return { ephemeral, readOnly, repeatable };
}

const AS_READ = { ephemeral: true, readOnly: true, repeatable: true };
const AS_EFFECT = { ephemeral: false, readOnly: false, repeatable: false };

test.each([
  ["has never left, and is a read now, is a read", EFFECT, READ, 0, AS_READ],
  ["has never left, and is an effect now, is an effect", READ, EFFECT, 0, AS_EFFECT],
  ["has left as an effect stays one, whose result is kept", EFFECT, READ, 1, AS_EFFECT],
  ["has left as a read, and is made again as an effect, is an effect", READ, EFFECT, 1, AS_EFFECT],
  ["has left as a read, and is one, is a read", READ, READ, 1, AS_READ],
])("a call that %s", (_what, before, now, attempt, expected) => {
  expect(adopted(before, now, attempt)).toEqual(expected);
});

test("a call that is asked about anew has nothing left of the decision before: its edited arguments never ran", () => {
  const entry = newEntry({ seq: 0, kind: "call", connector: "bank", method: "pay", args: "=[]" }, "approved");
  entry.editedArgs = "=[1]";
  entry.decision = { decision: "approved", at: 1 };
  ask(entry, { ...EFFECT, approval: true, definition: "d2" });
  expect(entry).toMatchObject({ state: "pending", definition: "d2", editedArgs: undefined, decision: undefined });
});
