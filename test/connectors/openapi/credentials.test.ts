/** What of a request's credentials is remembered as secret, and what is not sent at all. */
import { describe, expect, test, vi } from "vitest";
import { authenticate, confided } from "../../../connectors/openapi/credentials.ts";
import type { OpenApiAuth } from "../../../connectors/openapi/types.ts";

const secretsOf = async (auth: OpenApiAuth, url = "https://api.test/x") =>
  (await authenticate(auth, new Request(url), "api")).secrets;

describe("what must never be seen again", () => {
  test("is the pair of basic authentication, and the password by itself; a user name is no secret", async () => {
    const auth = { type: "basic", username: "ann-smith", password: "pass-word" } as const;
    expect(await secretsOf(auth)).toEqual([btoa("ann-smith:pass-word"), "pass-word"]);
  });

  test("is the user name where there is written to be no password, as APIs have it whose key is the user", async () => {
    const auth = { type: "basic", username: async () => "key-0123456789", password: "" } as const;
    expect(await secretsOf(auth)).toEqual([btoa("key-0123456789:"), "key-0123456789"]);
    const { request } = await authenticate(auth, new Request("https://api.test/x"), "api");
    expect(request.headers.get("authorization")).toBe(`Basic ${btoa("key-0123456789:")}`);
  });

  test("is what a function adds to the headers and to the query, and not what was there", async () => {
    const auth = (request: Request) => {
      const signed = new Request(`${request.url}&signature=sig-0123456789`, request);
      signed.headers.set("x-date", "date-0123456789");
      return signed;
    };
    const secrets = await secretsOf(auth, "https://api.test/x?page=page-0123456789");
    expect([...new Set(secrets)]).toEqual(["date-0123456789", "sig-0123456789"]);
  });

  test("are the parts of a header that holds credentials, but for words that answers are full of", () => {
    const headers = { Cookie: "sid=abcdef0123456789; theme=dark", "X-Tenant": "acme-tenant" };
    const secrets = confided(headers);
    expect(secrets).toEqual(expect.arrayContaining([headers.Cookie, "abcdef0123456789"]));
    for (const word of ["dark", "theme", "acme-tenant"]) expect(secrets).not.toContain(word);
  });
});

test.for([
  ["a bearer token", { type: "bearer", token: "" }],
  ["a password", { type: "basic", username: "ann", password: () => "" }],
  ["an API key", { type: "apiKey", in: "header", name: "x-api-key", value: async () => "" }],
] as const)("%s that is empty is no credential: the request is not made", async ([, auth]) => {
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  await expect(secretsOf(auth)).rejects.toMatchObject({ code: "REQUEST_FAILED" });
  expect(log).toHaveBeenCalledOnce();
  log.mockRestore();
});

test("a cookie for the key stands beside those that are there", async () => {
  const auth = { type: "apiKey", in: "cookie", name: "sid", value: "a b" } as const;
  const { request } = await authenticate(
    auth,
    new Request("https://api.test/x", { headers: { cookie: "theme=dark" } }),
    "api",
  );
  expect(request.headers.get("cookie")).toBe("theme=dark; sid=a%20b");
});
