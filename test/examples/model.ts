/** Turns of the AI SDK's test model: it writes a program, or says something. */
import type { MockLanguageModelV4 } from "ai/test";

type Turn = Awaited<ReturnType<MockLanguageModelV4["doGenerate"]>>;

const usage: Turn["usage"] = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

export function says(text: string): Turn {
  return { content: [{ type: "text", text }], finishReason: { unified: "stop", raw: "stop" }, usage, warnings: [] };
}

export function writes(code: string): Turn {
  const input = JSON.stringify({ code });
  return {
    content: [{ type: "tool-call", toolCallId: "call-1", toolName: "codemode", input }],
    finishReason: { unified: "tool-calls", raw: "tool-calls" },
    usage,
    warnings: [],
  };
}
