/** Failures that nobody awaited are on the console: a run whose calls failed unseen must not read as one that did all it was asked to. */
import { env } from "cloudflare:test";
import { expect, test } from "vitest";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import { completed, failed, paused } from "../support/drive.ts";
import { withRuntime } from "../support/runtime.ts";
import { makeFailing, makeWorld } from "../support/world.ts";

const WORDS = "[error] Nobody awaited a promise that failed:";

const toolbox = () => ({ ...makeWorld().toolbox, bad: makeFailing((ran) => new Error(`no ${ran}`)).bad });

const logsOf = (code: string) =>
  withRuntime(toolbox(), async (runtime) => completed(await runtime.execute({ code })).logs);

test("of calls that were not awaited, also where they fail after the program's end", async () => {
  expect(await logsOf(`async () => { bad.fail(); bank.nope(); return "done"; }`)).toEqual([
    // Which cannot even be made, so it fails first.
    `${WORDS} CodemodeError: There is no tool bank.nope. Use codemode.search to find tools.`,
    `${WORDS} Error: no 1`,
  ]);
});

test("of a callback, of a step and of what the program made itself", async () => {
  const code = `async () => {
    setTimeout(async () => { throw new Error("in a timer"); }, 1);
    codemode.step("s", () => { throw new Error("in a step"); });
    Promise.reject("a text");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }`;
  expect((await logsOf(code))?.toSorted()).toEqual([
    `${WORDS} Error: in a step`,
    `${WORDS} Error: in a timer`,
    `${WORDS} a text`,
  ]);
});

test("not of what is awaited later, and not of what lost a race", async () => {
  const code = `async () => {
    const late = bad.fail();
    await bank.see({});
    await Promise.race([bank.see({}), bad.fail()]);
    return late.catch((error) => error.message);
  }`;
  expect(await logsOf(code)).toEqual([]);
});

test("beside the error of a program that failed", async () => {
  await withRuntime(toolbox(), async (runtime) => {
    const code = `async () => { bad.fail(); await bank.see({}); throw new Error("mine"); }`;
    expect(failed(await runtime.execute({ code }))).toMatchObject({ error: "mine", logs: [`${WORDS} Error: no 1`] });
  });
});

test("once, whatever the number of passes", async () => {
  await withRuntime(toolbox(), async (runtime) => {
    const code = `async () => { bad.fail(); return bank.pay({ to: "ada" }); }`;
    const { executionId } = paused(await runtime.execute({ code }));
    expect(completed(await runtime.approve({ executionId })).logs).toEqual([`${WORDS} Error: no 1`]);
  });
});

test("a hundred of them at most", async () => {
  const logs = await logsOf(`async () => { for (let n = 0; n < 5_000; n++) Promise.reject(n); }`);
  expect(logs).toEqual(Array(100).fill(expect.stringMatching(/^\[error\] Nobody awaited a promise that failed: \d+$/)));
});

test("without a journal, too", async () => {
  const executor = new DynamicWorkerExecutor({ loader: env.LOADER });
  expect(await executor.execute("async () => { math.add(1); return 1; }", [{ name: "math", fns: {} }])).toEqual({
    result: 1,
    logs: [`${WORDS} Error: Tool "add" not found in math.`],
  });
});
