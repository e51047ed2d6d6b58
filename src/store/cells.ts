/** The cells of a row, each read as what it must be: what is on disk is never guessed at. A history is thousands of them. */

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function refuse(value: unknown, wanted: string): never {
  throw new TypeError(`The journal has ${kindOf(value)} where ${wanted} should be.`);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

export function number(cell: unknown): number {
  return typeof cell === "number" ? cell : refuse(cell, "a number");
}

export function text(cell: unknown): string {
  return typeof cell === "string" ? cell : refuse(cell, "a text");
}

/** A number, or nothing. */
export function numberOrNone(cell: unknown): number | undefined {
  return cell === null ? undefined : number(cell);
}

/** A text, or nothing. */
export function textOrNone(cell: unknown): string | undefined {
  return cell === null ? undefined : text(cell);
}

/** One of these texts. */
export function oneOf<T extends string>(known: readonly T[], cell: unknown): T {
  return known.find((one) => one === cell) ?? refuse(cell, `one of ${known.join(", ")}`);
}

/** A list of texts, as JSON. */
export function texts(cell: unknown): readonly string[] {
  const list: unknown = JSON.parse(text(cell));
  return Array.isArray(list) && list.every(isText) ? list : refuse(list, "a list of texts");
}

/** Texts by name, as JSON. */
export function textsByName(cell: unknown): Readonly<Record<string, string>> {
  const found: unknown = JSON.parse(text(cell));
  return isTextsByName(found) ? found : refuse(found, "texts by name");
}

function isTextsByName(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(isText);
}
