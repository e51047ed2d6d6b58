/** Reads all pages of a server's tool list and believes none of it before it is checked. */
import { isRecord, isStandardSchema } from "../../src/connector/schema.ts";
import { CodemodeError } from "../../src/errors.ts";
import type { McpClientLike, McpConnectionLike, McpJsonSchema, McpTool, McpToolAnnotations } from "./client.ts";
import { listPage } from "./page.ts";

/** A server that pages by ones reaches this with a thousand tools; one that never ends is stopped here. */
const MAX_PAGES = 1_000;

/** The largest servers known have under 3,000 tools. */
const MAX_TOOLS = 10_000;

/** Clients time single requests; a server that pages slowly would hold a run for as long as it has pages. */
const MAX_LIST_SECONDS = 120;

function nonsense(server: string, what: string): CodemodeError {
  return new CodemodeError(
    "CONNECTION_LOST",
    `${server}: the MCP server's tool list cannot be used: ${what}. Nothing was called. The server must mend it, or override fetchTools() to give the tools yourself.`,
    { connector: server, server },
  );
}

/**
 * The JSON Schema that an entry has, if it has one. An object that says of itself what it is in another library's way is
 * none; but Zod hides such words in the JSON Schema that it makes, and a server in the same process lists it as it is.
 */
function schemaIn(given: unknown): McpJsonSchema | undefined {
  if (!isRecord(given) || isStandardSchema(given)) return undefined;
  return "~standard" in given ? { ...given } : given;
}

/** Each hint, with what MCP takes for it where it is absent. */
const HINTS = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
} as const satisfies Partial<Record<keyof McpToolAnnotations, boolean>>;

/** A hint that is no boolean (`"true"`) is still one: unsaid, its tool would be one whose server says nothing, and ask nobody. */
function parseAnnotations(given: unknown): McpToolAnnotations | undefined {
  if (!isRecord(given)) return undefined;
  const hint = (key: keyof typeof HINTS) => {
    const said = given[key];
    if (said === undefined || said === null) return {};
    return { [key]: typeof said === "boolean" ? said : HINTS[key] };
  };
  return {
    ...(typeof given.title === "string" && { title: given.title }),
    ...hint("readOnlyHint"),
    ...hint("destructiveHint"),
    ...hint("idempotentHint"),
    ...hint("openWorldHint"),
  };
}

/** In the place of a tool of which nothing that its server says is believed, its effects neither. */
function unusable(name: string, reason: string): McpTool {
  return { name, inputSchema: { type: "object" }, unusable: reason };
}

/** One entry of a list; `undefined` for one without a name, which nobody could call. */
function parseTool(given: unknown): McpTool | undefined {
  if (!isRecord(given)) return undefined;
  const { name, description, inputSchema, outputSchema } = given;
  if (typeof name !== "string" || name === "") return undefined;
  const input = inputSchema === undefined || inputSchema === null ? { type: "object" } : schemaIn(inputSchema);
  if (input === undefined) return unusable(name, "its inputSchema is not a JSON Schema");
  if (isRecord(given.execution) && given.execution.taskSupport === "required")
    return unusable(name, "its server runs it as a task only, and programs make plain calls");
  return {
    ...given,
    name,
    description: typeof description === "string" ? description : undefined,
    inputSchema: input,
    // It only informs: a tool without one works as well.
    outputSchema: schemaIn(outputSchema),
    annotations: parseAnnotations(given.annotations),
    unusable: undefined,
  };
}

function isSame(one: unknown, other: unknown): boolean {
  try {
    return JSON.stringify(one) === JSON.stringify(other);
  } catch {
    return false; // Too deep to be compared.
  }
}

/** Positions that a warning names. */
const MAX_NAMED = 5;

/**
 * The tools of a list. A tool that is listed twice in the same words counts once (a page may shift while it is read);
 * of a tool with two definitions, or with none that can be read, {@link McpTool.unusable} says so, because a call of it
 * would be a guess. What has no name is left out.
 *
 * @throws CodemodeError `CONNECTION_LOST` where there are too many.
 */
export function parseTools(server: string, entries: readonly unknown[]): McpTool[] {
  if (entries.length > MAX_TOOLS) throw nonsense(server, `it has more than ${MAX_TOOLS} tools`);
  const byName = new Map<string, McpTool>();
  const nameless: number[] = [];
  for (const [position, entry] of entries.entries()) {
    const tool = parseTool(entry);
    if (tool === undefined) {
      nameless.push(position);
      continue;
    }
    const known = byName.get(tool.name);
    const isClear = known === undefined || isSame(known, tool);
    byName.set(
      tool.name,
      isClear ? tool : unusable(tool.name, "the server lists it twice, with different definitions"),
    );
  }
  if (nameless.length > 0) {
    const named = `${nameless.slice(0, MAX_NAMED).join(", ")}${nameless.length > MAX_NAMED ? ", …" : ""}`;
    console.warn(`${server}: of the MCP server's tool list entry ${named} has no name and is left out.`);
  }
  return [...byName.values()];
}

async function allPages(server: string, client: McpClientLike): Promise<unknown[]> {
  // A server without tools answers tools/list with an error.
  const capabilities = client.getServerCapabilities?.();
  if (client.listTools === undefined || (capabilities !== undefined && capabilities.tools === undefined)) return [];
  const entries: unknown[] = [];
  const cursors = new Set<string>();
  let cursor: string | undefined;
  let before: unknown[] = [];
  const end = Date.now() + MAX_LIST_SECONDS * 1_000;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await listPage(client, cursor === undefined ? {} : { cursor });
    if (!isRecord(answer) || !Array.isArray(answer.tools)) throw nonsense(server, "the answer has no list of tools");
    if (entries.length + answer.tools.length > MAX_TOOLS) throw nonsense(server, `it has more than ${MAX_TOOLS} tools`);
    entries.push(...answer.tools);
    const next: unknown = answer.nextCursor;
    if (next === undefined || next === null) return entries;
    if (typeof next !== "string") throw nonsense(server, "a nextCursor is not a string");
    // A server that does not read cursors gives all that it has for each of them.
    if (cursors.has(next) && answer.tools.length > 0 && isSame(answer.tools, before)) return entries;
    if (cursors.has(next))
      throw nonsense(server, `the cursor "${next.slice(0, 100)}" comes again, so the list never ends`);
    if (Date.now() > end) throw nonsense(server, `it takes more than ${MAX_LIST_SECONDS} seconds`);
    cursors.add(next);
    cursor = next;
    before = answer.tools;
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
 * @throws CodemodeError `CONNECTION_LOST` when there is no list or it does not end; whatever the client throws.
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
