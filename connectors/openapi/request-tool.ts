/** The `request` tool, the way to what no operation reaches. */
import { isRecord } from "../../src/connector/schema.ts";
import type { ConnectorTool, ToolExecuteContext } from "../../src/connector/types.ts";
import { CodemodeError } from "../../src/errors.ts";
import { methodOf } from "./methods.ts";
import { approvalOfRequests } from "./policy.ts";
import { isPlainObject } from "./serialize.ts";
import type { OpenApiApproval, OpenApiOperation, OpenApiRequestOptions } from "./types.ts";

const REQUEST_SCHEMA = {
  type: "object",
  properties: {
    path: { type: "string", description: "Path below the API's base URL, or a whole URL on an allowed host." },
    method: { type: "string", description: "GET when absent." },
    params: { type: "object", additionalProperties: true, description: "Query parameters." },
    body: { description: "JSON value, text, or bytes as a Uint8Array." },
    headers: { type: "object", additionalProperties: { type: "string" } },
  },
  required: ["path"],
} as const;

function isRequestOptions(args: unknown): args is OpenApiRequestOptions {
  return isRecord(args) && typeof args.path === "string";
}

function refuse(place: string): never {
  throw new CodemodeError("INVALID_ARGUMENTS", `${place}: an object is needed.`);
}

/** Query parameters as they may be held elsewhere too: read as an object these have none, and the call would be unfiltered. */
function paramsOf(params: unknown): Record<string, unknown> | undefined {
  if (params instanceof URLSearchParams)
    return Object.fromEntries([...params.keys()].map((name) => [name, params.getAll(name)]));
  if (params instanceof Map) return Object.fromEntries(params);
  return params === undefined || isPlainObject(params) ? params : refuse("args.params");
}

type Perform = (
  request: OpenApiRequestOptions,
  context: Pick<ToolExecuteContext, "idempotencyKey" | "signal">,
) => Promise<unknown>;

/**
 * The tool, under a policy.
 *
 * @param operations - those that the description has.
 */
export function requestTool(
  policy: OpenApiApproval,
  operations: () => Promise<readonly OpenApiOperation[]>,
  perform: Perform,
): ConnectorTool {
  return {
    description:
      "Escape hatch: an authenticated request to any path of the API. Prefer the tools of the operations: they are typed and checked.",
    inputSchema: REQUEST_SCHEMA,
    requiresApproval: approvalOfRequests(policy, operations),
    execute: (args: unknown, { idempotencyKey, signal }: ToolExecuteContext) => {
      if (!isRequestOptions(args)) throw new CodemodeError("INVALID_ARGUMENTS", "args.path: a path is needed.");
      const method = methodOf(args.method);
      const params = paramsOf(args.params);
      if (args.headers !== undefined && !isPlainObject(args.headers)) refuse("args.headers");
      return perform({ ...args, method, ...(params !== undefined && { params }) }, { idempotencyKey, signal });
    },
  };
}
