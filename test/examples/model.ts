/** Turns of the AI SDK's test model: it writes a program, or says something; whole or as a stream. */

import type { MockLanguageModelV4 } from "ai/test";
import { convertArrayToReadableStream } from "ai/test";

type Turn = Awaited<ReturnType<MockLanguageModelV4["doGenerate"]>>;
type StreamedTurn = Awaited<ReturnType<MockLanguageModelV4["doStream"]>>;
type Part = StreamedTurn["stream"] extends ReadableStream<infer P> ? P : never;

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

function partsOf(content: Turn["content"][number]): Part[] {
  if (content.type === "tool-call") return [content];
  const text = content.type === "text" ? content.text : "";
  return [
    { type: "text-start", id: "text-1" },
    { type: "text-delta", id: "text-1", delta: text },
    { type: "text-end", id: "text-1" },
  ];
}

/** The same turn for `streamText`. */
export function streamed({ content, finishReason }: Turn): StreamedTurn {
  const parts: Part[] = [
    { type: "stream-start", warnings: [] },
    ...content.flatMap(partsOf),
    { type: "finish", finishReason, usage },
  ];
  return { stream: convertArrayToReadableStream(parts) };
}
