import { env } from "cloudflare:test";
import { expect, test } from "vitest";
import { stockTool } from "./tanstack-code-tool.ts";

test("a TanStack AI server tool runs a program over the tools", async () => {
  const tool = stockTool(env.LOADER);
  expect(tool.description).toContain("declare const stock");
  const code = `async () => {
    console.log("counting");
    return (await stock.getStock({ article: "lamp" })).pieces * 2;
  }`;
  expect(await tool.execute?.({ code })).toEqual({ result: 8, logs: ["counting"] });
});
