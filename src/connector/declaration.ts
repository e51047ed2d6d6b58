/** Checks what an author declared of a tool: a slip that would have an action run unasked, and what contradicts itself. */
import { CodemodeError } from "../errors.ts";
import { callableName } from "../names.ts";
import { isWrittenSchema, unreadableSchema } from "./schema.ts";
import { refuseSlip } from "./schema-slips.ts";
import { approvalSlipIn, schemaSlipIn, slipIn } from "./slips.ts";
import type { ApprovalRule, ConnectorTool, ConnectorTools } from "./types.ts";

/** Declarations that contradict themselves, each with its sentence. */
const CONTRADICTIONS: readonly {
  readonly when: (tool: ConnectorTool, approval: ApprovalRule) => boolean;
  readonly says: string;
}[] = [
  {
    when: (tool, approval) => tool.replay === "reexecute" && approval !== false,
    says: 'replay: "reexecute" runs the tool again on every pass, so it cannot need approval. Remove one of the two.',
  },
  {
    when: (tool) => tool.replay === "reexecute" && tool.revert !== undefined,
    says: 'replay: "reexecute" is for reads and records no result, so there is nothing to revert. Remove one of the two.',
  },
  {
    when: (tool) => tool.readOnly === true && tool.revert !== undefined,
    says: "a readOnly tool changes nothing, so it has nothing to revert. Remove one of the two.",
  },
];

/** What is wrong with a declaration, in one sentence. */
function faultOf(tool: ConnectorTool, approval: ApprovalRule): string | undefined {
  if (typeof tool !== "object" || tool === null) {
    return `a tool is an object, not ${tool === null ? "null" : `a ${typeof tool}`}. Write { execute: (args) => ... }.`;
  }
  return slipIn(tool) ?? schemaSlipIn(tool) ?? CONTRADICTIONS.find(({ when }) => when(tool, approval))?.says;
}

/**
 * The rule by which the calls of a tool need approval.
 *
 * @throws CodemodeError `INVALID_TOOL` for a declaration that its author cannot have meant.
 */
export function approvalRuleOf(connector: string, name: string, tool: ConnectorTool): ApprovalRule {
  const approval = tool?.requiresApproval ?? tool?.needsApproval ?? false;
  const fault = faultOf(tool, approval);
  if (fault === undefined) return approval;
  throw new CodemodeError("INVALID_TOOL", `${connector}.${name}: ${fault}`, { connector, tool: name });
}

/**
 * Whether a description that is not made of the tools says that a tool needs approval.
 *
 * @throws CodemodeError `INVALID_TOOL` where it may have meant to.
 */
export function saysApproval(connector: string, name: string, said: unknown): boolean {
  if (said === undefined || said === null) return false;
  const given = Object(said);
  const fault = approvalSlipIn(given);
  if (fault !== undefined)
    throw new CodemodeError("INVALID_TOOL", `${connector}.${name}, in annotations: ${fault}`, {
      connector,
      tool: name,
    });
  const rule: unknown = Reflect.get(given, "requiresApproval") ?? Reflect.get(given, "needsApproval");
  return rule !== undefined && rule !== false;
}

/**
 * The name under which programs call a tool: what the language looks up on any value gets another one.
 *
 * @throws CodemodeError `INVALID_NAME` where another tool has that name.
 */
export function calledAs(connector: string, given: string, tools: ConnectorTools): string {
  const name = callableName(given);
  if (name === given || !Object.hasOwn(tools, name)) return name;
  throw new CodemodeError(
    "INVALID_NAME",
    `${connector}: "${given}" and "${name}" are both callable as "${name}". Rename one of them.`,
    { names: [given, name] },
  );
}

function kindOf(given: unknown): string {
  if (Array.isArray(given)) return "a list: use toolSetConnector";
  if (typeof Reflect.get(Object(given), "then") === "function") return "a promise: await it, or give a function";
  return given === null ? "null" : typeof given;
}

/**
 * Refuses what holds no tools: read as a record it would be one without any.
 *
 * @throws CodemodeError `INVALID_INPUT`.
 */
export function requireRecord(connector: string, tools: unknown): void {
  const isPromise = typeof Reflect.get(Object(tools), "then") === "function";
  if (typeof tools === "object" && tools !== null && !Array.isArray(tools) && !isPromise) return;
  throw new CodemodeError("INVALID_INPUT", `${connector}: tools are a record of tools by name, got ${kindOf(tools)}.`);
}

/**
 * All that can be told of tools before they are needed.
 *
 * @throws CodemodeError `INVALID_INPUT`, `INVALID_TOOL`, `INVALID_NAME`, `INVALID_SCHEMA`.
 */
export function checkDeclarations(connector: string, tools: ConnectorTools): void {
  requireRecord(connector, tools);
  for (const [given, tool] of Object.entries(tools)) {
    approvalRuleOf(connector, calledAs(connector, given, tools), tool);
    const { inputSchema } = tool;
    const isNone = inputSchema === undefined || inputSchema === null;
    if (!isNone && typeof inputSchema !== "object" && typeof inputSchema !== "function")
      throw unreadableSchema(`${connector}.${given}`);
    for (const name of ["inputSchema", "outputSchema"] as const) {
      const schema = tool[name];
      if (isWrittenSchema(schema)) refuseSlip({ where: `${connector}.${given}`, name, schema, isWritten: true });
    }
  }
}
