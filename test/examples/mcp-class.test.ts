/** The example of an MCP server as a class, over a scripted server. */
import { expect, test } from "vitest";
import { CALL, ctx, scripted, text, tool } from "../connectors/mcp/make.ts";
import { GitHub } from "./mcp-class.ts";

test("a class decides who is asked and undoes what it knows how to undo", async () => {
  const client = scripted(
    ["create_issue", "close_issue", "delete_repo"].map((name) => tool(name)),
    () => text('{ "number": 7 }'),
  );
  const github = new GitHub(ctx, {});
  github.connection = { client };

  const { annotations } = await github.describe();
  expect(annotations?.delete_repo?.requiresApproval).toBe(true);
  expect(annotations?.create_issue?.requiresApproval).toBeUndefined();

  const issue = await github.executeTool("create_issue", { title: "Typo" }, CALL);
  expect(await github.revertAction("create_issue", { title: "Typo" }, issue, CALL)).toBe(true);
  expect(client.calls.map(({ name, arguments: args }) => [name, args])).toEqual([
    ["create_issue", { title: "Typo" }],
    ["close_issue", { number: 7 }],
  ]);
});
