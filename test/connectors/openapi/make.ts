/** Makes connectors for tests: a context that nothing uses, small descriptions, errors as values. */

import {
  type OpenApiConnector,
  type OpenApiConnectorOptions,
  openApiConnector,
} from "../../../connectors/openapi/index.ts";

/** Connectors only keep their context; these tests never reach into it. */
export const ctx: ExecutionContext = {
  waitUntil: () => undefined,
  passThroughOnException: () => undefined,
  props: {},
} as unknown as ExecutionContext;

/** A 3.1 description of these paths. */
export function description(paths: object, rest: object = {}): object {
  return {
    openapi: "3.1.0",
    info: { title: "Test", version: "1" },
    servers: [{ url: "https://api.test" }],
    paths,
    ...rest,
  };
}

export function make(
  options: Partial<OpenApiConnectorOptions> & Pick<OpenApiConnectorOptions, "spec">,
): OpenApiConnector {
  return openApiConnector(ctx, { name: "api", ...options });
}
