/**
 * Pauses and folds as one background for every row of a journal: a hundred of them, each an element in each of two hundred
 * rows, would stop the page. Pure.
 */
import type { Timeline } from "./timeline.ts";

/** Percent of the width: of narrower pauses, side by side, the lines alone would be seen. */
const LEAST_WITH_LINE = 1.5;

interface Place {
  readonly left: number;
  readonly width: number;
}

/** A value of CSS `background`; pauses lie over folds. */
export function bandsOf({ pauses, folds }: Pick<Timeline, "pauses" | "folds">): string {
  const layers = [
    layerOf(pauses, ({ isOpen, width }, from, to) =>
      isOpen || width < LEAST_WITH_LINE
        ? [`var(--wait-wash) ${from} ${to}`]
        : // The line is where the run went on.
          [`var(--wait-wash) ${from} calc(${to} - 2px)`, `var(--wait-bar) calc(${to} - 2px) ${to}`],
    ),
    layerOf(folds, (_fold, from, to) => [
      `var(--line-strong) ${from} calc(${from} + 1px)`,
      `var(--plain-wash) calc(${from} + 1px) calc(${to} - 1px)`,
      `var(--line-strong) calc(${to} - 1px) ${to}`,
    ]),
  ];
  return layers.filter((layer) => layer !== "").join(", ") || "none";
}

/** What lies in order, side by side; `colours` are those of one, from and to where it is. */
function layerOf<T extends Place>(
  places: readonly T[],
  colours: (place: T, from: string, to: string) => readonly string[],
): string {
  let end = "0%";
  const stops = places.flatMap((place) => {
    const [from, to] = [`${place.left.toFixed(3)}%`, `${(place.left + place.width).toFixed(3)}%`];
    const between = `transparent ${end} ${from}`;
    end = to;
    return [between, ...colours(place, from, to)];
  });
  return stops.length === 0 ? "" : `linear-gradient(to right, ${stops.join(", ")}, transparent ${end})`;
}
