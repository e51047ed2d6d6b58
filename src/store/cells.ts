/** The cells of a row, each read as what it must be: what is on disk is never guessed at. A history is thousands of them. */

function refuse(cell: unknown, wanted: string): never {
  throw new TypeError(`The journal has ${cell === null ? "null" : `a ${typeof cell}`} where ${wanted} should be.`);
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
