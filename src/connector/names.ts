/** Finds the names that a caller most likely meant. */
import { distance } from "fastest-levenshtein";

/** Edit distance alone ranks `list` before `list_issues` for `list_issue`; shared words say more than letters. */
function likeness(wanted: string, candidate: string): number {
  const words = (name: string) =>
    new Set(
      name
        .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
        .toLowerCase()
        .split(/[^a-z0-9]+/),
    );
  const theirs = words(candidate);
  let shared = 0;
  for (const word of words(wanted)) if (theirs.has(word)) shared += 1;
  return shared * 4 - distance(wanted.toLowerCase(), candidate.toLowerCase());
}

/** Nobody means a longer text as a name, and to compare two of them takes the product of their lengths. */
const MAX_NAME_CHARS = 200;

/** Up to `limit` names, the likeliest first; none that is nothing like what was asked for. */
export function nearNames(wanted: string, names: Iterable<string>, limit = 5): string[] {
  if (wanted.length > MAX_NAME_CHARS) return [];
  return [...names]
    .filter((name) => name.length <= MAX_NAME_CHARS)
    .map((name) => ({ name, score: likeness(wanted, name) }))
    .filter(({ name, score }) => score > -Math.max(wanted.length, name.length) / 2)
    .sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}
