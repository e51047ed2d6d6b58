/** Swagger 2 over a real connection: what its converter must not lose, as it arrives at the server. */
import { describe, expect, test } from "vitest";
import { json, loopback } from "./loopback.ts";
import { make } from "./make.ts";

const LIST = { type: "array", items: { type: "string" } };

function swagger(operation: object, rest: object = {}): object {
  return {
    swagger: "2.0",
    info: { title: "Old", version: "1" },
    host: "old.test",
    basePath: "/v2",
    schemes: ["https"],
    paths: { "/x": { post: { operationId: "send", responses: {}, ...operation } } },
    ...rest,
  };
}

async function sent(spec: object, args: object) {
  const server = await loopback((_got, response) => json(response, {}));
  await make({ spec, baseUrl: server.url }).executeTool("send", args);
  const { url, headers, body } = server.last();
  return { url, headers, body: body.toString() };
}

describe("lists", () => {
  const formats = { plain: undefined, multi: "multi", ssv: "ssv", pipes: "pipes" };
  const parameters = (place: string) =>
    Object.entries(formats).map(([name, collectionFormat]) => ({
      in: place,
      name,
      ...LIST,
      ...(collectionFormat && { collectionFormat }),
    }));
  const values = Object.fromEntries(Object.keys(formats).map((name) => [name, ["a", "b"]]));

  test("in a query are joined as the description says, by commas where it says nothing", async () => {
    const { url } = await sent(swagger({ parameters: parameters("query") }), values);
    expect(url).toBe("/x?plain=a,b&multi=a&multi=b&ssv=a%20b&pipes=a%7Cb");
  });

  test("in a form too, also where the parameter is shared", async () => {
    const consumes = ["application/x-www-form-urlencoded"];
    const [plain, ...others] = parameters("formData");
    const shared = { $ref: "#/parameters/plain" };
    const spec = swagger({ consumes, parameters: [shared, ...others] }, { parameters: { plain } });
    const { body } = await sent(spec, { body: values });
    expect(body.split("&").sort()).toEqual(["multi=a", "multi=b", "pipes=a%7Cb", "plain=a,b", "ssv=a+b"]);
  });
});

test("files, bodies and nullable properties are what they were", async () => {
  const consumes = ["multipart/form-data"];
  const upload = swagger({ consumes, parameters: [{ in: "formData", name: "f", type: "file", required: true }] });
  expect((await sent(upload, { body: { f: Uint8Array.of(65) } })).body).toContain("\r\n\r\nA\r\n");
  const definitions = { Pet: { type: "object", properties: { tag: { type: "string", "x-nullable": true } } } };
  const parameters = [{ in: "body", name: "payload", required: true, schema: { $ref: "#/definitions/Pet" } }];
  expect((await sent(swagger({ parameters }, { definitions }), { body: { tag: null } })).body).toBe('{"tag":null}');
});

test("the description stays as it was given", async () => {
  const spec = swagger({ parameters: [{ in: "formData", name: "l", ...LIST }] });
  const before = JSON.stringify(spec);
  await make({ spec }).describe();
  expect(JSON.stringify(spec)).toBe(before);
});
