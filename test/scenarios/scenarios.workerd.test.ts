/// <reference types="vite/client" />
/**
 * Golden transcripts: what each scenario did the last time somebody looked. When one changes, read the difference; if it is
 * meant, run `vitest run --project workerd test/scenarios -u` and commit the new text.
 */
import { expect, test } from "vitest";
import { runtimeIn, withRuntime } from "../support/runtime.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { makeStory, normalize } from "./story.ts";

async function transcribe({ title, program, toolbox, tell }: Scenario): Promise<string> {
  const lines = [title, "", ...program.split("\n").map((line, index) => `${String(index + 1).padStart(3)} | ${line}`)];
  await withRuntime({}, async (_runtime, ctx) => {
    const story = makeStory((tools) => runtimeIn(ctx, tools), toolbox, ctx, lines);
    await tell(story, program);
  });
  return normalize(`${lines.join("\n")}\n`);
}

test.each(Object.entries(SCENARIOS))("%s goes as its transcript says", async (name, scenario) => {
  await expect(await transcribe(scenario)).toMatchFileSnapshot(`./transcripts/${name}.txt`);
});

test("every transcript belongs to a scenario, and every scenario has one", () => {
  const files = Object.keys(import.meta.glob("./transcripts/*.txt"));
  expect(files.sort()).toEqual(
    Object.keys(SCENARIOS)
      .map((name) => `./transcripts/${name}.txt`)
      .sort(),
  );
});
