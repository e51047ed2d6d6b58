/** Path parameters that stand for several segments: GitHub's own description against a server on loopback, and options. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { OpenApiConnector, type OpenApiRequestOptions } from "../../../connectors/openapi/index.ts";
import { GITHUB_DESCRIPTION } from "../../support/github.ts";
import { failureOf } from "../../support/thrown.ts";
import { json, type Loopback, loopback } from "./loopback.ts";
import { ctx, description, make } from "./make.ts";

const GITHUB: object = JSON.parse(readFileSync(GITHUB_DESCRIPTION, "utf8"));

function listening(): Promise<Loopback> {
  return loopback((_got, response) => json(response, {}));
}

const REPO = { owner: "acme", repo: "site" };

describe("a parameter that stands in the path alone", () => {
  test("is asked for and sent, though nothing declares it", async () => {
    const server = await listening();
    const spec = description({
      "/a/{id}/{un-declared}": {
        parameters: [{ in: "path", name: "id", schema: { type: "integer" } }],
        get: { operationId: "get", parameters: [{ in: "query", name: "un-declared" }], responses: {} },
      },
    });
    const connector = make({ spec, baseUrl: server.url });
    const { inputSchema } = (await connector.describe()).descriptors.get ?? {};
    expect(inputSchema).toMatchObject({
      properties: { id: { type: "integer" }, "un-declared": { type: "string" }, "un-declared_query": {} },
      required: ["id", "un-declared"],
    });
    await connector.executeTool("get", { id: 1, "un-declared": "b c", "un-declared_query": 2 });
    expect(server.last().url).toBe("/a/1/b%20c?un-declared=2");
  });
});

describe("GitHub's description", () => {
  async function sent(tool: string, args: object): Promise<string> {
    const server = await listening();
    await make({ spec: GITHUB, baseUrl: server.url }).executeTool(tool, { ...REPO, ...args });
    return `${server.last().method} ${server.last().url}`;
  }

  test.each<[string, object, string]>([
    ["repos_get_content", { path: "docs/a b/guide.md" }, "GET /repos/acme/site/contents/docs/a%20b/guide.md"],
    [
      "repos_get_content",
      { path: "what?#is&this.md", ref: "x/y" },
      "GET /repos/acme/site/contents/what%3F%23is%26this.md?ref=x%2Fy",
    ],
    ["repos_get_content", { path: "" }, "GET /repos/acme/site/contents/"],
    ["git_get_ref", { ref: "heads/feature/login" }, "GET /repos/acme/site/git/ref/heads/feature/login"],
    ["git_delete_ref", { ref: "tags/v1.0" }, "DELETE /repos/acme/site/git/refs/tags/v1.0"],
    ["repos_get_branch", { branch: "feature/login" }, "GET /repos/acme/site/branches/feature/login"],
    ["repos_compare_commits_with_basehead", { basehead: "main...fix/a" }, "GET /repos/acme/site/compare/main...fix/a"],
    [
      "repos_create_or_update_file_contents",
      { path: "src/new.ts", body: { message: "Add", content: "" } },
      "PUT /repos/acme/site/contents/src/new.ts",
    ],
    // Not marked: one segment, whatever is in it.
    ["git_get_tag", { tag_sha: "a/b" }, "GET /repos/acme/site/git/tags/a%2Fb"],
  ])("%s with %j", async (tool, args, expected) => {
    expect(await sent(tool, args)).toBe(expected);
  });

  test.each(["..", "docs/../../admin", "./x", "docs/.", "a/%2e%2e/b", "a\\..\\b", "a/..;/b", "a/..;x=1/b"])(
    "a path cannot climb by %j",
    async (path) => {
      const server = await listening();
      const error = await failureOf(
        make({ spec: GITHUB, baseUrl: server.url }).executeTool("repos_get_content", { ...REPO, path }),
      );
      expect(error.code).toBe("REQUEST_REFUSED");
      expect(server.requests).toEqual([]);
    },
  );

  test.each([
    ["repos_delete_file", { path: "", body: { message: "m", sha: "s" } }],
    ["repos_get_content", { path: "/etc" }],
  ])("%s refuses %j: a server that merges slashes would see another path", async (tool, args) => {
    const error = await failureOf(make({ spec: GITHUB }).executeTool(tool, { ...REPO, ...args }));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", message: expect.stringContaining("args.path") });
  });
});

describe("other descriptions", () => {
  const file = (more: object = {}) => [{ in: "path", name: "file", required: true, schema: {}, ...more }];
  const spec = (more?: object) =>
    description({
      "/files/{file}/{rest}": {
        get: { operationId: "read", parameters: [...file(more), ...file({ name: "rest" })], responses: {} },
      },
    });

  async function url(options: Partial<Parameters<typeof make>[0]>, given: object): Promise<string> {
    const server = await listening();
    const connector = make({ spec: spec(), ...options, baseUrl: server.url });
    await connector.executeTool("read", { file: "x", rest: "y", ...given });
    return server.last().url;
  }

  test("the developer names parameters of several segments, by operation", async () => {
    const multiSegment = ({ name }: { name: string }, parameter: string) => name === "read" && parameter === "rest";
    expect(await url({ multiSegment }, { file: "a/b", rest: "c/d e" })).toBe("/files/a%2Fb/c/d%20e");
  });

  test("allowReserved keeps what cannot end the path, and nothing that can", async () => {
    const given = { file: "a/b:c@d;e,f=g+h?i#j%2F&'()" };
    expect(await url({ spec: spec({ allowReserved: true }) }, given)).toBe(
      "/files/a/b:c@d;e,f=g%2Bh%3Fi%23j%252F%26'()/y",
    );
  });

  test("an overridden request never sees a path that climbs", async () => {
    const seen: OpenApiRequestOptions[] = [];
    class Overridden extends OpenApiConnector {
      override name() {
        return "api";
      }
      protected override spec() {
        return spec();
      }
      protected override async request(options: OpenApiRequestOptions) {
        seen.push(options);
      }
    }
    const connector = new Overridden(ctx, {});
    await connector.executeTool("read", { file: "x", rest: "y" });
    for (const file of ["..", "a/../b", "%2e"]) {
      expect((await failureOf(connector.executeTool("read", { file, rest: "y" }))).code).toBe("REQUEST_REFUSED");
    }
    expect(seen).toEqual([{ path: "/files/x/y", method: "GET" }]);
  });
});
