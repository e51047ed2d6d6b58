/** How a place in the arguments of a call is written: `args.items[0].name`. */

/** From the keys and positions that lead there. */
export function argumentPath(segments: readonly unknown[]): string {
  let text = "args";
  for (const segment of segments) {
    if (typeof segment === "number") text += `[${segment}]`;
    else
      text += /^[A-Za-z_$][\w$]*$/.test(String(segment))
        ? `.${String(segment)}`
        : `[${JSON.stringify(String(segment))}]`;
  }
  return text;
}
