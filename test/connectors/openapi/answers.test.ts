/** Answers: values by their media type, failures with what the API said. */
import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import type { OpenApiAuth } from "../../../connectors/openapi/index.ts";
import { failureOf } from "../../support/thrown.ts";
import { json, loopback } from "./loopback.ts";
import { description, make } from "./make.ts";

const OPERATION = { operationId: "get", responses: { 200: { description: "ok" } } };

async function answered(
  answer: (response: ServerResponse) => void,
  options: { maxResponseBytes?: number; timeoutMs?: number; auth?: OpenApiAuth } = {},
  method = "get",
): Promise<unknown> {
  const server = await loopback((_got, response) => answer(response));
  const spec = description({ "/thing": { [method]: OPERATION } });
  return make({ spec, baseUrl: server.url, ...options }).executeTool("get", {});
}

function typed(contentType: string | undefined, body: string | Uint8Array) {
  return (response: ServerResponse) => {
    if (contentType !== undefined) response.setHeader("content-type", contentType);
    response.end(body);
  };
}

describe("answers", () => {
  test.each([
    ["application/json", '{"a":1}', { a: 1 }],
    ["application/vnd.github+json; charset=utf-8", "[1]", [1]],
    ["text/html; charset=utf-8", "<p>ä</p>", "<p>ä</p>"],
    ["application/xml", "<a/>", "<a/>"],
    [undefined, '{"a":1}', { a: 1 }],
    [undefined, "just text", "just text"],
    ["application/json-seq", '\u001e{"a":1}\n', '\u001e{"a":1}\n'],
    ["application/geo+json-seq", '\u001e{"a":1}\n', '\u001e{"a":1}\n'],
    ["application/jsonlines", '{"a":1}\n[2]\n', '{"a":1}\n[2]\n'],
    ["text/event-stream", "data: 1\n\ndata: 2\n\n", "data: 1\n\ndata: 2\n\n"],
  ])("%s gives its value", async (contentType, body, expected) => {
    expect(await answered(typed(contentType, body))).toEqual(expected);
  });

  test("a charset is honoured", async () => {
    expect(await answered(typed("text/plain; charset=iso-8859-1", Uint8Array.of(0xe4)))).toBe("ä");
  });

  test("binary answers are a Uint8Array", async () => {
    const value = await answered(typed("image/png", Uint8Array.of(1, 2, 255)));
    expect(value).toEqual(Uint8Array.of(1, 2, 255));
    expect(await answered(typed(undefined, Uint8Array.of(0xff, 0xfe, 0x00)))).toEqual(Uint8Array.of(0xff, 0xfe, 0x00));
  });

  test("204 and an empty body are null", async () => {
    expect(await answered((response) => void response.writeHead(204).end())).toBeNull();
    expect(await answered(typed("application/json", ""))).toBeNull();
    expect(await answered(typed("application/json", "\r\n"))).toBeNull();
  });

  test("HEAD gives status and headers", async () => {
    const value = await answered((response) => void response.writeHead(200, { etag: '"1"' }).end(), {}, "head");
    expect(value).toMatchObject({ status: 200, headers: { etag: '"1"' } });
  });

  test("JSON that is none is a lost connection, not a value", async () => {
    const error = await failureOf(answered(typed("application/json", "<html>")));
    expect(error).toMatchObject({ code: "CONNECTION_LOST", data: { start: "<html>" } });
  });

  test("a problem+json failure carries its members", async () => {
    const problem = { type: "https://x.test/no-credit", title: "No credit", detail: "Balance is 30", balance: 30 };
    const error = await failureOf(
      answered((response) => json(response, problem, 403, { "content-type": "application/problem+json" })),
    );
    expect(error).toMatchObject({
      code: "REQUEST_FAILED",
      message: expect.stringMatching(/^GET 127\.0\.0\.1:\d+\/thing answered 403: No credit: Balance is 30$/),
      data: { status: 403, type: problem.type, title: "No credit", detail: "Balance is 30", body: problem },
    });
  });

  test.each([
    [{ message: "Bad credentials" }, "Bad credentials"],
    [{ error: { message: "No such customer" } }, "No such customer"],
    [{ error: "invalid_grant" }, "invalid_grant"],
    [{ error: "invalid_grant", error_description: "The code has expired" }, "invalid_grant: The code has expired"],
    [{ errors: [{ title: "Bad name", detail: "Too long" }, { message: "No age" }] }, "Bad name: Too long: No age"],
    [{ errors: ["Bad name"] }, "Bad name"],
    [{ errors: { name: ["Too long"] } }, '422: {"name":["Too long"]}'],
    [{ message: "No", errors: [{ field: "title", code: "missing" }] }, 'No: {"field":"title","code":"missing"}'],
    [{ errors: [{ field: "age", message: "too low" }] }, '{"field":"age","message":"too low"}'],
    [{ detail: [{ loc: ["body", "age"], msg: "too low" }] }, '422: [{"loc":["body","age"],"msg":"too low"}]'],
    [{ errorMessages: ["No such issue"], errors: {} }, '422: {"errorMessages":["No such issue"],"errors":{}}'],
    [{ Message: "Not authorized" }, '422: {"Message":"Not authorized"}'],
    [["Bad name"], '422: ["Bad name"]'],
  ])("other JSON failures are put in words: %j", async (body, words) => {
    const error = await failureOf(answered((response) => json(response, body, 422)));
    expect(error).toMatchObject({ code: "REQUEST_FAILED", data: { status: 422, body } });
    expect(error.message).toContain(words);
  });

  test("an answer that says nothing is told by its status alone", async () => {
    const error = await failureOf(answered((response) => json(response, {}, 500)));
    expect(error.message).toMatch(/answered 500$/);
  });

  test("a failure's body is bounded", async () => {
    const error = await failureOf(
      answered((response) => void response.writeHead(500, { "content-type": "text/html" }).end("x".repeat(100_000))),
    );
    expect(error.data.status).toBe(500);
    expect(String(error.data.body)).toHaveLength(4_000);
    expect(error.message.length).toBeLessThan(400);
  });

  test("an answer of a depth in which no secret could be looked for is refused, and not as a lost connection", async () => {
    const auth: OpenApiAuth = { type: "bearer", token: "s3cr3t-0123" };
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    const error = await failureOf(answered(typed("application/json", deep), { auth }));
    expect(error).toMatchObject({ code: "REQUEST_REFUSED", message: expect.stringContaining("nested") });
  });

  test("an answer over the limit is refused, announced or streamed, and the connection is closed", async () => {
    const limit = { maxResponseBytes: 1_000 };
    const announced = await failureOf(answered(typed("text/plain", "x".repeat(1_001)), limit));
    expect(announced).toMatchObject({ code: "REQUEST_REFUSED", data: { maxResponseBytes: 1_000 } });
    expect(await answered(typed("text/plain", "x".repeat(1_000)), limit)).toHaveLength(1_000);

    const hungUp = Promise.withResolvers<void>();
    const endless = (response: ServerResponse) => {
      response.writeHead(200, { "content-type": "text/plain" });
      response.on("close", () => hungUp.resolve());
      const write = (): void => {
        while (response.write("x".repeat(10_000)));
        response.once("drain", write);
      };
      write();
    };
    const streamed = await failureOf(answered(endless, limit));
    expect(streamed.code).toBe("REQUEST_REFUSED");
    await hungUp.promise;
  });

  test("a server that does not answer in time, or stops in the middle, is a failure that says so", async () => {
    const silent = await failureOf(answered(() => undefined, { timeoutMs: 30 }));
    expect(silent).toMatchObject({ code: "REQUEST_FAILED", data: { timeoutMs: 30 } });
    const stalled = await failureOf(answered((response) => void response.write("{"), { timeoutMs: 60 }));
    expect(stalled).toMatchObject({ code: "REQUEST_FAILED", data: { timeoutMs: 60 } });
  });

  test("a write that timed out says that its effect is not known", async () => {
    const error = await failureOf(answered(() => undefined, { timeoutMs: 30 }, "post"));
    expect(error.message).toContain("Whether it took effect is not known");
  });

  test("a server that hangs up is a lost connection", async () => {
    const error = await failureOf(answered((response) => void response.destroy()));
    expect(error.code).toBe("CONNECTION_LOST");
  });
});
