/** Programs in the shapes that models know from other code modes: they run as they are written. */
import { expect, test } from "vitest";
import { z } from "zod";
import { completed, failed } from "../support/drive.ts";
import { type Toolbox, withRuntime } from "../support/runtime.ts";

const toolbox: Toolbox = {
  Greeter: {
    greet: {
      description: "Greets a person by name",
      inputSchema: z.object({ name: z.string().default("World") }),
      execute: ({ name }) => ({ message: `Hello, ${name}!` }),
    },
  },
  RiskyApi: {
    operation: {
      execute: () => {
        throw new Error("boom");
      },
    },
  },
  tools: { "get-current-time": { readOnly: true, aliases: [], execute: () => ({ hour: 9 }) } },
};

const SHAPES: Readonly<Record<string, readonly [code: string, result: unknown]>> = {
  "a function run that nobody calls": [
    `async function run() {
      const result = await Greeter.greet({ name: "Alice" });
      return result;
    }`,
    { message: "Hello, Alice!" },
  ],
  "a function main that is called and caught": [
    `async function main() { return (await Greeter.greet({})).message; }
    main().catch(console.error);`,
    "Hello, World!",
  ],
  "the last of several functions, with types": [
    `const one = (n: number): number => n + 1;
    async function load(): Promise<{ rate: number }> { return { rate: one(1) }; }
    async function report() {
      const [a, b] = await Promise.all([load(), load()]);
      return a.rate + b.rate;
    }`,
    4,
  ],
  "text around a fence": [
    "Here is the program:\n```typescript\nasync function run(): Promise<number> { return 2 }\n```",
    2,
  ],
  "a fallback after a failure": [
    `async function run() {
      try {
        return await RiskyApi.operation({ id: 1 });
      } catch (error) {
        console.error("Operation failed:", error);
        return "fallback";
      }
    }`,
    "fallback",
  ],
  "a tool's name in brackets": [`async function main() { return (await tools['get-current-time']()).hour; }`, 9],
};

test.each(Object.entries(SHAPES))("%s", async (_shape, [code, result]) => {
  await withRuntime(toolbox, async (runtime) =>
    expect(completed(await runtime.execute({ code })).result).toEqual(result),
  );
});

test("statements that only print: what they print is the output", async () => {
  await withRuntime(toolbox, async (runtime) => {
    const code = `const { message } = await Greeter.greet({ name: "Ada" });\nconsole.log("It said:", message);\nconsole.error("done");`;
    expect(completed(await runtime.execute({ code })).logs).toEqual(["It said: Hello, Ada!", "[error] done"]);
  });
});

test("several programs at once each have their own outcome", async () => {
  await withRuntime(toolbox, async (runtime) => {
    const programs = ["Ada", "Bob", "Cy"].map(
      (name) => `async () => (await Greeter.greet({ name: "${name}" })).message`,
    );
    const outcomes = await Promise.all(programs.map((code) => runtime.execute({ code })));
    expect(outcomes.map((outcome) => completed(outcome).result)).toEqual(["Hello, Ada!", "Hello, Bob!", "Hello, Cy!"]);
  });
});

test("another language is told which one this is", async () => {
  await withRuntime(toolbox, async (runtime) => {
    const outcome = failed(await runtime.execute({ code: "async def main():\n    return await tools['search']('x')" }));
    expect(outcome).toMatchObject({
      code: "SYNTAX_ERROR",
      error: expect.stringContaining("JavaScript or TypeScript only"),
    });
  });
});

test.each([
  [
    "codemode.Greeter.greet({})",
    "codemode.Greeter.greet is not a function: connectors are globals. Write Greeter.greet({ ... }).",
  ],
  [
    "codemode.greet({})",
    'codemode has no "greet". It has search, describe, step and run. Tools are called on their connectors: Greeter, RiskyApi, tools.',
  ],
  ["tools.get_current_time({})", 'There is no tool tools.get_current_time. Did you mean tools["get-current-time"]?'],
  ["Greeter.gret({})", "There is no tool Greeter.gret. Did you mean greet?"],
])("a tool that is looked for in another place: %s", async (call, error) => {
  await withRuntime(toolbox, async (runtime) =>
    expect(failed(await runtime.execute({ code: `async () => ${call}` })).error).toBe(error),
  );
});

test("the tool's input is plain JSON Schema for frameworks that take function parameters", async () => {
  await withRuntime({}, async (runtime) => {
    const { description, inputSchema } = runtime.tool();
    const parameters = inputSchema["~standard"].jsonSchema.input({ target: "draft-07" });
    expect({ type: "function", name: "codemode", description, parameters }).toMatchObject({
      description: expect.stringContaining("async () =>"),
      parameters: { type: "object", properties: { code: { type: "string" } }, required: ["code"] },
    });
  });
});
