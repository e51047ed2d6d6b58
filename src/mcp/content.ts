/** Content of MCP that a program returned as a value (an image of a tool, say) as content again: seen, not described. */
import { type ContentBlock, ContentBlockSchema } from "@modelcontextprotocol/sdk/types.js";
import { CONTENT_BESIDE } from "../../connectors/mcp/value.ts";
import { isRecord } from "../connector/schema.ts";
import { shownValue } from "./json.ts";

/** What clients take in one message; a block for which there is no room left is named instead of shown. */
const MAX_BYTES = 4 * 1024 * 1024;

/** `String.fromCharCode` takes its characters as arguments, of which an engine takes so many. */
const CHUNK = 0x2000;

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}

function withText(value: Record<string, unknown>, key: string): Record<string, unknown> {
  const bytes = value[key];
  return bytes instanceof Uint8Array ? { ...value, [key]: toBase64(bytes) } : value;
}

function sizeOf(block: Record<string, unknown>): number {
  const bytes = isRecord(block.resource) ? block.resource.blob : block.data;
  return bytes instanceof Uint8Array ? bytes.byteLength : String(bytes ?? "").length;
}

function toBlock(given: unknown, maxBytes: number): ContentBlock | undefined {
  if (!isRecord(given)) return undefined;
  if (sizeOf(given) > maxBytes) {
    return { type: "text", text: `(${String(given.type)} of ${sizeOf(given)} bytes, too large to be shown)` };
  }
  const plain = isRecord(given.resource)
    ? { ...given, resource: withText(given.resource, "blob") }
    : withText(given, "data");
  return ContentBlockSchema.safeParse(plain).data;
}

/** What a block says in words, as a text or as an embedded resource that is one. */
function wordsOf(block: ContentBlock): string | undefined {
  if (block.type === "text") return block.text;
  return block.type === "resource" && "text" in block.resource ? block.resource.text : undefined;
}

function withWords(block: ContentBlock, text: string): ContentBlock {
  if (block.type === "resource") return { ...block, resource: { ...block.resource, text } };
  return block.type === "text" ? { ...block, text } : block;
}

/** Blocks whose texts together keep to a budget: the first are shown, one is cut, those behind it are counted. */
function withinChars(blocks: readonly ContentBlock[], maxChars: number): ContentBlock[] {
  let left = maxChars;
  let omitted = 0;
  const shown = blocks.flatMap((block): ContentBlock[] => {
    const words = wordsOf(block);
    if (words === undefined || words === "") return [block];
    const room = left;
    left -= words.length;
    if (room > 0) return [withWords(block, String(shownValue(words, room)))];
    omitted += 1;
    return [];
  });
  const text = `(${omitted} more texts, for which there was no room)`;
  return omitted === 0 ? shown : [...shown, { type: "text", text }];
}

function toBlocks(content: unknown, maxChars: number): ContentBlock[] | undefined {
  if (!Array.isArray(content)) return undefined;
  const blocks: ContentBlock[] = [];
  let bytes = 0;
  for (const given of content) {
    const block = toBlock(given, MAX_BYTES - bytes);
    if (block === undefined) return undefined;
    blocks.push(block);
    if (block.type !== "text") bytes += sizeOf(given);
  }
  return content.some((given) => isRecord(given) && given.type !== "text") ? withinChars(blocks, maxChars) : undefined;
}

/** Structured content with what its tool showed beside it: the fields as one text, then what is no text, as those mostly repeat them. */
function withFields(value: Record<string, unknown>, maxChars: number): ContentBlock[] | undefined {
  const { [CONTENT_BESIDE]: content, ...fields } = value;
  if (!Array.isArray(content)) return undefined;
  const text = JSON.stringify(shownValue(fields, maxChars));
  const beside = content.filter((given) => !isRecord(given) || given.type !== "text");
  const blocks = toBlocks(beside, maxChars - text.length);
  return blocks === undefined ? undefined : [{ type: "text", text }, ...blocks];
}

/**
 * The content blocks of a value that is an MCP tool's answer, as the connector gives it to programs: `{ content: [...] }`
 * with bytes as `Uint8Array`, or structured content with `mcpContent` beside its fields. `undefined` for any other value,
 * and where all is text, which reads better as a value.
 */
export function blocksOf(value: unknown, maxChars: number): ContentBlock[] | undefined {
  if (!isRecord(value)) return undefined;
  return withFields(value, maxChars) ?? toBlocks(value.content, maxChars);
}

/** Of the blocks of a value those that its JSON only describes: what it says in words is in there. */
export function beyondWords(value: unknown, maxChars: number): ContentBlock[] {
  return (blocksOf(value, maxChars) ?? []).filter((block) => wordsOf(block) === undefined);
}
