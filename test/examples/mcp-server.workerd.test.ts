import { env } from "cloudflare:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { ElicitRequestSchema, type ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import { CfWorkerJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/cfworker";
import { expect, test } from "vitest";

const PAY_ALL = `async () => {
  const paid = [];
  for (const { id } of await bank.bills()) paid.push(await bank.pay({ id }));
  return paid;
}`;

type Person = (message: string) => ElicitResult;

/** A client over Streamable HTTP, with or without a person who fills in forms. */
async function connect(place: string, person?: Person): Promise<Client> {
  const client = new Client(
    { name: "test", version: "1.0.0" },
    {
      capabilities: person === undefined ? {} : { elicitation: { form: {} } },
      jsonSchemaValidator: new CfWorkerJsonSchemaValidator(),
    },
  );
  if (person !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => person(params.message));
  }
  const transport: Transport = new StreamableHTTPClientTransport(new URL("http://bank/mcp"), {
    fetch: (url, init) => env.BANK.getByName(place).fetch(new Request(url, init)),
  }) as Transport;
  await client.connect(transport);
  // A client that has the list checks every structured answer against the output schema.
  await client.listTools();
  return client;
}

async function call(client: Client, name: string, args: Record<string, unknown>, onprogress?: () => void) {
  const answer = await client.callTool({ name, arguments: args }, undefined, onprogress && { onprogress });
  return answer.structuredContent ?? JSON.parse(String((answer.content as { text: string }[])[0]?.text));
}

test("a client without forms runs a program, sees that it is paused, approves it and gets the result", async () => {
  const client = await connect("plain");
  const found = await call(client, "search", { query: "pay a bill" });
  expect(found).toMatchObject({ results: [{ path: "bank.pay", requiresApproval: true }, {}] });
  expect(await call(client, "describe", { target: "bank.pay" })).toMatchObject({ kind: "method" });

  const paused = await call(client, "execute", { code: PAY_ALL });
  expect(paused).toMatchObject({ status: "paused", pending: [{ tool: "bank.pay", kind: "approval" }] });

  const { pending } = (await call(client, "pending", {})) as {
    pending: { executionId: string; seq: number; digest: string }[];
  };
  const [action] = pending;
  const { executionId, seq, digest } = action ?? {};
  const stale = await call(client, "approve", { executionId, seq, digest: "something-else" });
  expect(stale).toMatchObject({ code: "STALE_DECISION" });
  expect(await call(client, "approve", { executionId, seq, digest })).toMatchObject({
    status: "completed",
    result: [{ paid: 1 }],
  });
  expect(await call(client, "resume", { executionId })).toMatchObject({ status: "completed" });
  await client.close();
});

test("a client with forms has its person asked within the call, hears progress, and gets the result", async () => {
  const messages: string[] = [];
  const client = await connect("asking", (message) => {
    messages.push(message);
    return { action: "accept", content: { decision: "approve", reason: "due today" } };
  });
  let heard = 0;
  const outcome = await call(client, "execute", { code: PAY_ALL }, () => {
    heard += 1;
  });
  expect(outcome).toMatchObject({ status: "completed", result: [{ paid: 1 }] });
  expect(messages).toHaveLength(1);
  expect(messages[0]).toContain("bank.pay");
  expect(messages[0]).toContain('"id": 1');
  expect(heard).toBeGreaterThan(0);
  await client.close();
});

test("a run that paused in one session is decided in another", async () => {
  const first = await connect("later", () => ({ action: "cancel" }));
  const paused = (await call(first, "execute", { code: PAY_ALL })) as { status: string; executionId: string };
  expect(paused.status).toBe("paused");
  await first.close();

  const second = await connect("later", () => ({
    action: "accept",
    content: { decision: "reject", reason: "not due" },
  }));
  expect(await call(second, "resume", { executionId: paused.executionId })).toMatchObject({
    status: "error",
    code: "REJECTED",
  });
  await second.close();
});
