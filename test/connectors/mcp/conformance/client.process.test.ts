/**
 * The public MCP conformance suite's scenarios for clients, each against the connector over the client of both SDKs. How a
 * client gets its credentials is the developer's, so the scenarios of OAuth (`auth/...`) test what is not ours.
 */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isInstalled, PASSED, scenarios, testClient } from "../../../doors/mcp/conformance/suite.ts";

const SCENARIOS = ["initialize", "tools_call", "elicitation-sep1034-client-defaults", "sse-retry"] as const;

const here = (file: string) => join(import.meta.dirname, file);

describe.skipIf(!isInstalled)("the MCP conformance suite, for clients", () => {
  describe.each(["v1", "v2"])("the connector over the %s client", (sdk) => {
    test.each(SCENARIOS)("%s", async (scenario) => {
      const command = [process.execPath, "--import", here("platform.ts"), here("client.ts"), sdk].join(" ");
      expect(await testClient(command, scenario)).toEqual(PASSED);
    });
  });

  test("has no other scenario but those of OAuth", async () => {
    const others = (await scenarios()).client.filter((name) => !name.startsWith("auth/"));
    expect(others.sort()).toEqual([...SCENARIOS].sort());
  });
});
