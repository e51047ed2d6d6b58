/** What the validator says of an "instance" and its schema, in words about a call's arguments; they follow a path and a colon. */

/** JSON Schema's types, as one would say what a value is. */
const KINDS: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  object: "an object",
  array: "a list",
  null: "null",
};

function kindOf(type: string): string {
  return KINDS[type] ?? type;
}

/** Expected types come as `string", "null`. A number that is not the number asked for needs no second word. */
function wrongType(actual: string, expected: string): string {
  const types = expected.split('", "');
  const kinds = types.map(kindOf);
  const wanted = kinds.length < 2 ? kinds.join("") : `${kinds.slice(0, -1).join(", ")}, or ${kinds.at(-1)}`;
  return `must be ${wanted}${types.includes("integer") && actual === "number" ? "" : `, not ${kindOf(actual)}`}`;
}

/** A schema keyword, the validator's sentence, ours. The keyword tells apart what it says in the same words. */
const SENTENCES: readonly (readonly [keyword: RegExp, sentence: RegExp, says: (...found: string[]) => string])[] = [
  // So it reports what `additionalProperties: false` refuses.
  [/^false$/, /./, () => "is not a property that this tool knows"],
  [/^not$/, /./, () => "must not be given so; the tool's description says why"],
  [/^type$/, /type "(.+?)" is invalid\. Expected "(.+)"/, wrongType],
  [/^required$/, /required property "(.*)"\.$/s, (name) => `lacks the required property "${name}"`],
  [/^const$/, /does not match (.*)\.$/s, (value) => `must be ${value}`],
  [/^enum$/, /any of (.*)\.$/s, (values) => `must be one of ${values}`],
  // The validator's own words for these leave out that the bound itself is refused.
  [/^exclusiveMinimum$/, /than (.*)\.$/, (bound) => `must be more than ${bound}`],
  [/^exclusiveMaximum$/, /to (.*)\.$/, (bound) => `must be less than ${bound}`],
  [/^minProperties$/, /(\d+)/, (count) => `must have ${count} or more properties`],
  [/^maxProperties$/, /(\d+)/, (count) => `must have ${count} or fewer properties`],
  [
    /^depend/,
    /^Instance has "(.*)" but does not have "(.*)"/s,
    (one, other) => `has "${one}", so it needs "${other}" too`,
  ],
  [/^oneOf$/, /\(([1-9]\d*) matches/, (count) => `fits ${count} of the shapes that it may have, and must fit one`],
  [/^(any|one)Of$/, /./, () => "fits none of the shapes that it may have"],
];

/** What is wrong with one value, without a full stop. */
export function sentenceOf({ keyword, error }: { readonly keyword: string; readonly error: string }): string {
  for (const [keywords, pattern, says] of SENTENCES) {
    const found = keywords.test(keyword) ? pattern.exec(error) : null;
    if (found !== null) return says(...found.slice(1));
  }
  return error.replace(/^Instance /, "").replace(/\.$/, "");
}
