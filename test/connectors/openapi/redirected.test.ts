/** The request that a redirect asks for: its method, its body, and what stays behind. */
import { describe, expect, test } from "vitest";
import { type Outgoing, redirected } from "../../../connectors/openapi/outgoing.ts";

function outgoing(method: string, more: Partial<Outgoing> = {}): Outgoing {
  const headers = new Headers({ "content-type": "text/plain", "content-language": "de", accept: "*/*" });
  return {
    name: `${method} /x`,
    url: new URL("https://api.test/x"),
    method,
    headers,
    body: "text",
    trusted: true,
    ...more,
  };
}

const HERE = new URL("https://api.test/y");
const ELSEWHERE = new URL("https://files.test/y");

describe("the method", () => {
  test.for([
    ["POST", 301, "GET"],
    ["POST", 302, "GET"],
    ["POST", 303, "GET"],
    ["POST", 307, "POST"],
    ["POST", 308, "POST"],
    ["PUT", 301, "PUT"],
    ["DELETE", 302, "DELETE"],
    ["PATCH", 303, "GET"],
    ["HEAD", 303, "HEAD"],
  ] as const)("of a %s that is answered with %d is %s, and a GET carries no body", ([method, status, becomes]) => {
    const next = redirected(outgoing(method), status, HERE, {});
    const isRepeated = becomes === method;
    expect([next.method, next.body]).toEqual([becomes, isRepeated ? "text" : undefined]);
    expect(Object.fromEntries(next.headers)).toEqual({
      accept: "*/*",
      ...(isRepeated && { "content-type": "text/plain", "content-language": "de" }),
    });
  });
});

describe("credentials, and what the developer confided,", () => {
  const headers = {
    authorization: "Bearer t",
    cookie: "sid=1",
    "proxy-authorization": "Basic p",
    "idempotency-key": "exec_1:0",
    "x-tenant": "acme",
    accept: "text/plain",
  };
  const sent = () => outgoing("POST", { headers: new Headers(headers) });
  const http = { headers: { "X-Tenant": "acme", Accept: "text/plain" } };

  test.for([
    ["another host", "https://files.test/y"],
    ["another port", "https://api.test:8443/y"],
    ["the same host unencrypted", "http://api.test/y"],
  ] as const)("stay behind on the way to %s", ([, location]) => {
    const next = redirected(sent(), 307, new URL(location), http);
    expect(Object.fromEntries(next.headers)).toEqual({ accept: "text/plain" });
    expect(next.trusted).toBe(false);
  });

  test("go along on the same host, and are never given again after another one", () => {
    const here = redirected(sent(), 307, HERE, http);
    expect([Object.fromEntries(here.headers), here.trusted]).toEqual([headers, true]);
    const back = redirected(redirected(redirected(sent(), 307, ELSEWHERE, http), 307, HERE, http), 307, HERE, http);
    expect([Object.fromEntries(back.headers), back.trusted]).toEqual([{ accept: "text/plain" }, false]);
  });
});
