/** Names that a caller most likely meant, whatever was asked for. */
import { describe, expect, test } from "vitest";
import { defineConnector } from "../../src/connector/define.ts";
import { nearNames } from "../../src/connector/names.ts";

describe("near names", () => {
  test("are those that share words and letters, the likeliest first", () => {
    expect(nearNames("list_issue", ["list", "list_issues", "close"])).toEqual(["list_issues", "list"]);
  });

  test("are not looked for in texts that nobody means as a name", () => {
    const endless = "zz".repeat(1_000_000);
    expect(nearNames(endless, ["list", endless, `${endless}y`])).toEqual([]);
    expect(nearNames("list", [endless, "lists"])).toEqual(["lists"]);
  });
});

test("a tool of an endless name is unknown in few words", async () => {
  const Clock = defineConnector({ name: "clock", tools: { now: { execute: () => 7 } } });
  const clock = new Clock({} as unknown as ExecutionContext, {});
  const error: unknown = await clock.executeTool("n".repeat(1_000_000), {}).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "UNKNOWN_TOOL" });
  expect(String(error).length).toBeLessThan(500);
});
