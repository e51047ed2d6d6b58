/** Turns a server's hints about a tool into the policy that the runtime keeps. */
import type { ConnectorTool } from "../../src/connector/types.ts";
import type { McpTool } from "./client.ts";

/**
 * Which tools of a server ask a person first.
 *
 * - `"ask-writes"`: every tool that is not known to read only or to only add.
 * - `"always"`: every tool. `"never"`: none.
 * - a function decides tool by tool.
 *
 * Without a policy, tools that carry hints are under `"ask-writes"`, and tools that carry none ask nobody: a server that
 * says nothing of its tools would otherwise ask before every read, and people who are asked about everything read nothing.
 */
export type McpApprovalPolicy = "ask-writes" | "never" | "always" | ((tool: McpTool) => boolean);

/** What the hints of a tool say together. */
type Effect = "reads" | "adds" | "destroys" | "unknown";

function effectOf(tool: McpTool): Effect {
  const { readOnlyHint, destructiveHint } = tool.annotations ?? {};
  if (readOnlyHint === true) return "reads";
  if (destructiveHint === undefined) return "unknown";
  return destructiveHint ? "destroys" : "adds";
}

/** `"ask-writes"`, effect by effect. A write of which nothing is said may destroy: so MCP defines the missing hint. */
const ASK_WRITES: Readonly<Record<Effect, boolean>> = { reads: false, adds: false, destroys: true, unknown: true };

const HINTS = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] as const;

function hasHints(tool: McpTool): boolean {
  return HINTS.some((hint) => tool.annotations?.[hint] !== undefined);
}

function asks(tool: McpTool, policy: McpApprovalPolicy | undefined): boolean {
  if (typeof policy === "function") return policy(tool);
  if (policy === "always" || policy === "never") return policy === "always";
  if (policy === undefined && !hasHints(tool)) return false;
  return ASK_WRITES[effectOf(tool)];
}

/** The policy part of a derived tool. */
export function policyOf(
  tool: McpTool,
  policy: McpApprovalPolicy | undefined,
): Pick<ConnectorTool, "requiresApproval" | "readOnly" | "idempotent"> {
  const readOnly = effectOf(tool) === "reads";
  return {
    ...(asks(tool, policy) && { requiresApproval: true }),
    ...(readOnly && { readOnly: true }),
    ...(!readOnly && tool.annotations?.idempotentHint === true && { idempotent: true }),
  };
}
