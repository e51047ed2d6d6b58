/** What the language looks up on any value: no connector has such properties, or `await github` would call a tool. */
export const LANGUAGE_LOOKUPS: ReadonlySet<string> = new Set([
  "then",
  "catch",
  "finally",
  "toString",
  "valueOf",
  "toJSON",
  "constructor",
  "prototype",
  "__proto__",
  "inspect",
]);
