/** Request bodies over the wire: every kind of media type, and how a program chooses among several. */
import { describe, expect, test } from "vitest";
import { failureOf } from "../../support/thrown.ts";
import { json, type Loopback, loopback } from "./loopback.ts";
import { description, make } from "./make.ts";

type Content = Record<string, object>;

async function post(content: Content, args: Record<string, unknown>): Promise<Loopback> {
  const server = await loopback((_got, response) => json(response, {}));
  const spec = description({ "/": { post: { operationId: "send", requestBody: { content }, responses: {} } } });
  await make({ spec, baseUrl: server.url }).executeTool("send", args);
  return server;
}

/** Reads a multipart body with a parser that is not ours. */
async function formData(server: Loopback): Promise<FormData> {
  const { body, headers } = server.last();
  return new Response(new Uint8Array(body), { headers: { "content-type": headers["content-type"] ?? "" } }).formData();
}

describe("request bodies", () => {
  test("a media type that no header can hold is refused, and nothing is sent", async () => {
    const server = await loopback((_got, response) => json(response, {}));
    const content = { "image/*": {}, "application/json": {} };
    const spec = description({ "/": { post: { operationId: "send", requestBody: { content }, responses: {} } } });
    const connector = make({ spec, baseUrl: server.url });
    for (const contentType of ["image/png\r\nX-Role: admin", "image/png\0", "image/\u0100"]) {
      const error = await failureOf(connector.executeTool("send", { contentType, body: Uint8Array.of(1) }));
      expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", message: expect.stringContaining("contentType") });
    }
    expect(server.requests).toEqual([]);
  });

  test("a form that is written already, as programs for browsers have it", async () => {
    const body = new URLSearchParams([
      ["a", "1 2"],
      ["a", "é"],
    ]);
    const form = "application/x-www-form-urlencoded";
    const server = await post({ [form]: { schema: { type: "object" } } }, { body });
    await make({ spec: description({}), baseUrl: server.url }).executeTool("request", {
      path: "/",
      method: "POST",
      body,
    });
    for (const sent of server.requests) {
      expect(sent.headers["content-type"]).toBe(form);
      expect(sent.body.toString()).toBe("a=1+2&a=%C3%A9");
    }
    expect(server.requests).toHaveLength(2);
  });

  test.each<[string, unknown]>([
    ["application/x-www-form-urlencoded", new Map([["a", 1]])],
    ["application/x-www-form-urlencoded", Uint8Array.of(1)],
    ["application/x-www-form-urlencoded", { tags: new Set(["a"]) }],
    ["multipart/form-data", new Map([["a", 1]])],
    ["multipart/form-data", new URLSearchParams({ a: "1" })],
    ["application/json", new URLSearchParams({ a: "1" })],
  ])("%s does not send as nothing what has no fields of its own: %o", async (type, body) => {
    const server = await loopback((_got, response) => json(response, {}));
    const paths = { "/": { post: { operationId: "send", requestBody: { content: { [type]: {} } }, responses: {} } } };
    const connector = make({ spec: description(paths), baseUrl: server.url });
    expect(await failureOf(connector.executeTool("send", { body }))).toMatchObject({ code: "INVALID_ARGUMENTS" });
    expect(server.requests).toEqual([]);
  });

  test("JSON, with the media type that the description names", async () => {
    const server = await post({ "application/vnd.x+json": { schema: {} } }, { body: { a: [1, null] } });
    expect(server.last()).toMatchObject({ method: "POST", headers: { "content-type": "application/vnd.x+json" } });
    expect(JSON.parse(server.last().body.toString())).toEqual({ a: [1, null] });
  });

  test.each([
    ["an object is a merge patch", { spec: { replicas: 2 } }, "application/merge-patch+json"],
    ["a list is a JSON Patch", [{ op: "remove", path: "/spec" }], "application/json-patch+json"],
  ])("of a change that Kubernetes takes in several forms, %s", async (_what, body, contentType) => {
    const schema = { type: "object" };
    const content = {
      "application/json-patch+json": { schema },
      "application/merge-patch+json": { schema },
      "application/strategic-merge-patch+json": { schema },
      "application/apply-patch+yaml": { schema },
    };
    const server = await loopback((_got, response) => json(response, {}));
    const spec = description({ "/": { patch: { operationId: "change", requestBody: { content }, responses: {} } } });
    const connector = make({ spec, baseUrl: server.url });
    expect(await connector.assess("change", { body }, { executionId: "e", seq: 0 })).toMatchObject({ kind: "valid" });
    const described = (await connector.describe()).descriptors.change?.inputSchema;
    expect(described).toMatchObject({
      properties: { body: { anyOf: [schema, { type: "array" }, { type: "string" }] } },
    });
    await connector.executeTool("change", { body });
    expect(server.last().headers["content-type"]).toBe(contentType);
    expect(JSON.parse(server.last().body.toString())).toEqual(body);
  });

  test.each([[{ a: 1 }], [[{ op: "remove", path: "/a" }]]])(
    "a JSON Patch that is the only form takes %j as it is",
    async (body) => {
      const server = await post({ "application/json-patch+json": { schema: {} } }, { body });
      expect(server.last().headers["content-type"]).toBe("application/json-patch+json");
    },
  );

  test("a list is no JSON Patch where plain JSON is taken, too", async () => {
    const content = { "application/json-patch+json": { schema: {} }, "application/json": { schema: {} } };
    const server = await post(content, { body: [1] });
    expect(server.last().headers["content-type"]).toBe("application/json");
  });

  test("nor is it a form of what ASP.NET says to be JSON under each of its names, patches included", async () => {
    const schema = { type: "object", properties: { name: { type: "string" } } };
    const names = ["application/json-patch+json", "application/json", "text/json", "application/*+json"];
    const content = Object.fromEntries(names.map((name) => [name, { schema }]));
    const spec = description({ "/": { post: { operationId: "add", requestBody: { content }, responses: {} } } });
    const described = (await make({ spec }).describe()).descriptors.add?.inputSchema;
    expect(described).toMatchObject({ properties: { body: schema } });
    const body = [{ op: "remove", path: "/name" }];
    expect(await make({ spec }).assess("add", { body }, { executionId: "e", seq: 0 })).toMatchObject({
      kind: "invalid",
    });
  });

  test("a form, with styles per property and nested objects as JSON unless they declare a style", async () => {
    const encoding = { tags: { style: "form", explode: false }, filter: { style: "deepObject", explode: true } };
    const body = { name: "a b&c", tags: ["x", "y"], ids: [1, 2], filter: { a: { b: 1 } }, meta: { k: 1 } };
    const server = await post({ "application/x-www-form-urlencoded": { schema: {}, encoding } }, { body });
    expect(server.last().headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(server.last().body.toString()).toBe(
      "name=a+b%26c&tags=x,y&ids=1&ids=2&filter[a][b]=1&meta=%7B%22k%22%3A1%7D",
    );
  });

  test("multipart: files as bytes or with a name, lists as parts, objects as JSON, declared types kept", async () => {
    const encoding = { icon: { contentType: "image/png, image/gif" } };
    const server = await post(
      { "multipart/form-data": { schema: {}, encoding } },
      {
        body: {
          title: 'say "hi"',
          icon: Uint8Array.of(1, 2, 255),
          file: { data: new Blob(["hello"], { type: "text/plain" }), filename: 'a"b.txt' },
          tags: ["x", "y"],
          meta: { deep: { n: 1 } },
        },
      },
    );
    const form = await formData(server);
    expect(form.get("title")).toBe('say "hi"');
    expect(form.getAll("tags")).toEqual(["x", "y"]);
    const icon = form.get("icon") as unknown as File;
    expect(icon.type).toBe("image/png");
    expect([...new Uint8Array(await icon.arrayBuffer())]).toEqual([1, 2, 255]);
    const file = form.get("file") as unknown as File;
    expect({ name: file.name, type: file.type, text: await file.text() }).toEqual({
      name: 'a"b.txt',
      type: "text/plain",
      text: "hello",
    });
    const raw = server.last().body.toString("latin1");
    expect(raw).toContain('name="meta"\r\nContent-Type: application/json\r\n\r\n{"deep":{"n":1}}\r\n');
  });

  test("a part cannot write headers of its own", async () => {
    const server = await post(
      { "multipart/form-data": { schema: {} } },
      {
        body: {
          'a"\r\nX-Evil: 1': "v",
          f: { data: Uint8Array.of(1), filename: 'x"\r\nX-Evil: 1', contentType: "a/b\r\nX-Evil: 1" },
        },
      },
    );
    expect(server.last().body.toString()).not.toMatch(/^X-Evil/m);
  });

  test("text and bytes are sent as they are", async () => {
    const text = await post({ "text/plain": { schema: { type: "string" } } }, { body: "hello" });
    expect(text.last()).toMatchObject({ headers: { "content-type": "text/plain" }, body: Buffer.from("hello") });
    const view = new Uint8Array([0, 1, 2, 3, 4]).subarray(1, 4);
    const bytes = await post({ "application/octet-stream": {} }, { body: view });
    expect(bytes.last()).toMatchObject({
      headers: { "content-type": "application/octet-stream" },
      body: Buffer.from([1, 2, 3]),
    });
  });

  test.each([
    [Uint8Array.of(1, 2), "application/octet-stream"],
    ["hello", "text/plain"],
  ])("where any picture is taken %j is sent as what it is: image/* says what is allowed", async (body, sentAs) => {
    const sent = (await post({ "image/*": {} }, { body })).last();
    expect(sent).toMatchObject({ headers: { "content-type": sentAs }, body: Buffer.from(body) });
  });

  test("of several media types JSON is the default, and `contentType` chooses another", async () => {
    const content = { "application/xml": {}, "application/x-www-form-urlencoded": {}, "application/json": {} };
    expect((await post(content, { body: { a: 1 } })).last().headers["content-type"]).toBe("application/json");
    const form = await post(content, { body: { a: 1 }, contentType: "application/x-www-form-urlencoded" });
    expect(form.last().body.toString()).toBe("a=1");
    const xml = await post(content, { body: "<a/>", contentType: "application/xml" });
    expect(xml.last()).toMatchObject({ headers: { "content-type": "application/xml" }, body: Buffer.from("<a/>") });
  });

  test("the schema offers the choice, and the body as the union of its types", async () => {
    const content = {
      "application/xml": { schema: { $ref: "#/components/schemas/Pet" } },
      "application/json": { schema: { $ref: "#/components/schemas/Pet" } },
      "application/x-www-form-urlencoded": { schema: { $ref: "#/components/schemas/Pet" } },
    };
    const spec = description(
      { "/": { post: { operationId: "send", requestBody: { required: true, content }, responses: {} } } },
      { components: { schemas: { Pet: { type: "object", properties: { name: { type: "string" } } } } } },
    );
    const { inputSchema } = (await make({ spec }).describe()).descriptors.send ?? {};
    expect(inputSchema).toMatchObject({
      required: ["body"],
      properties: {
        body: { anyOf: [{ $ref: "#/$defs/Pet" }, { type: "string" }] },
        contentType: { enum: ["application/json", "application/x-www-form-urlencoded", "application/xml"] },
      },
    });
  });

  test.each(["*/*", "application/*"])("%s takes what its schema says, and sends it as what it is", async (any) => {
    const sent = async (body: unknown) => {
      const server = await post({ [any]: { schema: {} } }, { body });
      return [server.last().headers["content-type"], server.last().body.toString()];
    };
    expect(await sent({ a: 1 })).toEqual(["application/json", '{"a":1}']);
    expect(await sent([1])).toEqual(["application/json", "[1]"]);
    expect(await sent("plain")).toEqual(["text/plain", "plain"]);
    expect(await sent(Uint8Array.of(65))).toEqual(["application/octet-stream", "A"]);
    const schema = { type: "object", properties: { a: { type: "integer" } } };
    const content = { [any]: { schema } };
    const spec = description({
      "/": { post: { operationId: "send", requestBody: { content }, responses: { 200: { content } } } },
    });
    const { inputSchema, outputSchema } = (await make({ spec }).describe()).descriptors.send ?? {};
    expect(inputSchema).toMatchObject({ properties: { body: schema } });
    expect(outputSchema).toEqual(schema);
  });

  test.each(["image/png", "application/xml"])(
    "%s cannot hold an object: refused before anything is sent",
    async (type) => {
      const requestBody = { content: { [type]: {}, "application/json": {} } };
      const spec = description({ "/": { post: { operationId: "send", requestBody, responses: {} } } });
      const error = await failureOf(make({ spec }).executeTool("send", { body: { a: 1 }, contentType: type }));
      expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", message: expect.stringContaining("args.body") });
    },
  );

  test("the escape hatch sends JSON, text that is JSON already, text and bytes each as what they are", async () => {
    const server = await loopback((_got, response) => json(response, {}));
    const connector = make({ spec: description({}), baseUrl: server.url });
    const sent = async (body: unknown) => {
      await connector.executeTool("request", { path: "/x", method: "POST", body });
      return [server.last().headers["content-type"], server.last().body.toString()];
    };
    expect(await sent({ a: 1 })).toEqual(["application/json", '{"a":1}']);
    expect(await sent('{"a":1}')).toEqual(["application/json", '{"a":1}']);
    expect(await sent("plain")).toEqual(["text/plain", "plain"]);
    expect(await sent(Uint8Array.of(65))).toEqual(["application/octet-stream", "A"]);
  });
});
