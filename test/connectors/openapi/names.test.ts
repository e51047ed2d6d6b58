/** Names of tools: words kept, one name per operation, told when they collide. */
import { describe, expect, test, vi } from "vitest";
import { nameOperations } from "../../../connectors/openapi/names.ts";
import { description, make } from "./make.ts";

function op(operationId: string | undefined, method = "GET", path = `/${operationId}`) {
  return { operationId, method, path };
}

const nothing = { responses: { 204: { description: "done" } } };

describe("names of operations", () => {
  test("an operationId keeps its words and stays callable under the released name", () => {
    const { names } = nameOperations([op("pulls/create"), op("listPets"), op("repos.get-content")]);
    expect(names).toEqual([
      { name: "pulls_create", alias: "pullscreate" },
      { name: "listPets", alias: undefined },
      { name: "repos_get_content", alias: undefined },
    ]);
  });

  test("an operation without an id is named after its method and path", () => {
    const { names } = nameOperations([op(undefined, "GET", "/pets/{petId}/toys")]);
    expect(names).toEqual([{ name: "get_pets_petId_toys", alias: "get_petspetIdtoys" }]);
  });

  test("an exact operationId keeps its name wherever it stands; the other is named after method and path", () => {
    const { names, collisions } = nameOperations([op("a/b", "POST", "/x"), op("a_b", "GET", "/y")]);
    expect(names.map(({ name }) => name)).toEqual(["post_x", "a_b"]);
    expect(collisions).toEqual([{ name: "a_b", renamedTo: "post_x", method: "POST", path: "/x" }]);
  });

  test("equal ids: the first in the document keeps the name and the released alias", () => {
    const { names } = nameOperations([op("x/get", "GET", "/1"), op("x/get", "GET", "/2")]);
    expect(names).toEqual([
      { name: "x_get", alias: "xget" },
      { name: "get_2", alias: undefined },
    ]);
  });

  test("names of the connector's own tools and of JavaScript are never taken", () => {
    const { names } = nameOperations([
      op("request", "GET", "/r"),
      op("then", "GET", "/t"),
      op("__proto__", "GET", "/p"),
    ]);
    expect(names.map(({ name }) => name)).not.toContain("request");
    expect(names.map(({ name }) => name)).not.toContain("then");
    expect(names.map(({ name }) => name)).not.toContain("__proto__");
    expect(new Set(names.map(({ name }) => name)).size).toBe(3);
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
    expect(Object.keys((await connector.describe()).descriptors)).toEqual(["request", "pulls_list"]);
    expect(await connector.assess("pullslist", {}, { executionId: "e", seq: 0 })).toMatchObject({
      kind: "valid",
      method: "pulls_list",
    });
  });
});
