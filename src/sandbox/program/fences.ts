/**
 * Finds the program inside what a model sent: everything around it (prose, Markdown fences, a byte order mark, a
 * hashbang) is blanked with spaces, never cut, so that every offset, line and column stays the model's own.
 */

/** The line terminators of ECMAScript, which V8 and acorn count alike. */
const LINE = /([^\r\n\u2028\u2029]*)(?:[\r\n\u2028\u2029]|$)/y;
const LANGUAGES: ReadonlySet<string> = new Set(
  "js javascript mjs cjs jsx ts typescript mts cts tsx ecmascript node".split(" "),
);

interface Fence {
  readonly start: number;
  readonly end: number;
  readonly ticks: number;
  readonly language: string;
}

interface Block {
  readonly from: number;
  readonly to: number;
  readonly language: string;
}

/** The program of `text`, with all else blanked; same length, same lines. */
export function programText(text: string): string {
  const block = chooseBlock(fencedBlocks(text));
  const source =
    block === undefined
      ? text
      : blank(text.slice(0, block.from)) + text.slice(block.from, block.to) + blank(text.slice(block.to));
  return source.replace(/^\s*(#![^\r\n\u2028\u2029]*)?/, blank);
}

function blank(text: string): string {
  return text.replace(/[^\r\n\u2028\u2029]/g, " ");
}

/** A reply may show a shell command first: the first block that says JavaScript or TypeScript wins, then an unnamed one. */
function chooseBlock(blocks: readonly Block[]): Block | undefined {
  return blocks.find((b) => LANGUAGES.has(b.language)) ?? blocks.find((b) => b.language === "") ?? blocks[0];
}

/** What stands in fences; where nothing does, what they were to close, which none opens: all that is before them. */
function fencedBlocks(text: string): Block[] {
  const fences = fencesIn(text);
  const before = text.slice(0, fences[0]?.start);
  if (before === text || opensTemplate(before)) return [];
  const blocks: Block[] = [];
  let open: Fence | undefined;
  for (const fence of fences) {
    if (open === undefined) open = fence;
    else if (fence.language === "" && fence.ticks >= open.ticks) {
      blocks.push({ from: open.end, to: fence.start, language: open.language });
      open = undefined;
    }
  }
  if (open !== undefined) blocks.push({ from: open.end, to: closedInLine(text), language: open.language });
  const filled = blocks.filter(({ from, to }) => text.slice(from, to).trim() !== "");
  return filled.length > 0 ? filled : [{ from: 0, to: before.length, language: "" }];
}

/** Whether a template literal goes on behind some code: the fences in it are a text that the program writes. */
function opensTemplate(code: string): boolean {
  return code.split(/(?<!\\)`/).length % 2 === 0;
}

/** A fence that is closed behind the last line of code, or not at all because the reply was cut off. */
function closedInLine(text: string): number {
  return text.length - (/`{3,}\s*$/.exec(text.slice(-1000))?.[0].length ?? 0);
}

/**
 * Lines that are fences. A program cannot contain one outside of a block comment: in a template literal the backticks
 * would have to be escaped. Whole lines only, and one pass, because the text may be hostile and long.
 */
function fencesIn(text: string): readonly Fence[] {
  const fences: Fence[] = [];
  /** Those of the comment that is open. One that is never closed was none: a line of a text, a path with a wildcard. */
  let commented: Fence[] | undefined;
  for (let start = 0; start < text.length; ) {
    LINE.lastIndex = start;
    const line = LINE.exec(text);
    if (line === null) break;
    const [whole, content = ""] = line;
    const info = fenceInfo(content);
    if (info !== undefined) (commented ?? fences).push({ start, end: start + whole.length, ...info });
    if (commented !== undefined) commented = content.includes("*/") ? undefined : commented;
    else if (opensComment(content)) commented = [];
    start += whole.length;
  }
  return commented === undefined ? fences : fences.concat(commented);
}

/** Where a comment can begin. Behind anything else the same two characters are a glob (`src/*.ts`) or a media type. */
const COMMENT = /(?:^|[\s;{}(),])\/\*/;

/** Whether a comment begins in a line and goes on in the next. */
function opensComment(line: string): boolean {
  const closed = line.lastIndexOf("*/");
  return COMMENT.test(closed < 0 ? line : line.slice(closed + 2));
}

/** "```ts title=x" is a fence; a line with backticks behind its first ones is not. By hand: no pattern may backtrack here. */
function fenceInfo(line: string): Pick<Fence, "ticks" | "language"> | undefined {
  const content = line.trim();
  const ticks = /^`*/.exec(content)?.[0].length ?? 0;
  const info = content.slice(ticks).trim();
  if (ticks < 3 || info.includes("`")) return undefined;
  return { ticks, language: (info.split(/\b[\s:,{]/, 1)[0] ?? "").toLowerCase() };
}
