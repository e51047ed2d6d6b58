/** Every style and body over a real connection, to a server that holds each request against the description. */
import { describe, expect, test } from "vitest";
import { failureOf } from "../../support/thrown.ts";
import { describedServer, STYLES } from "./described-api.ts";
import { make } from "./make.ts";

const LIST = ["a b", "c/d", "e,f;g"];
const PLAIN = ["blue", "black"];
const POINT = { x: 1, y: -2 };

async function call(tool: string, args: Record<string, unknown>): Promise<unknown> {
  const server = await describedServer();
  const connector = make({ spec: STYLES, baseUrl: `${server.url}/v1` });
  const assessment = await connector.assess(tool, args, { executionId: "e", seq: 0 });
  expect(assessment).toMatchObject({ kind: "valid" });
  return connector.executeTool(tool, args);
}

describe("what a program passes is what the API understands", () => {
  test.each(["paths_simple", "paths_label", "paths_matrix"])("%s", async (tool) => {
    const list = tool === "paths_label" ? PLAIN : LIST;
    expect(await call(tool, { list, point: POINT })).toEqual({ path: { list, point: POINT } });
  });

  test("query styles, shared parameters and reserved characters", async () => {
    const query = {
      limit: 5,
      exploded: LIST,
      joined: LIST,
      spaced: ["x", "y"],
      piped: ["x", "y"],
      deep: POINT,
      text: POINT,
      flag: false,
      reserved: "a/b:c?d",
    };
    expect(await call("query_styles", query)).toEqual({ query });
  });

  test("one name in several places, each under a key of its own", async () => {
    const tree = { name: "root", children: [{ name: "leaf" }, { name: "twig", children: [] }] };
    const args = { id: 1, id_query: 2, id_cookie: "a; b=c", body_query: "text", body: tree, "X-Point": POINT };
    expect(await call("places_clash", args)).toEqual({
      path: { id: 1 },
      query: { id: 2, body: "text" },
      cookie: { id: "a; b=c" },
      header: { "X-Point": POINT },
      body: tree,
    });
  });

  test("a form with an object in brackets", async () => {
    const body = { name: "a&b=c d+e", point: POINT };
    expect(await call("bodies_form", { body })).toEqual({ body });
  });
});

describe("what does not fit the description", () => {
  test.each([
    ["query_styles", {}, "args"],
    ["query_styles", { limit: 101 }, "args.limit"],
    ["query_styles", { limit: 1, exploded: [] }, "args.exploded"],
    ["query_styles", { limit: 1, misspelt: true }, "args.misspelt"],
    [
      "places_clash",
      { id: 1, id_query: 2, body: { name: "r", children: [{ name: 7 }] } },
      "args.body.children[0].name",
    ],
  ])("%s with %j is refused before anything is sent, at %s", async (tool, args, path) => {
    const assessment = await make({ spec: STYLES }).assess(tool, args, { executionId: "e", seq: 0 });
    expect(assessment).toMatchObject({ kind: "invalid", path });
  });

  test("the server would have said so: it checks what reaches it", async () => {
    const server = await describedServer();
    const connector = make({ spec: STYLES, baseUrl: `${server.url}/v1` });
    const error = await failureOf(connector.executeTool("request", { path: "/query", params: { limit: 101 } }));
    expect(error).toMatchObject({ code: "REQUEST_FAILED", data: { status: 400 } });
    expect(error.message).toContain("query.limit");
  });
});
