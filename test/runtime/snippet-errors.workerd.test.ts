/** What a snippet throws is said to be of the snippet, by its name and its line: the line of a run is the program's. */
import { expect, test } from "vitest";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import { failed } from "../support/drive.ts";
import { withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";

async function save(runtime: CodemodeRuntimeHandle, name: string, code: string): Promise<void> {
  const { executionId } = await runtime.execute({ code });
  await runtime.saveSnippet(name, { executionId });
}

const DEEP = `async (input) => {
  await bank.see({});


  throw new Error("too deep: " + input);
}`;

test("an error that a snippet throws has the snippet's name and line, and not the program's line", async () => {
  await withRuntime(makeWorld().toolbox, async (runtime) => {
    await save(runtime, "dive", DEEP);
    const outcome = failed(await runtime.execute({ code: `async () => codemode.run("dive", 3)` }));
    expect(outcome).toMatchObject({ code: "PROGRAM_ERROR", error: 'too deep: 3 (line 5 of the snippet "dive")' });
    expect(outcome.line).toBeUndefined();
    expect((await runtime.execution(outcome.executionId))?.errorLine).toBeUndefined();
  });
});

test("also of a snippet that another runs, and the advice follows", async () => {
  await withRuntime(makeWorld().toolbox, async (runtime) => {
    await save(runtime, "inner", "async () => {\n  return fetch('x');\n}");
    await save(runtime, "outer", `async () => codemode.run("inner")`);
    const { error } = failed(await runtime.execute({ code: `async () => codemode.run("outer")` }));
    expect(error).toMatch(/^fetch is not defined \(line 2 of the snippet "inner"\): the sandbox has no network/);
  });
});

test("what a run of a snippet is recorded with is not said to be what it gave", async () => {
  await withRuntime(makeWorld().toolbox, async (runtime) => {
    await save(runtime, "none", "async () => ({ list: [] })");
    const code = `async () => {
      const found = await codemode.run("none");
      await crypto.subtle.digest("SHA-256", new Uint8Array(1));
      await bank.see({});
      return found.items.map(String);
    }`;
    expect(failed(await runtime.execute({ code })).error).toBe(
      "Cannot read properties of undefined (reading 'map'). What the calls gave: bank.see: string.",
    );
  });
});

test("an error of the program's own has the program's line, also where it runs snippets", async () => {
  await withRuntime(makeWorld().toolbox, async (runtime) => {
    await save(runtime, "dive", DEEP);
    const code = `async () => {
      const caught = await codemode.run("dive", 1).catch((error) => error.message);
      throw new Error("mine after " + caught);
    }`;
    expect(failed(await runtime.execute({ code }))).toMatchObject({ error: "mine after too deep: 1", line: 3 });
  });
});

test.each([
  ["names another place", `throw new Error("see program.js:77");`, 3],
  ["was made in a function that is called as a place is", `({ "program.js:99": () => null.x })["program.js:99"]();`, 3],
  ["quotes the stack of another", "const { stack } = new Error();\nthrow new Error(stack);", 4],
  ["is far down", `${"\n".repeat(20)}throw new Error("here");`, 23],
  ["is of a tool that names a place", "await desk.ask({});", undefined],
])("the line of a run is that of a frame, also where the error %s", async (_what, line, expected) => {
  const ask = () => {
    throw new Error("asked at program.js:5");
  };
  await withRuntime({ desk: { ask: { execute: ask } } }, async (runtime) => {
    expect(failed(await runtime.execute({ code: `async () => {\n\n${line}\n}` })).line).toBe(expected);
  });
});
