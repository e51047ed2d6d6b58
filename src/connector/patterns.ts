/**
 * Keeps regular expressions of schemas from holding the host: a schema comes from a server, the text from a program, and
 * together they can make an expression that backtracks run for hours. What is left out here the tool's backend still checks.
 */

/** Whether it is an expression here at all: those of other languages stand between slashes, or have words of their own. */
export function isUsablePattern(pattern: unknown): boolean {
  if (typeof pattern !== "string" || /^\/.*\/[a-z]*$/s.test(pattern)) return false;
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}

/** No expression is matched against a longer text. */
const MAX_MATCHED_CHARS = 10_000;

/** Steps that matching may take at worst: well under a second. */
const MAX_STEPS = 50_000_000;

/** A class counts as one character, an escape as one: what is in them is no operator. */
function withoutLiterals(pattern: string): string {
  return pattern.replace(/\\(?:[pP]\{[^}]*\}|.)/gsu, "x").replace(/\[[^\]]*\]/g, "x");
}

const GROUP = /\((?:\?(?:[:=!]|<[=!]|<\w+>))?([^()]*)\)/;
const MANY = /^(?:[*+]|\{\d*,\d*\}|\{\d{2,}\})/;

/**
 * Whether an expression may take exponentially long: something that is repeated in itself holds a repetition or a choice.
 * Simple, and careful: it also finds some that would be fast.
 */
export function mayExplode(pattern: string): boolean {
  let rest = withoutLiterals(pattern);
  for (let found = GROUP.exec(rest); found !== null; found = GROUP.exec(rest)) {
    const [whole, inside = ""] = found;
    const after = rest.slice(found.index + whole.length);
    const isVariable = /[*+?|{\uFFFF]/.test(inside);
    if (isVariable && MANY.test(after)) return true;
    // What it held is still in it when a group around it is repeated.
    rest = `${rest.slice(0, found.index)}${isVariable ? "\uFFFF" : "x"}${after}`;
  }
  return false;
}

const ENDLESS = /[*+]|\{\d*,\d*\}/g;

/**
 * Up to which length a text may be matched, if the expression does not explode. Repetitions beside each other may share a
 * text among them in as many ways as it has letters, each, and so may the beginning of what is not tied to one.
 */
export function matchableChars(pattern: string): number {
  const repetitions = withoutLiterals(pattern).match(ENDLESS)?.length ?? 0;
  const degree = repetitions + (pattern.startsWith("^") ? 0 : 1);
  return Math.min(MAX_MATCHED_CHARS, Math.floor(MAX_STEPS ** (1 / Math.max(1, degree))));
}
