/** The journal as a tree: what a step did stands under it, however much of it went on at once. Pure. */
import type { Entry } from "./schemas.ts";

export interface Nested {
  /** Each step followed by what was made inside of it; the log itself where nothing is inside of anything. */
  readonly entries: readonly Entry[];
  /** How many steps are around an entry; those around which there is none are left out. */
  readonly depths: ReadonlyMap<number, number>;
  /** What has something inside of it. */
  readonly around: ReadonlySet<number>;
}

/** A step that is not in the log, or not before what it is said to have made, is around nothing. */
export function nestedOf(log: readonly Entry[]): Nested {
  const known = new Set(log.map(({ seq }) => seq));
  const inside = Map.groupBy(log, ({ seq, parent }) =>
    parent !== undefined && parent < seq && known.has(parent) ? parent : undefined,
  );
  const around = new Set([...inside.keys()].filter((seq) => seq !== undefined));
  if (around.size === 0) return { entries: log, depths: new Map(), around };
  const entries: Entry[] = [];
  const depths = new Map<number, number>();
  const next = [...(inside.get(undefined) ?? [])].reverse();
  for (let entry = next.pop(); entry !== undefined; entry = next.pop()) {
    entries.push(entry);
    const within = inside.get(entry.seq) ?? [];
    for (const { seq } of within) depths.set(seq, (depths.get(entry.seq) ?? 0) + 1);
    for (const one of within.toReversed()) next.push(one);
  }
  return { entries, depths, around };
}
