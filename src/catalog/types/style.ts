/** How much a generated type says: one table, from the full declarations to the one line of a search result. */

/** Choices of the one converter; each number bounds what a large schema can cost. */
export interface TypeStyle {
  /** `named`: what is referred to becomes a type of its own. `inline`: one expression, cut at `maxDepth`. */
  readonly refs: "named" | "inline";
  readonly layout: "lines" | "line";
  /** Characters of each description; 0 leaves comments out. */
  readonly maxDescriptionChars: number;
  /** Objects inside objects that are spelled out; a deeper one is `object`. */
  readonly maxDepth: number;
  /** Properties of one object; the others are counted in a comment. */
  readonly maxProperties: number;
  /** Characters of all declarations together; over it comments go first, then what is furthest from the method. */
  readonly maxChars: number;
}

const unlimited = Number.POSITIVE_INFINITY;

export const TYPE_STYLES = {
  /** What the public converters print: everything. */
  full: {
    refs: "named",
    layout: "lines",
    maxDescriptionChars: unlimited,
    maxDepth: unlimited,
    maxProperties: unlimited,
    maxChars: unlimited,
  },
  /** What `describe` prints: descriptions shortened, and the deepest types left out of what would fill a context. */
  described: {
    refs: "named",
    layout: "lines",
    maxDescriptionChars: 160,
    maxDepth: unlimited,
    maxProperties: unlimited,
    maxChars: 16_000,
  },
  /** Input in a search result: enough to call. */
  signatureInput: {
    refs: "inline",
    layout: "line",
    maxDescriptionChars: 0,
    maxDepth: 3,
    maxProperties: 40,
    maxChars: unlimited,
  },
  /** Output in a search result: which fields there are. */
  signatureOutput: {
    refs: "inline",
    layout: "line",
    maxDescriptionChars: 0,
    maxDepth: 1,
    maxProperties: 24,
    maxChars: unlimited,
  },
} as const satisfies Record<string, TypeStyle>;

/** Nested schemas rendered in place; deeper ones get a name (or `unknown`), so no schema overflows the stack. */
export const MAX_NESTING = 16;

/** Schemas visited for one inline expression: a graph of shared schemas cannot unfold into more. */
export const MAX_INLINE_NODES = 1_000;

/** Values of one `enum` that are spelled out; more are widened to their type. */
export const MAX_ENUM_VALUES = 200;
