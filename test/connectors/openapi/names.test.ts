/** Names of tools: words kept, one name per operation, told when they collide. */
import { describe, expect, test, vi } from "vitest";
import { nameOperations, releasedNames } from "../../../connectors/openapi/names.ts";
import { describe as describeTool, search } from "../../../src/catalog/catalog.ts";
import { description, make } from "./make.ts";

function op(operationId: string | undefined, method = "GET", path = `/${operationId}`) {
  return { operationId, method, path };
}

/** Names with what they were called in the released package, where that was another name. */
function named(...operations: ReturnType<typeof op>[]): (readonly [name: string, released: string | undefined])[] {
  const { names } = nameOperations(operations);
  const released = releasedNames(operations.map((operation, at) => ({ ...operation, name: names[at] ?? "" })));
  return names.map((name) => [name, [...released].find(([, of]) => of === name)?.[0]]);
}

const nothing = { responses: { 204: { description: "done" } } };

describe("names of operations", () => {
  test("an operationId keeps its words and stays callable under the released name", () => {
    expect(named(op("pulls/create"), op("listPets"), op("repos.get-content"))).toEqual([
      ["pulls_create", "pullscreate"],
      ["listPets", undefined],
      ["repos_get_content", undefined],
    ]);
  });

  test("an operation without an id is named after its method and path", () => {
    expect(named(op(undefined, "GET", "/pets/{petId}/toys"))).toEqual([["get_pets_petId_toys", "get_petspetIdtoys"]]);
  });

  test("an exact operationId keeps its name wherever it stands; the other is named after method and path", () => {
    const { names, collisions } = nameOperations([op("a/b", "POST", "/x"), op("a_b", "GET", "/y")]);
    expect(names).toEqual(["post_x", "a_b"]);
    expect(collisions).toEqual([{ name: "a_b", renamedTo: "post_x", method: "POST", path: "/x" }]);
  });

  test("equal ids: the first in the document keeps the name and the released alias", () => {
    expect(named(op("x/get", "GET", "/1"), op("x/get", "GET", "/2"))).toEqual([
      ["x_get", "xget"],
      ["get_2", undefined],
    ]);
  });

  test("names of the connector's own tools and of JavaScript are never taken", () => {
    const { names } = nameOperations([
      op("request", "GET", "/r"),
      op("then", "GET", "/t"),
      op("__proto__", "GET", "/p"),
    ]);
    expect(names).not.toContain("request");
    expect(names).not.toContain("then");
    expect(names).not.toContain("__proto__");
    expect(new Set(names).size).toBe(3);
  });

  test("collisions are told once per description, to the hook or on the console", async () => {
    const spec = description({
      "/x": { get: { operationId: "a/b", ...nothing } },
      "/y": { get: { operationId: "a_b", ...nothing } },
    });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const told: unknown[] = [];
    await make({ spec, onNameCollision: (collisions) => told.push(...collisions) }).describe();
    await make({ spec }).describe();
    expect(told).toEqual([{ name: "a_b", renamedTo: "get_x", method: "GET", path: "/x" }]);
    expect(warn).not.toHaveBeenCalled();
    await make({ spec: structuredClone(spec) }).describe();
    expect(warn.mock.calls).toEqual([[expect.stringContaining('GET /x: "a_b" is taken, so "get_x"')]]);
    warn.mockRestore();
  });

  test("the released name is an alias and not listed", async () => {
    const connector = make({ spec: description({ "/x": { get: { operationId: "pulls/list", ...nothing } } }) });
    const described = await connector.describe();
    expect(Object.keys(described.descriptors)).toEqual(["request", "pulls_list"]);
    expect(described.aliases).toEqual({ pullslist: "pulls_list" });
    expect(await connector.assess("pullslist", {}, { executionId: "e", seq: 0 })).toMatchObject({
      kind: "valid",
      method: "pulls_list",
    });
  });

  test("the released name finds the tool, and describes it", async () => {
    const spec = description({ "/x": { get: { operationId: "pulls/list", summary: "List them", ...nothing } } });
    const connectors = [await make({ spec }).describe()];
    for (const asked of ["pullslist", "api.pullslist"]) {
      expect(search({ connectors }, asked).results[0]?.path).toBe("api.pulls_list");
      expect(describeTool({ connectors }, asked).path).toBe("api.pulls_list");
    }
  });
});

describe("parameters that are called as every object's own members", () => {
  const NAMES = ["constructor", "toString", "valueOf", "__proto__"];
  const text = { schema: { type: "string" } };
  const parameters = [
    ...NAMES.map((name) => ({ in: "query", name, ...text })),
    ...NAMES.map((name) => ({ in: "header", name: `X-${name}`, ...text })),
    { in: "cookie", name: "hasOwnProperty", ...text },
  ];
  const spec = description({ "/seasons": { get: { operationId: "seasons", parameters, responses: {} } } });

  async function sent(args: string): Promise<URL> {
    const seen: Request[] = [];
    const fetch = async (request: Request) => {
      seen.push(request);
      return Response.json({});
    };
    await make({ spec, fetch }).executeTool("seasons", JSON.parse(args));
    const [request] = seen;
    expect([...(request?.headers.keys() ?? [])].filter((name) => /^x-|cookie/.test(name))).toEqual([]);
    return new URL(request?.url ?? "");
  }

  test("are sent only where they are given", async () => {
    expect((await sent("{}")).search).toBe("");
    expect((await sent('{"constructor":"ferrari"}')).search).toBe("?constructor=ferrari");
    const all = await sent('{"constructor":"a","toString":"b","valueOf":"c","__proto__":"d"}');
    expect([...all.searchParams.keys()].sort()).toEqual([...NAMES].sort());
  });

  test("are described like any other", async () => {
    const { properties } = (await make({ spec }).describe()).descriptors.seasons?.inputSchema ?? {};
    expect(Object.keys(properties ?? {})).toEqual(expect.arrayContaining(NAMES));
  });
});
