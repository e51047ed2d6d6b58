/** The public MCP conformance suite against `codemodeMcpServer` over Streamable HTTP. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codemodeMcpServer } from "../../../src/mcp.ts";
import { type Loopback, serve, sessions } from "../../connectors/mcp/loopback.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

/**
 * The scenarios that test any server. All others call tools, prompts and resources of fixed names and answers
 * (`test_image_content`, `test://static-text`) that only a server written for the suite has.
 */
const SCENARIOS = [
  "server-initialize",
  "ping",
  "tools-list",
  "tools-call-error",
  "server-sse-multiple-streams",
  "dns-rebinding-protection",
] as const;

function runnerPath(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve("@modelcontextprotocol/conformance/dist/index.js");
  } catch {
    return undefined;
  }
}

const runner = runnerPath();

/** The runner's own words, for when a scenario fails. */
function runScenario(path: string, url: URL, scenario: string): Promise<{ code: number | null; said: string }> {
  // The suite writes its reports into the working directory.
  const child = spawn(process.execPath, [path, "server", "--url", url.href, "--scenario", scenario], { cwd: tmpdir() });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, said })));
}

// Skipped only where the suite is not installed: it is a development dependency of its own.
describe.skipIf(runner === undefined)("the MCP conformance suite", () => {
  let server: Loopback;

  beforeAll(async () => {
    const makeTransport = (options: ConstructorParameters<typeof StreamableHTTPServerTransport>[0]) =>
      new StreamableHTTPServerTransport({
        ...options,
        enableDnsRebindingProtection: true,
        allowedHosts: [server.url.host],
      });
    server = await serve(
      sessions(() => codemodeMcpServer({ runtime: new ScriptedRuntime(1) }), undefined, makeTransport),
    );
  });

  afterAll(() => server.stop());

  test.each(SCENARIOS)("%s", async (scenario) => {
    const { code, said } = await runScenario(runner ?? "", server.url, scenario);
    expect({ code, said: code === 0 ? "" : said }).toEqual({ code: 0, said: "" });
  });
});
