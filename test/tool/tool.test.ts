/** How the outcome of a run reads for the model. */
import { describe, expect, test } from "vitest";
import { modelOutput } from "../../src/tool/tool.ts";

const completed = { status: "completed", executionId: "exec_1", logs: [], calls: [] };

test("a program that returned nothing is told so, and that what it did is done", () => {
  expect(modelOutput({ ...completed, result: undefined }).value).toEqual({
    status: "completed",
    executionId: "exec_1",
    logs: [],
    note: "The program returned nothing. What it called took place: do not repeat it to see a value.",
  });
});

test.each([null, false, 0, "", {}, []])("a result of %j is a result", (result) => {
  expect(modelOutput({ ...completed, result }).value).toEqual({
    status: "completed",
    executionId: "exec_1",
    logs: [],
    result,
  });
});

test("of a failed run there is an error, and no note", () => {
  const failed = { status: "error", executionId: "exec_1", error: "boom", code: "PROGRAM_ERROR" };
  expect(modelOutput(failed).value).toEqual(failed);
});

test("a result larger than a journal keeps is shown in part, in its own shape, and says so", () => {
  const result = { page: new Map([["text", "x".repeat(5_000_000)]]), total: 5n };
  const { value } = modelOutput({ ...completed, result });
  expect(value).toMatchObject({
    result: { page: { text: expect.stringMatching(/^x{100}.*TRUNCATED/s) }, total: "5" },
  });
  expect(JSON.stringify(value).length).toBeLessThan(1_001_000);
});

describe("of what waits for a person the model reads", () => {
  const before = Array.from({ length: 100 }, (_, seq) => ({ seq, connector: "bank", method: "see", state: "applied" }));
  const waiting = (seq: number, args: unknown) => ({
    executionId: "exec_1",
    seq,
    connector: "bank",
    method: "pay",
    args,
    kind: "approval",
    digest: `d${seq}`,
    askedAt: 1,
    before,
  });
  const shownOf = (pending: readonly unknown[]) => {
    const { value } = modelOutput({ status: "paused", executionId: "exec_1", logs: [], calls: [], pending });
    return { shown: Reflect.get(Object(value), "pending"), chars: JSON.stringify(value).length };
  };

  test("each action whole, and not what came before it: for a hundred actions that is a hundred times a hundred calls", () => {
    const pending = Array.from({ length: 100 }, (_, seq) => waiting(seq, { to: "ada", amount: seq }));
    const { shown, chars } = shownOf(pending);
    expect(shown).toEqual(pending.map(({ before: _, ...action }) => action));
    expect(chars).toBeLessThan(20_000);
  });

  test("of long arguments the beginning, under a digest that lets nothing run: what runs was seen", () => {
    const short = waiting(0, { to: "ada" });
    const { shown, chars } = shownOf([short, waiting(1, { text: "x".repeat(400_000) })]);
    const { before: _, ...whole } = short;
    expect(shown).toEqual([
      whole,
      {
        ...whole,
        seq: 1,
        args: { text: expect.stringMatching(/^x{100}.*TRUNCATED/s) },
        argsLeftOut: true,
        digest: "unseen:d1",
      },
    ]);
    expect(chars).toBeLessThan(25_000);
  });

  test("what the runtime left out stays left out", () => {
    const left = { ...waiting(0, "(left out)"), argsLeftOut: true, digest: "unseen:d0", before: [] };
    const { before: _, ...action } = left;
    expect(shownOf([left]).shown).toEqual([action]);
  });

  test("what is no action, of a store that somebody else wrote, is shown as it is", () => {
    expect(shownOf([null, "text", { args: 1n }]).shown).toEqual([null, "text", { args: "1" }]);
  });
});
