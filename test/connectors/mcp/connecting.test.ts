/** A connection that cannot be made: which connector it is of, why, and that nothing was called. */
import { expect, test, vi } from "vitest";
import { type McpConnectorOptions, mcpConnector } from "../../../connectors/mcp/index.ts";
import { failureOf } from "../../support/thrown.ts";
import { ctx, scripted, TestConnector, tool } from "./make.ts";

type Connect = NonNullable<McpConnectorOptions["connect"]>;

function refusing(error: unknown): Connect {
  return () => {
    throw error;
  };
}

const NOBODY_LISTENS = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" });

test.each<[string, unknown, string, string]>([
  ["nobody listens", NOBODY_LISTENS, "CONNECTION_LOST", "connect ECONNREFUSED 127.0.0.1:1"],
  [
    "nobody listens, says fetch",
    new TypeError("fetch failed", { cause: NOBODY_LISTENS }),
    "CONNECTION_LOST",
    "fetch failed: connect ECONNREFUSED 127.0.0.1:1",
  ],
  [
    "it breaks off",
    Object.assign(new Error("Connection closed"), { code: "CONNECTION_CLOSED" }),
    "CONNECTION_LOST",
    "Connection closed",
  ],
  ["it is refused", Object.assign(new Error("Unauthorized"), { code: 401 }), "REQUEST_FAILED", "Unauthorized"],
  ["connect itself throws", new TypeError("url is undefined"), "CONNECTION_LOST", "url is undefined"],
  ["what is thrown is no error", "no.", "CONNECTION_LOST", "no"],
])("%s: it says so, and that nothing was called", async (_title, error, code, reason) => {
  const connector = mcpConnector(ctx, { name: "files", connect: refusing(error) });
  for (const failure of [failureOf(connector.describe()), failureOf(connector.executeTool("read", {}))]) {
    expect(await failure).toMatchObject({
      code,
      message: `files: cannot connect: ${reason}. Nothing was called. Check the MCP server, and the address and credentials that createConnection() (or connect) uses.`,
      data: { where: "files: connecting", mayHaveRun: false },
    });
  }
});

test("its words hold no credentials, whoever wrote them", async () => {
  const error = new Error("cannot use https://ada:hunter2@files.example/s/k3y?token=t0ken");
  const failure = await failureOf(mcpConnector(ctx, { name: "files", connect: refusing(error) }).describe());
  expect(failure.message).toContain("https://files.example/…");
  expect(`${failure.message} ${String(failure.cause)}`).not.toMatch(/hunter2|k3y|t0ken/);
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["an object without a client", { name: "files" }],
  ["a transport", { client: { send: () => undefined } }],
])("connect that gives %s is told what it must give", async (_title, given) => {
  const connect = (() => given) as Connect;
  expect(await failureOf(mcpConnector(ctx, { name: "files", connect }).describe())).toMatchObject({
    code: "INVALID_INPUT",
    message: "files: createConnection() (or connect) gave no MCP client. Return the connected client, or { client }.",
  });
});

test("a call that may have run says so, also where no new connection can be made", async () => {
  vi.useFakeTimers();
  try {
    const client = scripted([tool("set", { annotations: { idempotentHint: true, destructiveHint: false } })], () => {
      throw Object.assign(new Error("Connection closed"), { code: "CONNECTION_CLOSED" });
    });
    let connections = 0;
    const connector = new TestConnector(() => {
      connections += 1;
      if (connections === 1) return { client };
      throw NOBODY_LISTENS;
    });
    const failure = failureOf(connector.executeTool("set", {}));
    await vi.runAllTimersAsync();
    expect(await failure).toMatchObject({
      code: "CONNECTION_LOST",
      message: "mcp.set: the connection to the MCP server was lost (Connection closed). It may have run.",
      data: { mayHaveRun: true },
    });
    expect(connections).toBeGreaterThan(2);
  } finally {
    vi.useRealTimers();
  }
});
