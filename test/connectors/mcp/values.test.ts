/** How the answers of MCP tools become values of programs. */
import { describe, expect, test } from "vitest";
import { valueOfResult } from "../../../connectors/mcp/value.ts";
import { decodeValue, encodeValue } from "../../../src/wire/values.ts";
import { failureOf } from "../../support/thrown.ts";

const seen = (answer: unknown) => valueOfResult("mcp.tool", answer);
const failure = (answer: unknown) => failureOf((async () => seen(answer))());
const PNG = btoa("\x89PNG\r\n");

describe("values", () => {
  test.each([
    [
      "structured content goes before text",
      { structuredContent: { a: 1 }, content: [{ type: "text", text: "x" }] },
      { a: 1 },
    ],
    ["text is text", { content: [{ type: "text", text: "hello" }] }, "hello"],
    ["several texts are lines", { content: ["a", "b"].map((text) => ({ type: "text", text })) }, "a\nb"],
    ["JSON in a text is its value", { content: [{ type: "text", text: '{"a":[1,null]}' }] }, { a: [1, null] }],
    ["a number in a text is a number", { content: [{ type: "text", text: " 42 " }] }, 42],
    [
      "a number too long for a number stays text",
      { content: [{ type: "text", text: "12345678901234567890" }] },
      "12345678901234567890",
    ],
    ["the oldest servers answer with toolResult", { toolResult: { old: true } }, { old: true }],
    [
      "a block of a kind that every object has by that name stays as it is",
      { content: [{ type: "toString", data: "x" }] },
      { content: [{ type: "toString", data: "x" }] },
    ],
    ["an empty answer stays as it is", { content: [] }, { content: [] }],
  ])("%s", (_title, answer, value) => {
    expect(seen(answer)).toEqual(value);
  });

  test("images, audio and blobs are bytes beside their type, and survive the journal", () => {
    const link = { type: "resource_link", uri: "file:///a", name: "a" };
    const value = seen({
      content: [
        { type: "text", text: "see" },
        { type: "image", data: PNG, mimeType: "image/png" },
        { type: "audio", data: PNG, mimeType: "audio/wav" },
        { type: "resource", resource: { uri: "a:1", mimeType: "application/gzip", blob: PNG } },
        { type: "resource", resource: { uri: "a:2", mimeType: "text/plain", text: "hi" } },
        link,
      ],
    });
    const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]);
    const expected = {
      content: [
        { type: "text", text: "see" },
        { type: "image", data: bytes, mimeType: "image/png" },
        { type: "audio", data: bytes, mimeType: "audio/wav" },
        { type: "resource", resource: { uri: "a:1", mimeType: "application/gzip", blob: bytes } },
        { type: "resource", resource: { uri: "a:2", mimeType: "text/plain", text: "hi" } },
        link,
      ],
    };
    expect(value).toEqual(expected);
    expect(decodeValue(encodeValue(value, "The result"))).toEqual(expected);
  });
});

describe("structured content beside what is no text", () => {
  const image = { type: "image", data: PNG, mimeType: "image/png" };
  const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]);
  const text = { type: "text", text: '{"celsius":21}' };
  const link = { type: "resource_link", uri: "file:///a", name: "a" };

  test("keeps its fields where its schema has them, with the content beside them, and survives the journal", () => {
    const value = seen({ structuredContent: { celsius: 21 }, content: [text, image, link] });
    const expected = { celsius: 21, mcpContent: [text, { ...image, data: bytes }, link] };
    expect(value).toEqual(expected);
    expect(decodeValue(encodeValue(value, "The result"))).toEqual(expected);
  });

  test("bytes in the letters of addresses are the same bytes", () => {
    const blob = "-_8";
    const value = seen({ content: [{ type: "resource", resource: { uri: "a:b", blob } }] });
    expect(value).toMatchObject({ content: [{ resource: { blob: new Uint8Array([0xfb, 0xff]) } }] });
  });

  test("a field that is called content is the tool's own", () => {
    const value = seen({ structuredContent: { content: "mine" }, content: [image] });
    expect(value).toEqual({ content: "mine", mcpContent: [{ ...image, data: bytes }] });
  });

  test.each([
    ["a list", [1, 2]],
    ["a text", "21"],
    ["an object that has mcpContent of its own", { mcpContent: "mine" }],
  ])("%s has no room for the content: the program sees both side by side", (_title, structuredContent) => {
    expect(seen({ structuredContent, content: [image] })).toEqual({
      structuredContent,
      content: [{ ...image, data: bytes }],
    });
  });

  test("nothing is added where the content is text alone or absent", () => {
    expect(seen({ structuredContent: { celsius: 21 }, content: [text, text] })).toEqual({ celsius: 21 });
    expect(seen({ structuredContent: [1], content: [text] })).toEqual([1]);
    expect(seen({ structuredContent: { celsius: 21 }, content: [] })).toEqual({ celsius: 21 });
    expect(seen({ structuredContent: { celsius: 21 } })).toEqual({ celsius: 21 });
  });

  test("a field that is called __proto__ stays a field", () => {
    const structuredContent: unknown = JSON.parse('{"__proto__":{"a":1}}');
    expect(Object.getOwnPropertyNames(seen({ structuredContent, content: [image] }))).toEqual([
      "__proto__",
      "mcpContent",
    ]);
  });
});

describe("failures", () => {
  test("isError is a TOOL_ERROR with the text of the server", async () => {
    const error = await failure({
      isError: true,
      content: [{ type: "text", text: "no such issue" }],
      structuredContent: { id: 7 },
    });
    expect(error).toMatchObject({
      code: "TOOL_ERROR",
      message: "no such issue",
      data: { structuredContent: { id: 7 } },
    });
  });

  test("isError whose reason is structured quotes it", async () => {
    const structuredContent = { code: "quota", left: 0 };
    expect(await failure({ isError: true, content: [], structuredContent })).toMatchObject({
      code: "TOOL_ERROR",
      message: '{"code":"quota","left":0}',
      data: { structuredContent },
    });
  });

  test("isError without a text still has a sentence", async () => {
    for (const structuredContent of [undefined, null, {}]) {
      expect(await failure({ isError: true, structuredContent })).toMatchObject({
        code: "TOOL_ERROR",
        message: "mcp.tool failed and gave no reason.",
      });
    }
  });

  test.each([
    ["not an object", "yes"],
    ["nothing", undefined],
    ["content that is no list", { content: "text" }],
    ["a block without a type", { content: [{ text: "x" }] }],
    ["a text block without a text", { content: [{ type: "text" }] }],
    ["an image that is not base64", { content: [{ type: "image", data: "%%%", mimeType: "image/png" }] }],
    ["a resource block without a resource", { content: [{ type: "resource" }] }],
  ])("an answer that is %s is said to be nonsense", async (_title, answer) => {
    const error = await failure(answer);
    expect(error.code).toBe("CONNECTION_LOST");
    expect(error.message).toContain("mcp.tool: the MCP server's answer cannot be used");
    expect(error.data).toMatchObject({ mayHaveRun: true });
  });

  test("an answer larger than any value may be says what to do", async () => {
    const error = await failure({ content: [{ type: "text", text: "x".repeat(17 * 1024 * 1024) }] });
    expect(error).toMatchObject({ code: "VALUE_TOO_LARGE" });
    expect(error.message).toContain("a page, a filter, fewer fields");
  });
});
