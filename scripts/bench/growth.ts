/** How cost grows: the same measurements at several sizes, for the plot. */
import { CONTESTANTS, type Contestant } from "../../test/bench/cases.ts";
import { measure, median } from "./measure.ts";
import type { Server } from "./servers.ts";

/** One line of a panel: milliseconds over sizes. */
export interface Series {
  readonly contestant: Contestant;
  readonly points: readonly { readonly size: number; readonly ms: number }[];
}

export interface Panel {
  readonly title: string;
  readonly axis: string;
  readonly series: readonly Series[];
}

const PANELS = [
  { title: "Sequential reads", axis: "calls", program: "reads", action: "run", sizes: [1, 250, 500, 1_000], toFloor: 1 },
  { title: "Resume", axis: "recorded entries", program: "approval", action: "approve", sizes: [1, 250, 500, 1_000], toFloor: 1 },
  { title: "Search", axis: "tools", program: "search", action: "tools", sizes: [10, 250, 500, 1_000] },
  { title: "List 20", axis: "executions", program: "reads", action: "list", sizes: [50, 1_000, 2_500, 5_000] },
] as const; // biome-ignore format: a table

const REPETITIONS = 5;

/** Measures every panel. */
export async function measureGrowth(servers: readonly Server[]): Promise<Panel[]> {
  const panels: Panel[] = [];
  for (const { title, axis, sizes, ...rest } of PANELS) {
    const points: { size: number; measured: Awaited<ReturnType<typeof measure>> }[] = [];
    for (const n of sizes) {
      const bench = { ...rest, name: `growth of ${title}`, n, repetitions: REPETITIONS, toReleased: 1 };
      points.push({ size: n, measured: await measure(servers, bench) });
    }
    const series = CONTESTANTS.flatMap((contestant) => {
      const own = points.map(({ size, measured }) => ({ size, ms: median(measured[contestant]) }));
      return own.some(({ ms }) => Number.isNaN(ms)) ? [] : [{ contestant, points: own }];
    });
    panels.push({ title, axis, series });
  }
  return panels;
}
