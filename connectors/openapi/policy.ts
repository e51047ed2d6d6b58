/** Which calls ask a person first: those of operations, and requests that name none. */
import { isRecord } from "../../src/connector/schema.ts";
import type { ApprovalRule } from "../../src/connector/types.ts";
import { SAFE_METHODS } from "./methods.ts";
import type { OpenApiApproval, OpenApiOperation } from "./types.ts";

/** Whether calls of an operation ask a person first. */
export function approves(policy: OpenApiApproval, operation: OpenApiOperation): boolean {
  if (typeof policy === "function") return Boolean(policy(operation));
  return policy === "always" || (policy === "ask-writes" && !operation.readOnly);
}

/** The escape hatch as an operation. What has no readable method may be anything, so it is no read. */
function asOperation(args: unknown): OpenApiOperation {
  const path = isRecord(args) && typeof args.path === "string" ? args.path : "";
  const given = isRecord(args) ? args.method : undefined;
  const method = given === undefined ? "GET" : String(given).toUpperCase();
  const readOnly = SAFE_METHODS.has(method);
  return { name: "request", operationId: undefined, method, path, tags: [], deprecated: false, readOnly };
}

/**
 * The rule of the `request` tool.
 *
 * @param operations - those that the description has.
 */
export function approvalOfRequests(
  policy: OpenApiApproval,
  operations: () => Promise<readonly OpenApiOperation[]>,
): ApprovalRule {
  if (policy === "always" || policy === "never") return policy === "always";
  // A function knows operations, and a path can be spelled in many ways: what is asked about must not run without its name.
  return async (args: unknown) => {
    const operation = asOperation(args);
    if (approves(policy, operation)) return true;
    if (typeof policy !== "function") return false;
    if (!operation.readOnly) return true;
    return (await operations()).some((known) => known.readOnly && approves(policy, known));
  };
}
