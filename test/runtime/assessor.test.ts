/** What tools are asked about the calls of a turn: as much as one message carries at once, and about no call that is not about to be made. */
import { expect, test } from "vitest";
import type { Assessment } from "../../src/connector/types.ts";
import { newEntry, requestOf } from "../../src/journal/entry.ts";
import { Assessor } from "../../src/runtime/assessor.ts";
import { LiveJournal } from "../../src/runtime/journal.ts";
import type { ToolCall } from "../../src/runtime/port.ts";
import type { JournalStore } from "../../src/store/store.ts";
import { MAX_MESSAGE_CHARS } from "../../src/wire/messages.ts";
import { executionRecord } from "../support/execution.ts";

/** So many calls that wait for a person, and a host that says of each that there is no such tool, and which it was asked about. */
function waiting(count: number, args = "=[]") {
  const calls = Array.from({ length: count }, (_, seq) =>
    newEntry({ seq, kind: "call", connector: "bank", method: "pay", args }, "pending"),
  );
  const entries = new Map(calls.map((entry) => [entry.seq, entry]));
  const execution = executionRecord({ connectors: ["bank"] });
  const journal = new LiveJournal({} as unknown as JournalStore, execution, entries);
  const asked: number[][] = [];
  const unknown = async (some: readonly ToolCall[]) => {
    asked.push(some.map(({ seq }) => seq));
    return some.map((): Assessment => ({ kind: "unknown", near: [] }));
  };
  return { calls, asked, unknown, assessor: new Assessor(journal), requests: calls.map(requestOf) };
}

test("calls that have no room in one message are asked about in the next", async () => {
  const { calls, asked, unknown, assessor, requests } = waiting(5, "x".repeat(MAX_MESSAGE_CHARS / 2));
  for (const entry of calls) entry.state = "approved";
  await assessor.ask(assessor.known(requests), unknown);
  expect(asked).toEqual([[0, 1], [2, 3], [4]]);
});

test("one that is larger than a message is asked about by itself", async () => {
  const { calls, asked, unknown, assessor, requests } = waiting(2, "x".repeat(MAX_MESSAGE_CHARS + 1));
  for (const entry of calls) entry.state = "approved";
  await assessor.ask(assessor.known(requests), unknown);
  expect(asked).toEqual([[0], [1]]);
});

test("G5 a call that a person let run while others were asked about is asked about too, and one that still waits is not", async () => {
  const { calls, asked, unknown, assessor, requests } = waiting(3);
  const [first, second] = calls;
  if (first === undefined || second === undefined) throw new Error("There are no calls.");
  first.state = "approved";
  const assessed = await assessor.ask(assessor.known(requests), (some) => {
    second.state = "approved";
    return unknown(some);
  });
  expect(asked).toEqual([[0], [1]]);
  expect(assessed.map(({ request, assessment }) => [request.seq, assessment.kind])).toEqual([
    [0, "unknown"],
    [1, "unknown"],
    [2, "valid"],
  ]);
});

test("a host that is gone is asked no more", async () => {
  const { calls, assessor, requests } = waiting(2, "x".repeat(MAX_MESSAGE_CHARS));
  for (const entry of calls) entry.state = "approved";
  let times = 0;
  await assessor.ask(assessor.known(requests), async () => {
    times += 1;
    return undefined;
  });
  expect(times).toBe(1);
});
