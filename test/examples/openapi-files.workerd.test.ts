import { env, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { GitHub } from "./openapi-class.ts";
import { petstore } from "./openapi-documents.ts";
import { githubRuntime } from "./openapi-function.ts";

const TOKEN = "s3cret-token";
const seen: string[] = [];

beforeEach(() => {
  seen.length = 0;
  vi.stubGlobal("fetch", async (request: Request) => {
    const { host, pathname, search } = new URL(request.url);
    seen.push(`${request.method} ${host}${pathname}${search} ${request.headers.get("authorization")}`);
    if (request.method === "POST") return Response.json({ number: 8, ...(await request.json<object>()) });
    return Response.json(pathname === "/rate_limit" ? { remaining: 4_999 } : [{ number: 7 }]);
  });
});
afterEach(() => void vi.unstubAllGlobals());

function inPlace<T>(body: (ctx: DurableObjectState) => Promise<T>): Promise<T> {
  return runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), (_place, ctx) => body(ctx));
}

const PROGRAM = `
async () => {
  const pulls = await github.pulls_list({ owner: "acme", repo: "site", state: "open" });
  await github.issues_create({ owner: "acme", repo: "site", body: { title: \`\${pulls.length} open pulls\` } });
  return github.request({ path: "/rate_limit" }); // what no operation reaches
};
`;

test("a program calls operations, and what no operation reaches; the write waits for a person", async () => {
  await inPlace(async (ctx) => {
    const runtime = githubRuntime(ctx, { LOADER: env.LOADER, GITHUB_TOKEN: TOKEN });
    const paused = await runtime.execute({ code: PROGRAM });
    expect(paused).toMatchObject({
      status: "paused",
      pending: [{ method: "issues_create", args: { body: { title: "1 open pulls" } } }],
    });
    const done = await runtime.approve({ executionId: paused.executionId });
    expect(done).toMatchObject({ status: "completed", result: { remaining: 4_999 } });
    expect(seen).toEqual([
      `GET api.github.example/repos/acme/site/pulls?state=open Bearer ${TOKEN}`,
      `POST api.github.example/repos/acme/site/issues Bearer ${TOKEN}`,
      `GET api.github.example/rate_limit Bearer ${TOKEN}`,
    ]);
  });
});

test("as a class it is the same", async () => {
  await inPlace(async (ctx) => {
    const github = new GitHub(ctx, { GITHUB_TOKEN: TOKEN });
    expect(await github.executeTool("pulls_list", { owner: "acme", repo: "site" })).toEqual([{ number: 7 }]);
    expect(seen).toEqual([`GET api.github.example/repos/acme/site/pulls Bearer ${TOKEN}`]);
  });
});

test("of several documents every reference leads somewhere", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  await inPlace(async (ctx) => {
    const types = await petstore(ctx).getTypeScriptTypes();
    expect(types).toContain("CommonPet");
    expect(types).toMatch(/"cat" \| "dog"/);
    await petstore(ctx).executeTool("getPet", { id: 7 });
    expect(seen).toEqual(["GET pets.example/pets/7 null"]);
  });
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});
