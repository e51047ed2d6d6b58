/** Settings of the default request that nobody can have meant: told before anything is sent, of a class too. */
import { expect, test } from "vitest";
import { OpenApiConnector, type OpenApiHttpOptions } from "../../../connectors/openapi/index.ts";
import { isCodemodeError } from "../../../src/errors.ts";
import { failureOf, thrownBy } from "../../support/thrown.ts";
import { ctx, description, make } from "./make.ts";

const SPEC = description({ "/x": { get: { operationId: "read", responses: {} } } });

/** As it comes from JavaScript, or from a configuration. */
function given(settings: object): OpenApiHttpOptions {
  return { fetch: () => Promise.reject(new Error("It was sent.")), ...settings };
}

test.for([
  [{ timeoutMs: 0 }, /^api: timeoutMs/],
  [{ timeoutMs: "1000" }, /^api: timeoutMs/],
  [{ maxResponseBytes: 0 }, /^api: maxResponseBytes/],
  [{ retry: { maxRetries: -1 } }, /^api: retry\.maxRetries/],
  [{ retry: { baseDelayMs: Number.NaN } }, /^api: retry\.baseDelayMs/],
  [{ retry: { maxDelayMs: "5s" } }, /^api: retry\.maxDelayMs/],
  [{ allowedHosts: "api.test" }, /^api: allowedHosts must be a list/],
  [{ allowedHosts: ["api.test/v1"] }, /^api: allowedHosts has "api\.test\/v1"/],
  [{ allowedHosts: ["*"] }, /^api: allowedHosts has "\*"/],
  [{ auth: { type: "Bearer", token: "t" } }, /^api: auth is a function or/],
  [
    { auth: { type: "apiKey", in: "headers", name: "x-api-key", value: "v" } },
    /^api: auth of the type "apiKey" needs in/,
  ],
  [{ auth: { type: "apiKey", in: "header", value: "v" } }, /^api: auth of the type "apiKey" needs in/],
] as const)("%j is refused", async ([settings, says]) => {
  const refused = { code: "INVALID_INPUT", message: expect.stringMatching(says) };
  const error = thrownBy(() => make({ spec: SPEC, ...given(settings) }));
  expect(isCodemodeError(error) && error).toMatchObject(refused);
  class Api extends OpenApiConnector {
    override name() {
      return "api";
    }
    protected override spec() {
      return SPEC;
    }
    protected override http() {
      return given(settings);
    }
  }
  expect(await failureOf(new Api(ctx, {}).executeTool("read", {}))).toMatchObject(refused);
});
