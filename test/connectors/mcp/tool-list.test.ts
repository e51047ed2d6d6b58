/** How the list of tools is read: all pages of it, and nothing that is wrong. */
import { describe, expect, test } from "vitest";
import type { McpClientLike, McpToolPage } from "../../../connectors/mcp/index.ts";
import { failureOf, over, scripted, TestConnector, tool } from "./make.ts";

/** A client whose list has these pages, by cursor; the first has none. */
function paged(page: (cursor: string | undefined) => unknown): McpClientLike {
  return { ...scripted([]), listTools: async (params?: { cursor?: string }) => page(params?.cursor) as McpToolPage };
}

const namesOf = async (connector: TestConnector) => Object.keys((await connector.describe()).descriptors);

describe("a list is read to its end", () => {
  test("all pages are read, in order", async () => {
    const pages: Record<string, unknown> = {
      first: { tools: [tool("a"), tool("b")], nextCursor: "" },
      "": { tools: [tool("c")], nextCursor: "p3" },
      p3: { tools: [tool("d")] },
    };
    expect(await namesOf(over(paged((cursor) => pages[cursor ?? "first"])))).toEqual(["a", "b", "c", "d"]);
  });

  test("a tool that shifted onto the next page counts once", async () => {
    const client = paged((cursor) =>
      cursor === undefined ? { tools: [tool("a"), tool("b")], nextCursor: "2" } : { tools: [tool("b"), tool("c")] },
    );
    expect(await namesOf(over(client))).toEqual(["a", "b", "c"]);
  });

  test("the connection's own tools go before fetchTools, and that before the client", async () => {
    const client = scripted([tool("listed")]);
    const fetchTools = async () => [tool("fetched")];
    expect(await namesOf(new TestConnector(() => ({ client, fetchTools, tools: [tool("given")] })))).toEqual(["given"]);
    expect(await namesOf(new TestConnector(() => ({ client, fetchTools, tools: [] })))).toEqual(["fetched"]);
    expect(await namesOf(new TestConnector(() => ({ client })))).toEqual(["listed"]);
  });

  test("a server without the tools capability is not asked for tools", async () => {
    const client = { ...scripted([tool("a")]), getServerCapabilities: () => ({}) };
    expect(await namesOf(over(client))).toEqual([]);
  });
});

describe("a list that cannot be used is an error that says why", () => {
  test.each<[string, McpClientLike, RegExp]>([
    ["the same cursor for ever", paged(() => ({ tools: [], nextCursor: "again" })), /cursor "again" comes again/],
    [
      "another cursor for ever",
      paged((cursor) => ({ tools: [], nextCursor: `${Number(cursor ?? 0) + 1}` })),
      /more than 1000 pages/,
    ],
    [
      "pages that are too many tools",
      paged((cursor) => ({
        tools: Array.from({ length: 4_000 }, (_, i) => tool(`t${cursor}_${i}`)),
        nextCursor: `${cursor}x`,
      })),
      /more than 10000 tools/,
    ],
    ["no list", paged(() => ({ tool: [] })), /no list of tools/],
    ["a cursor that is no text", paged(() => ({ tools: [], nextCursor: 7 })), /nextCursor is not a string/],
    ["an entry that is no object", scripted(["a"]), /entry 0 is not an object/],
    ["a tool without a name", scripted([tool("a"), { inputSchema: {} }]), /entry 1 has no name/],
    [
      "a schema that is no object",
      scripted([{ name: "a", inputSchema: "object" }]),
      /inputSchema of "a" is not an object/,
    ],
    ["two definitions of one name", scripted([tool("a"), tool("a", { description: "other" })]), /"a" is listed twice/],
  ])("%s", async (_title, client, message) => {
    const error = await failureOf(over(client).describe());
    expect(error.code).toBe("CONNECTION_LOST");
    expect(error.message).toMatch(message);
  });

  test("it is read again the next time", async () => {
    let broken = true;
    const connector = over(paged(() => (broken ? null : { tools: [tool("a")] })));
    await failureOf(connector.describe());
    broken = false;
    expect(await namesOf(connector)).toEqual(["a"]);
  });
});
