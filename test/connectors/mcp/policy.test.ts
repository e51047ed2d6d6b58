/** Which tools ask a person and which are safe to repeat, by hint and by policy. */
import { describe, expect, test } from "vitest";
import { type McpApprovalPolicy, type McpToolAnnotations, mcpConnector } from "../../../connectors/mcp/index.ts";
import { CALL, ctx, scripted, tool } from "./make.ts";

async function policyFor(annotations: McpToolAnnotations | undefined, approval?: McpApprovalPolicy) {
  const client = scripted([tool("act", { annotations })]);
  const connector = mcpConnector(ctx, { name: "mcp", client, ...(approval !== undefined && { approval }) });
  const assessment = await connector.assess("act", {}, CALL);
  if (assessment.kind !== "valid") throw new Error(assessment.kind);
  return { asks: assessment.policy.approval, repeatable: assessment.policy.repeatable };
}

const HINTS = {
  none: undefined,
  titleOnly: { title: "Act" },
  reads: { readOnlyHint: true },
  adds: { readOnlyHint: false, destructiveHint: false },
  destroys: { destructiveHint: true },
  unknownWrite: { readOnlyHint: false },
  idempotentUnknown: { idempotentHint: true },
  openWorldOnly: { openWorldHint: true },
} as const satisfies Record<string, McpToolAnnotations | undefined>;

type Hint = keyof typeof HINTS;

/** Every hint under every policy: does it ask? */
const ASKS: Readonly<Record<"default" | "ask-writes" | "never" | "always", Readonly<Record<Hint, boolean>>>> = {
  default: {
    none: false,
    titleOnly: false,
    reads: false,
    adds: false,
    destroys: true,
    unknownWrite: true,
    idempotentUnknown: true,
    openWorldOnly: true,
  },
  "ask-writes": {
    none: true,
    titleOnly: true,
    reads: false,
    adds: false,
    destroys: true,
    unknownWrite: true,
    idempotentUnknown: true,
    openWorldOnly: true,
  },
  never: {
    none: false,
    titleOnly: false,
    reads: false,
    adds: false,
    destroys: false,
    unknownWrite: false,
    idempotentUnknown: false,
    openWorldOnly: false,
  },
  always: {
    none: true,
    titleOnly: true,
    reads: true,
    adds: true,
    destroys: true,
    unknownWrite: true,
    idempotentUnknown: true,
    openWorldOnly: true,
  },
};

describe.each(["default", "ask-writes", "never", "always"] as const)("under the policy %s", (policy) => {
  test.each(Object.keys(HINTS) as Hint[])("a tool whose hints say %s asks as the table says", async (hint) => {
    const { asks } = await policyFor(HINTS[hint], policy === "default" ? undefined : policy);
    expect(asks).toBe(ASKS[policy][hint]);
  });
});

test("a function decides by the tool as the server describes it", async () => {
  const byTitle: McpApprovalPolicy = ({ annotations }) => annotations?.title === "Act";
  expect((await policyFor({ title: "Act", readOnlyHint: true }, byTitle)).asks).toBe(true);
  expect((await policyFor({ title: "Look", destructiveHint: true }, byTitle)).asks).toBe(false);
});

test("only reading and idempotent tools are safe to repeat", async () => {
  const repeatable = async (hint: Hint) => (await policyFor(HINTS[hint])).repeatable;
  expect(await repeatable("reads")).toBe(true);
  expect(await repeatable("idempotentUnknown")).toBe(true);
  expect(await repeatable("none")).toBe(false);
  expect(await repeatable("adds")).toBe(false);
});

test.each([
  { readOnlyHint: "true", destructiveHint: 0 },
  { readOnlyHint: 1 },
  { destructiveHint: "true" },
  { destructiveHint: "false" },
  { idempotentHint: "true" },
])("hints that are not booleans count as the cautious ones: %j", async (malformed) => {
  const given = malformed as unknown as McpToolAnnotations;
  expect(await policyFor(given)).toEqual({ asks: true, repeatable: false });
  expect(await policyFor(given, "ask-writes")).toEqual({ asks: true, repeatable: false });
});

test("hints that are null are not there", async () => {
  const none = { readOnlyHint: null, destructiveHint: null } as unknown as McpToolAnnotations;
  expect(await policyFor(none)).toEqual({ asks: false, repeatable: false });
});

test("every call is asked about by itself, since the server may change its list while the program runs", async () => {
  const tools = [tool("act")];
  const connector = mcpConnector(ctx, { name: "mcp", client: scripted(tools) });
  expect(await connector.assess("act", {}, CALL)).toMatchObject({ policy: { approval: false, perCall: true } });
  tools[0] = tool("act", { annotations: { destructiveHint: true } });
  connector.refreshTools();
  expect(await connector.assess("act", {}, CALL)).toMatchObject({ policy: { approval: true, perCall: true } });
});
