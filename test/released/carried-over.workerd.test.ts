/** What a runtime of the released package left in its object, found by this one, which takes the same facet. */
import { expect, test } from "vitest";
import { crashFacet } from "../support/drive.ts";
import { releasedRuntime } from "../support/released.ts";
import { runtimeIn, withRuntime } from "../support/runtime.ts";

const TOOLS = { math: { double: { execute: ({ n }: { n: number }) => n * 2 } } };
const SCHEMA = { type: "object", properties: { n: { type: "number" } } };

test("snippets are carried over once, with description, schema and connectors; what is deleted stays deleted", async () => {
  await withRuntime(TOOLS, async (_unused, ctx) => {
    const before = releasedRuntime(ctx, TOOLS);
    const { executionId } = await before.execute({ code: "async ({ n } = { n: 1 }) => math.double({ n })" });
    await before.saveSnippet("twice", { executionId, description: "Doubles", inputSchema: SCHEMA });
    await before.saveSnippet("again", { executionId });
    const saved = await before.snippets();
    expect((await before.describe("twice")).types).toContain("math.double({ n })");
    await crashFacet(ctx);

    const after = runtimeIn(ctx, TOOLS);
    const carried = await after.snippets();
    expect((await after.describe("twice")).types).toContain('run(name: "twice", input: TwiceInput)');
    expect(carried.map(({ name }) => name)).toEqual(["again", "twice"]);
    expect(carried).toEqual(expect.arrayContaining(saved));
    expect(await after.execute({ code: `async () => codemode.run("twice", { n: 21 })` })).toMatchObject({ result: 42 });

    await after.deleteSnippet("again");
    await crashFacet(ctx);
    expect((await runtimeIn(ctx, TOOLS).snippets()).map(({ name }) => name)).toEqual(["twice"]);
  });
});

test("a snippet keeps its name, also one that could not be given here", async () => {
  await withRuntime(TOOLS, async (_unused, ctx) => {
    const before = releasedRuntime(ctx, TOOLS);
    const { executionId } = await before.execute({ code: "async () => math.double({ n: 4 })" });
    const names = ["2 lines\nof it", "Doubles — always", "x".repeat(300)];
    for (const name of names) await before.saveSnippet(name, { executionId });
    await crashFacet(ctx);

    const after = runtimeIn(ctx, TOOLS);
    for (const name of names) {
      expect(await after.describe(name)).toMatchObject({ path: name, kind: "snippet" });
      const code = `async () => codemode.run(${JSON.stringify(name)})`;
      expect(await after.execute({ code })).toMatchObject({ result: 8 });
      expect(await after.deleteSnippet(name)).toBe(true);
    }
  });
});

test("its history is left alone: ours begins empty, and its own is still there for its own class", async () => {
  await withRuntime(TOOLS, async (_unused, ctx) => {
    await releasedRuntime(ctx, TOOLS).execute({ code: "async () => math.double({ n: 1 })" });
    await crashFacet(ctx);
    const after = runtimeIn(ctx, TOOLS);
    expect(await after.executions()).toEqual([]);
    await after.execute({ code: "async () => 1" });
    await crashFacet(ctx);
    expect(await releasedRuntime(ctx, TOOLS).executions()).toMatchObject([{ status: "completed", result: 2 }]);
  });
});
