/**
 * Refuses texts that are small and whose values are not: what a few bytes of a hostile program can unfold to on the host.
 *
 * A text names each part once and may refer to it often, so forty short arrays can stand for 2^40 numbers; and an array may
 * say that it has four thousand million holes. Both pass any limit on bytes and freeze whoever walks the value.
 */

/** Characters that a value may come to when each part is written as often as it is seen: 32 times the largest record. */
export const MAX_UNFOLDED_CHARS = 32_000_000;

/** What a number, a hole or a bracket is counted as. */
const PART_CHARS = 8;

/** How the codec writes an array with many holes: `[-7, length, index, part, ...]`. */
const SPARSE = -7;

type Container = readonly unknown[] | Readonly<Record<string, unknown>>;

function isContainer(entry: unknown): entry is Container {
  return typeof entry === "object" && entry !== null;
}

/** The size of an entry without its texts and what it refers to; whoever walks an array visits its holes too. */
function ownSize(entry: unknown): number {
  if (typeof entry === "string") return entry.length + PART_CHARS;
  if (!Array.isArray(entry) || entry[0] !== SPARSE) return PART_CHARS;
  const length = Number(entry[1]);
  // Fewer holes than none would make room for what else there is.
  return length >= 0 ? length * PART_CHARS : Number.POSITIVE_INFINITY;
}

/** What an entry holds itself: a reference, which is visited, or a text (digits, bytes), which is counted. */
function partSize(part: unknown, visit: (index: number) => void): number {
  if (typeof part === "string") return part.length;
  if (typeof part === "number" && part >= 0) visit(part);
  // The codec writes each part as an entry of its own, and reads one that is inside of another, with all that it refers to.
  return isContainer(part) ? Number.POSITIVE_INFINITY : 0;
}

/** Visits what an entry refers to, and answers how long the texts are that it holds itself, its keys among them. */
function eachReference(entry: Container, visit: (index: number) => void): number {
  let chars = 0;
  // Not `Object.values`: this runs for every value that crosses the bridge.
  if (Array.isArray(entry)) {
    for (const part of entry) chars += partSize(part, visit);
  } else {
    for (const key in entry) chars += key.length + partSize((entry as Readonly<Record<string, unknown>>)[key], visit);
  }
  return chars;
}

/** The unfolded size when no container is referred to twice, which is so for most values; else nothing. */
function sizeOfTree(flat: readonly unknown[]): number | undefined {
  const seen = new Uint8Array(flat.length);
  let size = ownSize(flat[0]);
  let shared = false;
  const visit = (index: number) => {
    const entry = flat[index];
    size += ownSize(entry);
    if (!isContainer(entry)) return;
    shared ||= seen[index] === 1;
    seen[index] = 1;
  };
  for (const entry of flat) {
    if (!isContainer(entry)) continue;
    const chars = eachReference(entry, visit);
    size += chars;
  }
  return shared ? undefined : size;
}

/** Children first and without recursion, for a value may be nested as deep as its text is long. A cycle counts once. */
function sizeOfGraph(flat: readonly unknown[]): number {
  const sizes = new Map<number, number>();
  const stack = [0];
  for (let index = stack.at(-1); index !== undefined; index = stack.at(-1)) {
    const entry = flat[index];
    if (!sizes.has(index)) {
      sizes.set(index, 0);
      if (isContainer(entry)) {
        eachReference(entry, (child) => {
          if (!sizes.has(child)) stack.push(child);
        });
      }
      continue;
    }
    stack.pop();
    if (sizes.get(index) !== 0) continue;
    let size = ownSize(entry);
    if (isContainer(entry)) {
      const chars = eachReference(entry, (child) => {
        size += sizes.get(child) ?? 0;
      });
      size += chars;
    }
    sizes.set(index, size);
  }
  return sizes.get(0) ?? 0;
}

/**
 * @param flat - what `JSON.parse` makes of an encoded value: a list whose entries refer to each other by index.
 * @throws Error when the value unfolds to more than {@link MAX_UNFOLDED_CHARS}.
 */
export function assertBounded(flat: unknown): void {
  if (!Array.isArray(flat)) return;
  const size = sizeOfTree(flat) ?? sizeOfGraph(flat);
  if (!(size <= MAX_UNFOLDED_CHARS)) {
    throw new Error(
      `the value unfolds to more than ${MAX_UNFOLDED_CHARS} characters. Return a smaller one, without holes or parts that repeat`,
    );
  }
}
