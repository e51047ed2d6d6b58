/** A real client linked to a server in memory, with or without a person who fills in forms. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { type ElicitRequest, ElicitRequestSchema, type ElicitResult } from "@modelcontextprotocol/sdk/types.js";

/** `signal`: aborts when the form is taken away. */
export type Person = (form: ElicitRequest["params"], signal: AbortSignal) => ElicitResult | Promise<ElicitResult>;

/** A client that advertises forms when there is a person behind it. */
export function clientFor(person?: Person): Client {
  const client = new Client(
    { name: "test", version: "1.0.0" },
    { capabilities: person === undefined ? {} : { elicitation: { form: {} } } },
  );
  if (person !== undefined)
    client.setRequestHandler(ElicitRequestSchema, ({ params }, { signal }) => person(params, signal));
  return client;
}

export async function linked(server: McpServer, person?: Person): Promise<Client> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const client = clientFor(person);
  await server.connect(far);
  await client.connect(near);
  // A client that has the list checks every structured answer against the output schema.
  await client.listTools();
  return client;
}

/** An answer of a tool as tests look at it. */
export interface Reply {
  readonly text: string;
  readonly json: Record<string, unknown>;
  readonly isError: boolean;
}

export async function call(
  client: Client,
  name: string,
  args: Record<string, unknown>,
  onprogress?: (progress: { progress: number; message?: string | undefined }) => void,
): Promise<Reply> {
  const answer = await client.callTool(
    { name, arguments: args },
    undefined,
    onprogress === undefined ? {} : { onprogress },
  );
  const content = Array.isArray(answer.content) ? answer.content : [];
  return {
    text: String(content[0]?.text),
    json: (answer.structuredContent ?? {}) as Record<string, unknown>,
    isError: answer.isError === true,
  };
}
