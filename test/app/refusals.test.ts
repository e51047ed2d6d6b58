/** Who may speak to the Worker: pages of its own, by a name that nobody else can point to it. */
import { expect, test } from "vitest";
import { isFromAnotherSite, isUnderForeignName } from "../../src/app/refusals.ts";

test.for([
  ["http://127.0.0.1:8787/", false],
  ["http://localhost:8787/", false],
  ["http://desk.localhost:8787/", false],
  ["http://[::1]:8787/", false],
  ["http://192.168.0.7:8787/", false],
  ["https://durable-codemode.example.workers.dev/", false],
  ["http://evil.example:8787/", true],
  ["http://127.0.0.1.evil.example:8787/", true],
  ["http://localhost.evil.example/", true],
  ["http://notlocalhost/", true],
] as const)("%s is a foreign name: %s", ([url, isForeign]) => {
  expect(isUnderForeignName(new Request(url))).toBe(isForeign);
});

test("a page whose own name points here is the same site to a browser: only its name tells", () => {
  const headers = { origin: "http://evil.example:8787", "sec-fetch-site": "same-origin" };
  const request = new Request("http://evil.example:8787/approve", { method: "POST", headers });
  expect([isFromAnotherSite(request), isUnderForeignName(request)]).toEqual([false, true]);
});

test.for([
  [{}, false],
  [{ "sec-fetch-site": "same-origin" }, false],
  [{ "sec-fetch-site": "none" }, false],
  [{ "sec-fetch-site": "same-site" }, true],
  [{ "sec-fetch-site": "cross-site" }, true],
  [{ origin: "https://desk.example" }, false],
  [{ origin: "https://desk.example:8443" }, true],
  [{ origin: "http://desk.example" }, true],
  [{ origin: "null" }, true],
  [{ origin: "https://other.desk.example", "sec-fetch-site": "same-origin" }, true],
] as const)("a request with %j comes from another site: %s", ([headers, isFromAnother]) => {
  const request = new Request("https://desk.example/approve", { method: "POST", headers });
  expect(isFromAnotherSite(request)).toBe(isFromAnother);
});
