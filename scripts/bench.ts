/**
 * `npm run bench`: this package, the released one and the floor, side by side in one interleaved run. Prints the table,
 * and writes it and the plot into test/bench, and a part of it into the project's README. With words as arguments it runs
 * only the cases whose names have one of them, and writes nothing.
 */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { CASES, COUNTED, type Contestant, DISK } from "../test/bench/cases.ts";
import { measureGrowth } from "./bench/growth.ts";
import { measure, measureCounts, measureDisk } from "./bench/measure.ts";
import { drawPlot } from "./bench/plot.ts";
import {
  type Counted,
  countsTable,
  diskRow,
  row,
  shortRow,
  shortSummary,
  summary,
  writeSummary,
} from "./bench/report.ts";
import { type Server, startServers } from "./bench/servers.ts";

const ROOT = join(import.meta.dirname, "..");
const PLACE = join(ROOT, "test", "bench");
const VERSIONED = ["workerd", "@cloudflare/codemode"] as const;

async function versions(): Promise<Record<string, string>> {
  const found: Record<string, string> = { node: process.version };
  for (const name of VERSIONED) {
    const { version } = JSON.parse(await readFile(join(ROOT, "node_modules", name, "package.json"), "utf8"));
    found[name] = String(version);
  }
  return found;
}

function say(line: string): string {
  process.stdout.write(`${line}\n`);
  return line;
}

/** Of the tables in test/bench and in the project's own README. */
interface Rows {
  readonly rows: string[];
  readonly short: readonly string[];
}

async function runCases(servers: readonly Server[], words: readonly string[]): Promise<Rows> {
  const rows: string[] = [];
  const short: string[] = [];
  for (const bench of CASES) {
    if (words.length > 0 && !words.some((word) => bench.name.includes(word))) continue;
    const measured = await measure(servers, bench);
    rows.push(say(row(bench, measured)));
    short.push(...shortRow(bench, measured));
  }
  return { rows, short };
}

async function runDisk(servers: readonly Server[]): Promise<string> {
  const bytes: Record<Contestant, number> = { ours: 0, released: 0, floor: 0 };
  for (const server of servers) bytes[server.name] = await measureDisk(server);
  return say(diskRow(DISK.name, bytes, DISK.toReleased));
}

/** Time and heap to read API descriptions: in a process of its own, which can be told to collect. */
async function measureDescriptions(): Promise<string> {
  const file = join(ROOT, "test", "connectors", "openapi", "measure.ts");
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", file]);
  return stdout.trim();
}

const words = process.argv.slice(2);
const servers = await startServers(join(ROOT, ".bench"));
try {
  // Before anything else: a log that was begun anew can no longer be counted.
  const counted: Counted[] = [];
  if (words.length === 0) for (const one of COUNTED) counted.push(await measureCounts(servers, one));
  const { rows, short } = await runCases(servers, words);
  if (words.length === 0) {
    rows.push(await runDisk(servers));
    for (const line of countsTable(counted)) say(line);
    await writeFile(join(PLACE, "plot.svg"), drawPlot(await measureGrowth(servers)));
    const descriptions = say(await measureDescriptions());
    await writeSummary(join(PLACE, "README.md"), summary(rows, counted, descriptions, await versions()));
    await writeSummary(join(ROOT, "README.md"), shortSummary(short));
  }
} finally {
  for (const server of servers) await server.stop();
}
