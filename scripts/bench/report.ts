/** Turns measurements into the tables of the terminal, of test/bench/README.md and of the project's own README. */
import { readFile, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import type { BenchCase, Contestant } from "../../test/bench/cases.ts";
import { type Measured, median, quantile, type Times } from "./measure.ts";

const BEGIN = "<!-- bench: written by npm run bench -->";
const END = "<!-- bench: end -->";

/** Counts of one case, of those who have them. */
export interface Counted {
  readonly name: string;
  readonly commits: Readonly<Partial<Record<Contestant, number>>>;
  readonly turns: number;
  readonly hostMessages: number;
  readonly bytes: number;
}

function milliseconds(times: Times | undefined): string {
  if (times === undefined) return "–";
  const digits = median(times) < 10 ? 2 : 1;
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(times, share).toFixed(digits));
  return `${middle} (${low}–${high})`;
}

function ratio(value: number, target: number | undefined): string {
  if (target === undefined) return "–";
  return `${value.toFixed(2)} ${value <= target ? "≤" : "**>**"} ${target}`;
}

const HEAD = [
  "| case | ours, ms | released, ms | floor, ms | to the released one | to the floor |",
  "|---|--:|--:|--:|--:|--:|",
];

/** One row: medians with quartiles, and the ratios with their targets. */
export function row(bench: BenchCase, { ours, released, floor }: Measured): string {
  const toReleased = ratio(median(ours) / median(released), bench.toReleased);
  const toFloor = floor === undefined ? "–" : ratio(median(ours) / median(floor), bench.toFloor);
  return `| ${bench.name} | ${milliseconds(ours)} | ${milliseconds(released)} | ${milliseconds(floor)} | ${toReleased} | ${toFloor} |`;
}

/** One row of the project's own README, for the cases that it shows. */
export function shortRow({ inShort }: BenchCase, { ours, released }: Measured): string[] {
  if (inShort === undefined) return [];
  const [own, other] = [median(ours), median(released)];
  const times =
    own <= other ? `${(other / own).toFixed(1)} times as fast` : `${(own / other).toFixed(1)} times as slow`;
  return [`| ${inShort} | ${shortMilliseconds(own)} | ${shortMilliseconds(other)} | ${times} |`];
}

function shortMilliseconds(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}

const SHORT_HEAD = ["| | durable-codemode | the released package | |", "|---|--:|--:|--:|"];

/** What the project's own README shows of a run. */
export function shortSummary(rows: readonly string[]): string {
  return [...SHORT_HEAD, ...rows].join("\n");
}

export function diskRow(name: string, bytes: Readonly<Record<Contestant, number>>, toReleased: number): string {
  return `| ${name} | ${bytes.ours} | ${bytes.released} | ${bytes.floor} | ${ratio(bytes.ours / bytes.released, toReleased)} | – |`;
}

export function countsTable(counted: readonly Counted[]): string[] {
  return [
    "| case | commits: ours | released | floor | turns | messages to the host | bytes over the bridge |",
    "|---|--:|--:|--:|--:|--:|--:|",
    ...counted.map(
      ({ name, commits, turns, hostMessages, bytes }) =>
        `| ${name} | ${commits.ours} | ${commits.released} | ${commits.floor} | ${turns} | ${hostMessages} | ${bytes} |`,
    ),
  ];
}

function machine(versions: Readonly<Record<string, string>>): string {
  const [first] = cpus();
  const parts = [
    `${cpus().length} × ${first?.model.trim() ?? "unknown processor"}`,
    `${Math.round(totalmem() / 2 ** 30)} GB`,
    `${process.platform} ${process.arch}`,
    ...Object.entries(versions).map(([name, version]) => `${name} ${version}`),
  ];
  return `Measured on ${new Date().toISOString().slice(0, 10)}: ${parts.join(", ")}.`;
}

/** Everything that the README shows of a run. */
export function summary(
  rows: readonly string[],
  counted: readonly Counted[],
  descriptions: string,
  versions: Readonly<Record<string, string>>,
): string {
  return [machine(versions), "", ...HEAD, ...rows, "", ...countsTable(counted), "", descriptions].join("\n");
}

/** Puts a summary between the markers of a README. */
export async function writeSummary(file: string, text: string): Promise<void> {
  const readme = await readFile(file, "utf8");
  const from = readme.indexOf(BEGIN);
  const to = readme.indexOf(END);
  if (from < 0 || to < from) throw new Error(`${file} has lost the markers of the bench.`);
  await writeFile(file, `${readme.slice(0, from + BEGIN.length)}\n\n${text}\n\n${readme.slice(to)}`);
}
