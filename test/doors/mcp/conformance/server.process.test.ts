/**
 * The public MCP conformance suite against our servers over Streamable HTTP: every scenario of the suite is run against
 * a door, or is in a list that says why no door can have it.
 */
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeMcpServer, codemodeMcpServer, openApiMcpServer } from "../../../../src/mcp.ts";
import { type Loopback, type Message, serve, sessions } from "../../../connectors/mcp/loopback.ts";
import { localExecutor } from "../../local-executor.ts";
import { ScriptedRuntime } from "../scripted-runtime.ts";
import { isInstalled, PASSED, scenarios, testServer } from "./suite.ts";
import { conformanceTools } from "./tools.ts";

const executor = localExecutor();

/** What any server must do. */
const ANY_SERVER = [
  "server-initialize",
  "ping",
  "tools-list",
  "tools-call-error",
  "server-sse-multiple-streams",
  "dns-rebinding-protection",
] as const;

/**
 * What tools answer, ask and report: the suite calls tools by name; behind the door each call is a program that calls the
 * tool, so what the suite sees went through a program's values and back.
 */
const THROUGH_A_PROGRAM = [
  "logging-set-level",
  "tools-call-simple-text",
  "tools-call-image",
  "tools-call-audio",
  "tools-call-embedded-resource",
  "tools-call-mixed-content",
  "tools-call-with-logging",
  "tools-call-error",
  "tools-call-with-progress",
  "tools-call-sampling",
  "tools-call-elicitation",
  "elicitation-sep1034-defaults",
  "elicitation-sep1330-enums",
] as const;

const OUR_OWN_TOOLS = "our servers have tools only: what programs call, search and decide";
const NOT_APPLICABLE: Readonly<Record<string, string>> = {
  "completion-complete": "completes arguments of prompts and resource templates; our servers have neither",
  "json-schema-2020-12":
    "reads the schema of a tool of a fixed name in tools/list; ours are shown as TypeScript in the description of `code`",
  "server-sse-polling":
    "wants a transport that closes its stream and replays events; the transport is the host's, not the server's",
  "resources-list": OUR_OWN_TOOLS,
  "resources-read-text": OUR_OWN_TOOLS,
  "resources-read-binary": OUR_OWN_TOOLS,
  "resources-templates-read": OUR_OWN_TOOLS,
  "resources-subscribe": OUR_OWN_TOOLS,
  "resources-unsubscribe": OUR_OWN_TOOLS,
  "prompts-list": OUR_OWN_TOOLS,
  "prompts-get-simple": OUR_OWN_TOOLS,
  "prompts-get-with-args": OUR_OWN_TOOLS,
  "prompts-get-embedded-resource": OUR_OWN_TOOLS,
  "prompts-get-with-image": OUR_OWN_TOOLS,
};

/** Turns the suite's call of `test_…` into the program that calls it. */
function asProgram({ method, params }: Message): boolean {
  if (method !== "tools/call" || params?.name === undefined || params.name === "code") return false;
  const code = `async () => codemode.${params.name}(${JSON.stringify(params.arguments ?? {})})`;
  Object.assign(params, { name: "code", arguments: { code } });
  return false;
}

describe.skipIf(!isInstalled)("the MCP conformance suite", () => {
  let runtime: Loopback;
  let code: Loopback;
  let openApi: Loopback;

  const makeTransport =
    (server: () => Loopback) => (options: ConstructorParameters<typeof StreamableHTTPServerTransport>[0]) =>
      new StreamableHTTPServerTransport({
        ...options,
        enableDnsRebindingProtection: true,
        allowedHosts: [server().url.host],
      });

  beforeAll(async () => {
    const makeRuntime = () => codemodeMcpServer({ runtime: new ScriptedRuntime(1) });
    runtime = await serve(
      sessions(
        makeRuntime,
        undefined,
        makeTransport(() => runtime),
      ),
    );
    const makeCode = () => codeMcpServer({ server: conformanceTools(), executor });
    code = await serve(
      sessions(
        makeCode,
        asProgram,
        makeTransport(() => code),
      ),
    );
    const makeOpenApi = () =>
      openApiMcpServer({ spec: { openapi: "3.1.0", paths: {} }, executor, request: async () => 1 });
    openApi = await serve(
      sessions(
        makeOpenApi,
        undefined,
        makeTransport(() => openApi),
      ),
    );
  });

  afterAll(async () => {
    for (const server of [runtime, code, openApi]) await server.stop();
  });

  test.each(ANY_SERVER)("codemodeMcpServer: %s", async (scenario) => {
    expect(await testServer(runtime.url, scenario)).toEqual(PASSED);
  });

  test.each(ANY_SERVER)("openApiMcpServer: %s", async (scenario) => {
    expect(await testServer(openApi.url, scenario)).toEqual(PASSED);
  });

  test.each([...new Set([...ANY_SERVER, ...THROUGH_A_PROGRAM])])("codeMcpServer: %s", async (scenario) => {
    expect(await testServer(code.url, scenario)).toEqual(PASSED);
  });

  test("fails a server that lacks what a scenario is about", async () => {
    expect((await testServer(code.url, "resources-list")).code).not.toBe(0);
  });

  test("has no scenario that is neither run nor known not to apply", async () => {
    const known = [...ANY_SERVER, ...THROUGH_A_PROGRAM, ...Object.keys(NOT_APPLICABLE)];
    expect([...new Set(known)].sort()).toEqual([...(await scenarios()).server].sort());
  });
});
