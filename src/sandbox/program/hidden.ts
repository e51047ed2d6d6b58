/** Picks identifiers for what we put around a program, so that the program contains them in no role. */

/** `wish`, or the first of `wish1`, `wish2`, … that is not among a program's names. */
export function hiddenName(wish: string, taken: ReadonlySet<string>): string {
  let name = wish;
  for (let n = 1; taken.has(name); n++) name = `${wish}${n}`;
  return name;
}
