/** How what a program came to reads for an MCP client. */
import { expect, test } from "vitest";
import { executed } from "../../../src/mcp/reply.ts";

const LONG = Array.from({ length: 5_000 }, (_, id) => ({ id, text: "x".repeat(20) }));

test("what a program printed before it failed is told with the failure", async () => {
  expect(await executed(async () => ({ result: undefined, error: "boom", logs: ["one", "two"] }))).toEqual({
    isError: true,
    content: [
      { type: "text", text: "Error: boom" },
      { type: "text", text: '{"logs":["one","two"]}' },
    ],
  });
});

test("a failure without a sentence has one all the same", async () => {
  expect(await executed(async () => ({ result: undefined, error: "" }))).toEqual({
    isError: true,
    content: [{ type: "text", text: "Error: The program failed and gave no reason." }],
  });
});

test.each<[string, unknown, string]>([
  ["a text", "sealed", "Error: sealed"],
  ["nothing", undefined, "Error: undefined"],
  ["an error", new Error("sealed"), "Error: sealed"],
  ["an error without a sentence", new TypeError(), "Error: TypeError"],
])("an executor that throws %s has failed", async (_what, thrown, text) => {
  const reply = await executed(() => Promise.reject(thrown));
  expect(reply).toEqual({ isError: true, content: [{ type: "text", text }] });
});

test("what transformResult gives is shown whole, however long", async () => {
  const { content } = await executed(
    async () => ({ result: 1 }),
    () => LONG,
  );
  expect(content).toEqual([{ type: "text", text: JSON.stringify(LONG) }]);
});

test("a transformResult that throws is an error, and no success", async () => {
  const reply = executed(
    async () => ({ result: 1 }),
    () => {
      throw new Error("no shape");
    },
  );
  expect(await reply).toMatchObject({ isError: true, content: [{ type: "text", text: "Error: no shape" }] });
});

test("content that is text alone is a value like any other", async () => {
  const result = { content: [{ type: "text", text: "Here it is" }] };
  expect(await executed(async () => ({ result }))).toEqual({
    content: [{ type: "text", text: JSON.stringify(result) }],
  });
});

test.each<[string, unknown]>([
  ["nothing", null],
  ["a block of another kind", { type: "hologram", data: "AAAA" }],
])("content with %s in it is a value like any other, also beside fields", async (_what, odd) => {
  const content = [odd, { type: "image", data: "AAAA", mimeType: "image/png" }];
  for (const result of [{ content }, { a: 1, mcpContent: content }]) {
    expect(await executed(async () => ({ result }))).toEqual({
      content: [{ type: "text", text: JSON.stringify(result) }],
    });
  }
});

test("an embedded file is shown with its bytes", async () => {
  const file = { uri: "file:///a.bin", mimeType: "application/octet-stream" };
  const result = { content: [{ type: "resource", resource: { ...file, blob: new Uint8Array(3) } }] };
  expect(await executed(async () => ({ result }))).toEqual({
    content: [{ type: "resource", resource: { ...file, blob: "AAAA" } }],
  });
});

test.each<[string, object]>([
  ["bytes", { type: "image", data: new Uint8Array(5_000_000), mimeType: "image/png" }],
  ["base64", { type: "image", data: "A".repeat(5_000_000), mimeType: "image/png" }],
  ["embedded bytes", { type: "resource", resource: { uri: "file:///a", blob: new Uint8Array(5_000_000) } }],
])("what is too large to be shown is named, and takes no room from what is behind it: %s", async (_what, large) => {
  const image = { type: "image", data: "AAAA", mimeType: "image/png" };
  const { content } = await executed(async () => ({ result: { content: [large, image] } }));
  expect(content).toEqual([
    { type: "text", text: expect.stringMatching(/^\((image|resource) of 5000000 bytes, too large to be shown\)$/) },
    image,
  ]);
});

test("a text beside an image is cut, the image is not", async () => {
  const data = Uint8Array.from({ length: 1_000_000 }, (_, n) => n);
  const result = {
    content: [
      { type: "text", text: "x".repeat(100_000) },
      { type: "image", data, mimeType: "image/png" },
    ],
  };
  const { content } = await executed(async () => ({ result }));
  const [text, image] = content;
  expect(text?.type === "text" && text.text.length).toBeLessThan(25_000);
  expect(image?.type === "image" && image.data).toBe(Buffer.from(data).toString("base64"));
});

test("the texts of all blocks together keep to the budget, those of embedded resources too", async () => {
  const image = { type: "image", data: new Uint8Array(3), mimeType: "image/png" };
  const text = { type: "text", text: "x".repeat(20_000) };
  const resource = { type: "resource", resource: { uri: "file:///log.txt", text: "y".repeat(1_000_000) } };
  const empty = { type: "text", text: "" };
  const result = { content: [text, resource, text, image, text, empty] };
  const { content } = await executed(async () => ({ result }));
  expect(JSON.stringify(content).length).toBeLessThan(25_000);
  expect(content).toEqual([
    text,
    { ...resource, resource: { ...resource.resource, text: expect.stringMatching(/^y{4000}\n\n--- TRUNCATED ---/) } },
    { ...image, data: "AAAA" },
    empty,
    { type: "text", text: "(2 more texts, for which there was no room)" },
  ]);
});

test("the bytes of all blocks together keep to what clients take in one message", async () => {
  const image = { type: "image", data: new Uint8Array(3_000_000), mimeType: "image/png" };
  const { content } = await executed(async () => ({ result: { content: [image, image] } }));
  expect(content.map((block) => (block.type === "text" ? block.text : block.type))).toEqual([
    "image",
    "(image of 3000000 bytes, too large to be shown)",
  ]);
});

test("the texts that repeat the fields of an answer take no room from what is shown beside these", async () => {
  const rows = "x".repeat(20_000);
  const text = { type: "text", text: JSON.stringify({ rows }) };
  const resource = { type: "resource", resource: { uri: "file:///log.txt", text: "y".repeat(5_000) } };
  const mcpContent = [text, resource, resource];
  const { content } = await executed(async () => ({ result: { rows, mcpContent } }));
  expect(JSON.stringify(content).length).toBeLessThan(25_000);
  expect(content).toEqual([
    text,
    { ...resource, resource: { ...resource.resource, text: expect.stringMatching(/^y{3989}\n\n--- TRUNCATED ---/) } },
    { type: "text", text: "(1 more texts, for which there was no room)" },
  ]);
});

test("what is too large to be shown beside the fields of an answer is named", async () => {
  const image = { type: "image", data: new Uint8Array(5_000_000), mimeType: "image/png" };
  const { content } = await executed(async () => ({ result: { a: 1, mcpContent: [image] } }));
  expect(content).toEqual([
    { type: "text", text: '{"a":1}' },
    { type: "text", text: "(image of 5000000 bytes, too large to be shown)" },
  ]);
});

test("a program that ended well is no failure because its value cannot be shown", async () => {
  const result = new Map([["ids", Array.from({ length: 1_000_001 }, (_, id) => id)]]);
  for (const transform of [undefined, (value: unknown) => value]) {
    expect(await executed(async () => ({ result }), transform)).toEqual({
      content: [{ type: "text", text: expect.stringMatching(/^\(The result is too large to be shown\./) }],
    });
  }
});
