/** `codeMcpServer`: the tools of an MCP server behind one tool that runs programs. */
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { JSONSchema7 } from "json-schema";
import { z } from "zod/v4";
import { callTool, type McpTool, type RequestControl } from "../../connectors/mcp/client.ts";
import { toCodemodeError } from "../../connectors/mcp/failure.ts";
import { listTools } from "../../connectors/mcp/tool-list.ts";
import { valueOfResult } from "../../connectors/mcp/value.ts";
import { generateTypesFromJsonSchema } from "../catalog/types/declare.ts";
import { propertyKey } from "../catalog/types/names.ts";
import { isRecord } from "../connector/schema.ts";
import type { JsonSchemaToolDescriptor } from "../connector/types.ts";
import { CodemodeError } from "../errors.ts";
import { byMethod, legacyToolName } from "../names.ts";
import type { Executor, HostFunction } from "../sandbox/executor.ts";
import { checkCodeToolOptions } from "../tool/check-code-tool.ts";
import { checkFunction } from "../tool/check-setup.ts";
import { NO_TIMEOUT_MS, progressOf, Relay, wrappingClient } from "./relay.ts";
import { ran, type TransformResult } from "./reply.ts";
import { mcpServer } from "./server.ts";

/** What {@link codeMcpServer} takes. */
export interface CodeMcpServerOptions {
  /** The server whose tools programs may call. It must not be connected to anything yet. */
  readonly server: McpServer;
  readonly executor: Executor;
  /** Replaces the description of the tool; `{{types}}` becomes the declarations of the tools, `{{example}}` an example. */
  readonly description?: string;
  /**
   * Reshapes what a program returned before the model sees it. Default: cut inside to about 6,000 tokens, always to
   * valid JSON.
   */
  readonly transformResult?: TransformResult;
}

const OPTIONS = [
  "server",
  "executor",
  "description",
  "transformResult",
] as const satisfies readonly (keyof CodeMcpServerOptions)[];

const DESCRIPTION = `Run a program that calls the functions below, and get back what it returns.

{{types}}

Write one async arrow function in JavaScript. There is no network and nothing to import. Await every call, use Promise.all for calls that do not depend on each other, and return only what you need.

{{example}}`;

/** Placeholder arguments by the type of the property; anything else reads as text. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  number: "0",
  integer: "0",
  boolean: "true",
  array: "[]",
  object: "{}",
};

function exampleOf(name: string, { inputSchema }: McpTool): string {
  const { properties = {}, required = [] } = inputSchema;
  const parts = required.map((key) => {
    const schema = properties[key];
    const type = isRecord(schema) && typeof schema.type === "string" ? schema.type : "string";
    return `${propertyKey(key)}: ${PLACEHOLDERS[type] ?? '"..."'}`;
  });
  const args = parts.length > 0 ? `{ ${parts.join(", ")} }` : "{}";
  return `Example: async () => { const found = await codemode.${name}(${args}); return found; }`;
}

/** A JSON Schema of a server is one by its word; what reads it later takes nothing for granted. */
function isSchema(schema: unknown): schema is JSONSchema7 {
  return isRecord(schema);
}

function descriptorOf({ description, inputSchema, outputSchema }: McpTool): JsonSchemaToolDescriptor {
  return {
    ...(description !== undefined && { description }),
    inputSchema: isSchema(inputSchema) ? inputSchema : {},
    ...(isSchema(outputSchema) && { outputSchema }),
  };
}

function functionsOf(
  client: Client,
  tools: ReadonlyMap<string, McpTool>,
  control: RequestControl,
): Record<string, HostFunction> {
  const functions: Record<string, HostFunction> = {};
  for (const [name, tool] of tools) {
    const where = `codemode.${name}`;
    const call: HostFunction = async (args) => {
      if (args !== undefined && !isRecord(args)) {
        throw new CodemodeError("INVALID_ARGUMENTS", `${where} takes one object of named arguments.`, { where });
      }
      const answer = await callTool(client, { name: tool.name, arguments: args ?? {} }, control).catch(
        (error: unknown) => {
          throw toCodemodeError(where, error);
        },
      );
      return valueOfResult(where, answer);
    };
    functions[name] = call;
    const alias = legacyToolName(tool.name);
    if (!tools.has(alias)) functions[alias] ??= call;
  }
  return functions;
}

/**
 * An MCP server with one tool, `code`: it runs a program that calls all tools of `server`, which stay out of the
 * conversation. The program's calls are values: structured content, parsed text, or an exception for a failed tool.
 *
 * What the tools ask of the client (elicitation, sampling), their log messages and their progress pass through; a program
 * that returns a tool's image, audio or resource shows it as such. Nothing is durable here; for that, see
 * `codemodeMcpServer`.
 *
 * @throws CodemodeError `INVALID_INPUT` for what is no server or no executor; `INVALID_NAME` when two tools of the server would get the same name.
 * @example
 * ```ts
 * const server = await codeMcpServer({ server: weatherServer(), executor: new DynamicWorkerExecutor({ loader: env.LOADER }) });
 * return createMcpHandler(server)(request, env, ctx);
 * ```
 */
export async function codeMcpServer(options: CodeMcpServerOptions): Promise<McpServer> {
  checkCodeToolOptions("codeMcpServer", options, OPTIONS, ["server"]);
  checkFunction("transformResult", options.transformResult);
  if (typeof Reflect.get(Object(options.server), "connect") !== "function") {
    throw new CodemodeError("INVALID_INPUT", "server must be an McpServer of the MCP SDK that is not connected yet.", {
      option: "server",
    });
  }
  const [near, far] = InMemoryTransport.createLinkedPair();
  await options.server.connect(far);
  const client = wrappingClient();
  await client.connect(near);
  const listed = await listTools("codeMcpServer", { client });
  const tools = byMethod(
    listed.map((tool) => [tool.name, tool]),
    "codemode",
  );

  const descriptors = Object.fromEntries([...tools].map(([name, tool]) => [name, descriptorOf(tool)]));
  const [first] = tools;
  const texts = {
    "{{types}}": generateTypesFromJsonSchema(descriptors),
    "{{example}}": first === undefined ? "" : exampleOf(...first),
  };
  const description = (options.description ?? DESCRIPTION).replace(/\{\{types\}\}|\{\{example\}\}/g, (placeholder) =>
    placeholder === "{{types}}" ? texts["{{types}}"] : texts["{{example}}"],
  );

  const server = mcpServer({});
  const relay = new Relay(client, server);
  server.registerTool(
    "code",
    { description, inputSchema: { code: z.string().describe("An async arrow function in JavaScript") } },
    ({ code }, extra) => {
      const onprogress = progressOf(extra);
      // No wire is in between that could lose an answer: a tool takes as long as it takes, the caller may give up.
      const control = { signal: extra.signal, timeout: NO_TIMEOUT_MS, ...(onprogress !== undefined && { onprogress }) };
      const fns = functionsOf(client, tools, control);
      return ran(
        code,
        () => relay.during(extra, () => options.executor.execute(code, [{ name: "codemode", fns }])),
        options.transformResult,
      );
    },
  );
  return server;
}
