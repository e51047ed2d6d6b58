/** Bodies where HTTP has no place for one: what can be sent is sent, what cannot is told before anything leaves. */
import { describe, expect, test, vi } from "vitest";
import { generateTypesFromJsonSchema } from "../../../src/catalog/types/declare.ts";
import { failureOf } from "../../support/thrown.ts";
import { json, loopback } from "./loopback.ts";
import { description, make } from "./make.ts";

const requestBody = {
  required: true,
  content: { "application/json": { schema: { type: "object", properties: { ids: { type: "array" } } } } },
};
const operation = (operationId: string) => ({ operationId, requestBody, responses: {} });
const spec = () =>
  description({ "/items": { get: operation("find"), delete: operation("clear"), head: operation("peek") } });

describe("a body on GET or HEAD", () => {
  test("is told once per description, operation by operation", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const shared = spec();
    await make({ spec: shared }).describe();
    await make({ spec: shared }).describe();
    expect(warn.mock.calls).toEqual([[expect.stringContaining("no body can be sent with GET /items, HEAD /items.")]]);
    warn.mockRestore();
  });

  test("is told to whoever asks to hear it instead of the console", async () => {
    const heard: string[] = [];
    const onUnsendableBodies = (operations: readonly { name: string }[]) => {
      heard.push(...operations.map(({ name }) => name));
    };
    await make({ spec: spec(), onUnsendableBodies }).describe();
    expect(heard).toEqual(["find", "peek"]);
  });

  test("is refused when it is given, with the reason in the tool's types, and the call without it is sent", async () => {
    const server = await loopback((_got, response) => json(response, { found: 0 }));
    const connector = make({ spec: spec(), baseUrl: server.url, onUnsendableBodies: () => undefined });
    const error = await failureOf(connector.executeTool("find", { body: { ids: [1] } }));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", data: { path: "args.body" } });
    const { descriptors } = await connector.describe();
    const { find } = descriptors;
    expect(find?.inputSchema.required).toBeUndefined();
    const types = generateTypesFromJsonSchema(find === undefined ? {} : { find });
    expect(types).toContain(
      "Leave it out: the API's description has a body here, and GET requests are sent without one.",
    );
    expect(types).toContain("body?: never");
    expect(await connector.executeTool("find", {})).toEqual({ found: 0 });
    expect(server.requests.map(({ method, body }) => [method, body.length])).toEqual([["GET", 0]]);
  });

  test("is refused by the escape hatch, too", async () => {
    const connector = make({ spec: spec(), onUnsendableBodies: () => undefined });
    for (const method of ["GET", "HEAD"]) {
      const error = await failureOf(connector.executeTool("request", { path: "/items", method, body: {} }));
      expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", message: expect.stringContaining("args.body") });
    }
  });
});

test("a body on DELETE is typed, required and sent", async () => {
  const server = await loopback((_got, response) => void response.writeHead(204).end());
  const connector = make({ spec: spec(), baseUrl: server.url, onUnsendableBodies: () => undefined });
  expect((await connector.describe()).descriptors.clear?.inputSchema.required).toEqual(["body"]);
  await connector.executeTool("clear", { body: { ids: [1, 2] } });
  const { method, headers, body } = server.last();
  expect([method, headers["content-type"], body.toString()]).toEqual(["DELETE", "application/json", '{"ids":[1,2]}']);
});
