/** How long is waited before a request is sent again, and what ends the wait. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { retryDelay, wait } from "../../../connectors/openapi/retry.ts";
import { failureOf } from "../../support/thrown.ts";
import { description, make } from "./make.ts";

const limited = (retryAfter?: string) =>
  new Response(null, { status: 429, headers: retryAfter === undefined ? {} : { "retry-after": retryAfter } });

afterEach(() => {
  vi.useRealTimers();
});

describe("the wait", () => {
  test.for([
    ["20", 20_000],
    ["20.001", undefined],
    ["0", 0],
  ] as const)("that the server asks for (%s s) is kept up to 20 s, and given up beyond", ([header, delay]) => {
    expect(retryDelay(limited(header), 0)).toBe(delay);
  });

  test("that nobody asked for doubles from half a second, partly by chance, up to maxDelayMs", () => {
    for (let count = 0; count < 10; count += 1) {
      const longest = Math.min(20_000, 500 * 2 ** count);
      const delay = retryDelay(limited(), count);
      expect(delay).toBeGreaterThanOrEqual(longest / 2);
      expect(delay).toBeLessThanOrEqual(longest);
    }
    expect(retryDelay(limited(), 30, { maxDelayMs: 7 })).toBe(7);
  });

  test("is over at once when nobody waits for the answer any longer", async () => {
    vi.useFakeTimers();
    const abort = new AbortController();
    const over = wait(60_000, abort.signal);
    abort.abort();
    await over;
    expect(vi.getTimerCount()).toBe(0);
    await wait(60_000, abort.signal);
  });
});

const SPEC = description({ "/x": { get: { operationId: "read", responses: {} } } });

test("what is given up while it waits is not sent again, whatever a fetch of the developer's own makes of the signal", async () => {
  const abort = new AbortController();
  let sent = 0;
  const connector = make({
    spec: SPEC,
    fetch: async () => {
      sent += 1;
      setTimeout(() => abort.abort(), 0);
      return limited("10");
    },
  });
  const error = await failureOf(connector.executeTool("read", {}, { signal: abort.signal }));
  expect({ code: error.code, sent }).toEqual({ code: "CANCELLED", sent: 1 });
});

test.for([
  ["of an attempt that is made again", 503, {}],
  ["of a redirect", 302, { location: "https://api.test/y" }],
] as const)("the answer %s is hung up", async ([, status, headers]) => {
  const hungUp = vi.fn();
  const unread = new ReadableStream({ cancel: hungUp });
  const answers = [new Response(unread, { status, headers }), Response.json({ done: true })];
  const fetch = async () => answers.shift() ?? Response.error();
  expect(await make({ spec: SPEC, fetch, retry: { baseDelayMs: 0 } }).executeTool("read", {})).toEqual({ done: true });
  expect(hungUp).toHaveBeenCalledOnce();
});

test("an answer that announces more than is taken is hung up unread, one of as much is taken", async () => {
  const hungUp = vi.fn();
  let body: BodyInit = new ReadableStream({ cancel: hungUp });
  const fetch = async () => new Response(body, { headers: { "content-length": "11", "content-type": "text/plain" } });
  const reading = (maxResponseBytes: number) => make({ spec: SPEC, fetch, maxResponseBytes }).executeTool("read", {});
  expect((await failureOf(reading(10))).code).toBe("REQUEST_REFUSED");
  expect(hungUp).toHaveBeenCalledOnce();
  body = "0123456789+";
  expect(await reading(11)).toBe(body);
});
