/** One reading, part by part: what cannot be read is said, and takes nothing from the rest. */
import { afterEach, expect, test, vi } from "vitest";
import { RequestFailed } from "../../src/app/console/client.ts";
import { Reading, runOf, waitingFor } from "../../src/app/console/reading.ts";
import type { View } from "../../src/app/console/route.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

const action = (executionId: string, seq: number, more: object = {}) => ({
  executionId,
  seq,
  connector: "a",
  method: "b",
  kind: "approval",
  digest: "d",
  askedAt: 0,
  before: [],
  earlier: 0,
  ...more,
});

/** Has the API answer by path; what was asked for. */
function answering(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    const answer = answers[path];
    return answer === undefined
      ? new Response(JSON.stringify({ error: "There is none.", code: "NOT_FOUND" }), { status: 404 })
      : new Response(JSON.stringify(answer));
  });
  return asked;
}

test("rows of a kind that the page does not know are counted, and the rest is read", async () => {
  const reading = new Reading();
  expect(await reading.part("runs", Promise.resolve({ rows: [1], unknown: 1 }))).toMatchObject({ rows: [1] });
  await reading.part("snippets", Promise.resolve({ unknown: 2 }));
  await reading.part("run", Promise.resolve({ unknown: 0 }));
  expect(reading.troubles).toEqual([
    { part: "runs", isInPart: true, message: "1 row of it is not of a kind that this page knows." },
    { part: "snippets", isInPart: true, message: "2 rows of it are not of a kind that this page knows." },
  ]);
});

test("a part that is refused is among the troubles; where nothing answers there is no reading", async () => {
  const reading = new Reading();
  expect(await reading.part("run", Promise.reject(new RequestFailed("Broken.", "INTERNAL", 500)))).toBeUndefined();
  expect(reading.troubles).toEqual([{ part: "run", isInPart: false, message: "Broken." }]);
  const unreachable = new RequestFailed("The Worker did not answer.", "UNREACHABLE", 0);
  await expect(reading.part("runs", Promise.reject(unreachable))).rejects.toBe(unreachable);
  expect(reading.troubles).toHaveLength(1);
});

test("what waits is what the API says, and in doubt what it says of that; strange rows of either are counted", async () => {
  const doubt = action("exec_1", 1, { kind: "in_doubt" });
  answering({ "/pending": [action("exec_1", 0), doubt, "strange"], "/in-doubt": [doubt, "strange", "strange"] });
  expect(await waitingFor({ name: "waiting" })).toEqual({
    pending: [action("exec_1", 0), doubt],
    inDoubt: [doubt],
    unknown: 2,
  });
  answering({ "/pending": ["strange"], "/in-doubt": [] });
  expect(await waitingFor({ name: "waiting" })).toEqual({ pending: [], inDoubt: [], unknown: 1 });
});

test.for<readonly [View, readonly unknown[]]>([
  [{ name: "run", id: "exec_1" }, [{ text: "whole" }, { text: "short" }, undefined]],
  [{ name: "run", id: "exec_3" }, [undefined, { text: "short" }, undefined]],
  [{ name: "waiting" }, [undefined, { text: "short" }, undefined]],
])("in the view %j the arguments that were left out are %j", async ([view, shown]) => {
  const leftOut = { argsLeftOut: true };
  answering({
    "/pending": [
      action("exec_1", 0, leftOut),
      action("exec_1", 1, { args: { text: "short" } }),
      action("exec_2", 0, leftOut),
    ],
    "/pending?id=exec_1": [
      action("exec_1", 0, { args: { text: "whole" } }),
      action("exec_1", 1, { args: { text: "short" } }),
    ],
    "/in-doubt": [],
  });
  const { pending } = await waitingFor(view);
  expect(pending.map(({ args }) => args)).toEqual(shown);
  expect(pending.map(({ argsLeftOut }) => argsLeftOut === true)).toEqual(shown.map((args) => args === undefined));
});

test("a run is asked for alone only where its arguments were left out", async () => {
  const asked = answering({ "/pending": [action("exec_1", 0, { args: 1 })], "/in-doubt": [] });
  await waitingFor({ name: "run", id: "exec_1" });
  expect(asked).toEqual(["/pending", "/in-doubt"]);
});

test("a run that is not there is none; any other refusal is no answer about it", async () => {
  answering({ "/execution?id=exec_2": { no: "run" } });
  expect(await runOf("exec_1")).toEqual({ unknown: 0 });
  await expect(runOf("exec_2")).rejects.toMatchObject({ code: "UNREADABLE" });
});
