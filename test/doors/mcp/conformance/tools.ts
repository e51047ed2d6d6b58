/** An MCP server with the tools that the conformance suite calls by name, for a door to stand in front of. */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import type {
  CallToolResult,
  ElicitRequestFormParams,
  ServerNotification,
  ServerRequest,
} from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
const WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

const text = (value: string): CallToolResult => ({ content: [{ type: "text", text: value }] });

/** Answers that are content and nothing else. */
const ANSWERS: Readonly<Record<string, () => CallToolResult>> = {
  test_simple_text: () => text("This is a simple text response for testing."),
  test_image_content: () => ({ content: [{ type: "image", data: PNG, mimeType: "image/png" }] }),
  test_audio_content: () => ({ content: [{ type: "audio", data: WAV, mimeType: "audio/wav" }] }),
  test_embedded_resource: () => ({
    content: [
      {
        type: "resource",
        resource: {
          uri: "test://embedded-resource",
          mimeType: "text/plain",
          text: "This is an embedded resource content.",
        },
      },
    ],
  }),
  test_multiple_content_types: () => ({
    content: [
      { type: "text", text: "Multiple content types test:" },
      { type: "image", data: PNG, mimeType: "image/png" },
      {
        type: "resource",
        resource: {
          uri: "test://mixed-content-resource",
          mimeType: "application/json",
          text: '{"test":"data","value":123}',
        },
      },
    ],
  }),
  test_error_handling: () => {
    throw new Error("This tool intentionally returns an error for testing");
  },
};

const DEFAULTS: ElicitRequestFormParams["requestedSchema"] = {
  type: "object",
  properties: {
    name: { type: "string", default: "John Doe" },
    age: { type: "integer", default: 30 },
    score: { type: "number", default: 95.5 },
    status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
    verified: { type: "boolean", default: true },
  },
};

const options = (prefix: string): { const: string; title: string }[] =>
  ["First", "Second", "Third"].map((title, index) => ({ const: `${prefix}${index + 1}`, title: `${title} Option` }));

const ENUMS: ElicitRequestFormParams["requestedSchema"] = {
  type: "object",
  properties: {
    untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
    titledSingle: { type: "string", oneOf: options("value") },
    legacyEnum: {
      type: "string",
      enum: ["opt1", "opt2", "opt3"],
      enumNames: ["Option One", "Option Two", "Option Three"],
    },
    untitledMulti: { type: "array", items: { type: "string", enum: ["option1", "option2", "option3"] } },
    titledMulti: { type: "array", items: { anyOf: options("value") } },
  },
};

const PERSON: ElicitRequestFormParams["requestedSchema"] = {
  type: "object",
  properties: {
    username: { type: "string", description: "User's response" },
    email: { type: "string", description: "User's email address" },
  },
  required: ["username", "email"],
};

function registerTalking(server: McpServer): void {
  server.registerTool("test_tool_with_logging", {}, async () => {
    for (const data of ["Tool execution started", "Tool processing data", "Tool execution completed"]) {
      await server.server.sendLoggingMessage({ level: "info", data });
    }
    return text("Logged three messages.");
  });
  server.registerTool("test_tool_with_progress", {}, async (extra: Extra) => {
    const progressToken = extra._meta?.progressToken;
    for (const progress of progressToken === undefined ? [] : [0, 50, 100]) {
      const params = { progressToken: progressToken ?? "", progress, total: 100 };
      await extra.sendNotification({ method: "notifications/progress", params });
    }
    return text("Reported progress.");
  });
}

function registerAsking(server: McpServer): void {
  const elicit = async (message: string, requestedSchema: ElicitRequestFormParams["requestedSchema"]) => {
    const { action, content } = await server.server.elicitInput({ message, requestedSchema });
    return { action, content: JSON.stringify(content) };
  };
  server.registerTool("test_elicitation", { inputSchema: { message: z.string() } }, async ({ message }) => {
    const { action, content } = await elicit(message, PERSON);
    return text(`User response: action: ${action}, content: ${content}`);
  });
  for (const [name, schema] of Object.entries({ sep1034_defaults: DEFAULTS, sep1330_enums: ENUMS })) {
    server.registerTool(`test_elicitation_${name}`, {}, async () => {
      const { action, content } = await elicit("Please review the form", schema);
      return text(`Elicitation completed: action=${action}, content=${content}`);
    });
  }
  server.registerTool("test_sampling", { inputSchema: { prompt: z.string() } }, async ({ prompt }) => {
    const messages = [{ role: "user" as const, content: { type: "text" as const, text: prompt } }];
    const { content } = await server.server.createMessage({ messages, maxTokens: 100 });
    return text(`LLM response: ${content.type === "text" ? content.text : content.type}`);
  });
}

export function conformanceTools(): McpServer {
  const server = new McpServer({ name: "conformance", version: "1.0.0" }, { capabilities: { logging: {} } });
  for (const [name, answer] of Object.entries(ANSWERS)) server.registerTool(name, {}, answer);
  registerTalking(server);
  registerAsking(server);
  return server;
}
