/** Turns the answer of `tools/call` into the value that a program sees, or into the error that it catches. */
import { isRecord } from "../../src/connector/schema.ts";
import { CodemodeError } from "../../src/errors.ts";

/** One RPC value of the platform ends at 32 MiB, and a base64 text is in memory twice while it is decoded. */
const MAX_RESULT_BYTES = 16 * 1024 * 1024;

function nonsense(where: string, what: string): CodemodeError {
  return new CodemodeError(
    "CONNECTION_LOST",
    `${where}: the MCP server's answer cannot be used: ${what}. The tool may have run.`,
    { where, mayHaveRun: true },
  );
}

function decodeBase64(where: string, text: unknown): Uint8Array {
  if (typeof text !== "string") throw nonsense(where, "binary content is not base64 text");
  try {
    // Some servers write it for addresses.
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  } catch {
    throw nonsense(where, "binary content is not base64 text");
  }
}

/** Content blocks that carry bytes, each with how to write them as a plain value; all others are plain already. */
const DECODERS: Readonly<Record<string, (block: Record<string, unknown>, where: string) => Record<string, unknown>>> = {
  image: (block, where) => ({ ...block, data: decodeBase64(where, block.data) }),
  audio: (block, where) => ({ ...block, data: decodeBase64(where, block.data) }),
  resource: (block, where) => {
    const { resource } = block;
    if (!isRecord(resource)) throw nonsense(where, "a resource block has no resource");
    if (resource.blob === undefined) return block;
    return { ...block, resource: { ...resource, blob: decodeBase64(where, resource.blob) } };
  },
};

function decodeBlock(where: string, block: Record<string, unknown>): Record<string, unknown> {
  const decode =
    typeof block.type === "string" && Object.hasOwn(DECODERS, block.type) ? DECODERS[block.type] : undefined;
  return decode === undefined ? block : decode(block, where);
}

function parseContent(where: string, content: unknown): Record<string, unknown>[] {
  if (content === undefined || content === null) return [];
  if (!Array.isArray(content)) throw nonsense(where, "content is not a list");
  return content.map((block: unknown) => {
    if (!isRecord(block) || typeof block.type !== "string") throw nonsense(where, "a content block has no type");
    if (block.type === "text" && typeof block.text !== "string") throw nonsense(where, "a text block has no text");
    return block;
  });
}

function textOf(blocks: readonly Record<string, unknown>[]): string {
  return blocks
    .filter((block) => block.type === "text")
    .map((block) => String(block.text))
    .join("\n");
}

/** Enough to see what is wrong; all of it is in the error's data. */
const MAX_QUOTED_CHARS = 1_000;

/** What a server says of a failure: its text, else what it gave in its place. */
function reasonOf(blocks: readonly Record<string, unknown>[], structured: unknown): string {
  const text = textOf(blocks);
  if (text !== "" || !isRecord(structured) || Object.keys(structured).length === 0) return text;
  return JSON.stringify(structured).slice(0, MAX_QUOTED_CHARS);
}

/** JSON in a text is the value that was meant; a number that would lose digits is not. */
function valueOfText(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "number" && String(value) !== text.trim() ? text : value;
  } catch {
    return text;
  }
}

function assertSize(where: string, answer: Record<string, unknown>): void {
  let size: number;
  try {
    size = JSON.stringify(answer).length;
  } catch {
    return; // Not from a wire; the journal will say what it cannot keep.
  }
  if (size <= MAX_RESULT_BYTES) return;
  throw new CodemodeError(
    "VALUE_TOO_LARGE",
    `${where} answered about ${Math.round(size / 1_000_000)} MB, more than any value may have. The tool has run. Ask it for less: a page, a filter, fewer fields.`,
    { where, bytes: size },
  );
}

/**
 * Where the content goes when it is more than `structuredContent` in other words. Not `content`, which is a common name
 * of a tool's own fields; and beside the fields, not around them, so that they stay where the output schema has them.
 */
export const CONTENT_BESIDE = "mcpContent";

/** A list or a text has no room for a further field, and a tool's own field is not replaced. */
function hasRoom(structured: unknown): structured is Record<string, unknown> {
  return isRecord(structured) && !Object.hasOwn(structured, CONTENT_BESIDE);
}

/**
 * The plain value of an answer:
 *
 * | the answer has | the program sees |
 * |---|---|
 * | `isError` | a thrown `TOOL_ERROR` with the text, or `structuredContent` as its text |
 * | `structuredContent`, alone or beside text | that |
 * | `structuredContent` beside anything else | its fields, and all content as `mcpContent`, written as below |
 * | only text | the texts, joined; parsed when they are JSON |
 * | anything else | the answer itself, images, audio and blobs as `Uint8Array` beside their `mimeType` |
 *
 * @throws CodemodeError `TOOL_ERROR` for `isError`, `CONNECTION_LOST` for an answer that is not one, `VALUE_TOO_LARGE`.
 */
export function valueOfResult(where: string, answer: unknown): unknown {
  if (!isRecord(answer)) throw nonsense(where, "it is not an object");
  assertSize(where, answer);
  if (answer.toolResult !== undefined) return answer.toolResult;
  const blocks = parseContent(where, answer.content);
  if (answer.isError === true) {
    const { structuredContent } = answer;
    throw new CodemodeError(
      "TOOL_ERROR",
      reasonOf(blocks, structuredContent) || `${where} failed and gave no reason.`,
      {
        where,
        ...(structuredContent !== undefined && structuredContent !== null && { structuredContent }),
      },
    );
  }
  const isText = blocks.every((block) => block.type === "text");
  const { structuredContent } = answer;
  const isStructured = structuredContent !== undefined && structuredContent !== null;
  if (isStructured && isText) return structuredContent;
  if (isText && blocks.length > 0) return valueOfText(textOf(blocks));
  const content = blocks.map((block) => decodeBlock(where, block));
  return isStructured && hasRoom(structuredContent)
    ? { ...structuredContent, [CONTENT_BESIDE]: content }
    : { ...answer, content };
}
