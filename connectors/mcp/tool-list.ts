/** Reads all pages of a server's tool list and believes none of it before it is checked. */
import { isRecord } from "../../src/connector/schema.ts";
import { CodemodeError } from "../../src/errors.ts";
import type { McpClientLike, McpConnectionLike, McpJsonSchema, McpTool, McpToolAnnotations } from "./client.ts";

/** A server that pages by ones reaches this with a thousand tools; one that never ends is stopped here. */
const MAX_PAGES = 1_000;

/** The largest servers known have under 3,000 tools. */
const MAX_TOOLS = 10_000;

function nonsense(server: string, what: string): CodemodeError {
  return new CodemodeError("CONNECTION_LOST", `${server}: the MCP server's tool list cannot be used: ${what}.`, {
    server,
  });
}

function parseSchema(server: string, tool: string, kind: string, given: unknown): McpJsonSchema | undefined {
  if (given === undefined || given === null) return undefined;
  if (!isRecord(given)) throw nonsense(server, `the ${kind} of "${tool}" is not an object`);
  return given;
}

/** Hints that are not booleans say nothing. */
function parseAnnotations(given: unknown): McpToolAnnotations | undefined {
  if (!isRecord(given)) return undefined;
  const hint = (key: string) => (typeof given[key] === "boolean" ? { [key]: given[key] } : {});
  return {
    ...(typeof given.title === "string" && { title: given.title }),
    ...hint("readOnlyHint"),
    ...hint("destructiveHint"),
    ...hint("idempotentHint"),
    ...hint("openWorldHint"),
  };
}

function parseTool(server: string, given: unknown, position: number): McpTool {
  if (!isRecord(given)) throw nonsense(server, `entry ${position} is not an object`);
  const { name, description } = given;
  if (typeof name !== "string" || name === "") throw nonsense(server, `entry ${position} has no name`);
  const outputSchema = parseSchema(server, name, "outputSchema", given.outputSchema);
  const annotations = parseAnnotations(given.annotations);
  return {
    ...given,
    name,
    description: typeof description === "string" ? description : undefined,
    inputSchema: parseSchema(server, name, "inputSchema", given.inputSchema) ?? { type: "object" },
    outputSchema,
    annotations,
  };
}

/**
 * The tools of a list. A tool that is listed twice in the same words counts once (a page may shift while it is read);
 * two definitions of one name are refused.
 *
 * @throws CodemodeError `CONNECTION_LOST` naming the entry that is wrong.
 */
export function parseTools(server: string, entries: readonly unknown[]): McpTool[] {
  if (entries.length > MAX_TOOLS) throw nonsense(server, `it has more than ${MAX_TOOLS} tools`);
  const byName = new Map<string, McpTool>();
  entries.forEach((entry, position) => {
    const tool = parseTool(server, entry, position);
    const known = byName.get(tool.name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(tool)) {
      throw nonsense(server, `"${tool.name}" is listed twice, with different definitions`);
    }
    byName.set(tool.name, tool);
  });
  return [...byName.values()];
}

async function allPages(server: string, client: McpClientLike): Promise<unknown[]> {
  // A server without tools answers tools/list with an error.
  const capabilities = client.getServerCapabilities?.();
  if (client.listTools === undefined || (capabilities !== undefined && capabilities.tools === undefined)) return [];
  const entries: unknown[] = [];
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    // A v2 client may keep the list for a while; what was approved must be compared with what the server says now.
    const params = cursor === undefined ? {} : { cursor };
    const answer: unknown = await Reflect.apply(client.listTools, client, [params, { cacheMode: "refresh" }]);
    if (!isRecord(answer) || !Array.isArray(answer.tools)) throw nonsense(server, "the answer has no list of tools");
    entries.push(...answer.tools);
    if (entries.length > MAX_TOOLS) throw nonsense(server, `it has more than ${MAX_TOOLS} tools`);
    const next: unknown = answer.nextCursor;
    if (next === undefined || next === null) return entries;
    if (typeof next !== "string") throw nonsense(server, "a nextCursor is not a string");
    if (cursors.has(next))
      throw nonsense(server, `the cursor "${next.slice(0, 100)}" comes again, so the list never ends`);
    cursors.add(next);
    cursor = next;
  }
  throw nonsense(server, `it has more than ${MAX_PAGES} pages`);
}

/** Whether the server itself can be asked, and not only somebody who keeps its list. */
export function canAskServer({ fetchTools, client }: McpConnectionLike): boolean {
  return fetchTools !== undefined || client.listTools !== undefined;
}

/**
 * All tools, as the server says now.
 *
 * @throws CodemodeError `CONNECTION_LOST` when the list is malformed or does not end; whatever the client throws.
 */
export async function askForTools(server: string, connection: McpConnectionLike): Promise<McpTool[]> {
  if (connection.fetchTools === undefined) return parseTools(server, await allPages(server, connection.client));
  const fetched: unknown = await connection.fetchTools();
  if (!Array.isArray(fetched)) throw nonsense(server, "fetchTools() gave no list of tools");
  return parseTools(server, fetched);
}

/** All tools of a connection, from wherever it has them; as {@link askForTools}, but a list that is kept saves a request. */
export async function listTools(server: string, connection: McpConnectionLike): Promise<McpTool[]> {
  if (connection.tools !== undefined && connection.tools.length > 0) return parseTools(server, connection.tools);
  return askForTools(server, connection);
}
