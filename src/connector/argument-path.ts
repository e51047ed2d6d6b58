/** How a place in the arguments of a call is written: `args.items[0].name`. */

import { memberPath } from "../catalog/types/names.ts";

/** From the keys and positions that lead there. */
export function argumentPath(segments: readonly unknown[]): string {
  let text = "args";
  for (const segment of segments) {
    text = typeof segment === "number" ? `${text}[${segment}]` : memberPath(text, String(segment));
  }
  return text;
}
