/** Takes the measurements: all contestants in turn, again and again, so that a slow minute of the machine hits all. */
import { readFile } from "node:fs/promises";
import {
  type BenchCase,
  type COUNTED,
  type Contestant,
  DISK,
  expectedResult,
  type ProgramName,
} from "../../test/bench/cases.ts";
import type { Counts } from "../../test/bench/counting.ts";
import type { RunAnswer } from "../../test/bench/host.ts";
import { GITHUB_DESCRIPTION } from "../../test/support/github.ts";
import type { Counted } from "./report.ts";
import type { Server } from "./servers.ts";
import { countCommits } from "./wal.ts";

/** Sorted milliseconds of one contestant. */
export type Times = readonly number[];
export type Measured = Readonly<Partial<Record<Contestant, Times>>>;

/** Runs that are not counted: they fill the retention, so that each later one removes an old execution, and warm the process. */
const WARM_UP = 7;

/** A list or a description takes less than the request around it, so many are asked for in one request. */
const ASKED_AT_ONCE = 25;

function isRun(answer: unknown): answer is RunAnswer {
  return typeof answer === "object" && answer !== null && "status" in answer && "executionId" in answer;
}

function checked(answer: unknown, status: string, program: ProgramName, n: number): RunAnswer {
  if (!isRun(answer) || answer.status !== status)
    throw new Error(`Not ${status}: ${JSON.stringify(answer).slice(0, 1_000)}`);
  if (status === "completed" && Number(answer.result) !== expectedResult(program, n)) {
    throw new Error(`${program} of ${n} gave ${JSON.stringify(answer.result)}, not ${expectedResult(program, n)}`);
  }
  return answer;
}

/** One repetition of a case on one contestant: prepares what is not timed, then gives the milliseconds of what is. */
async function once(
  server: Server,
  { action, program, n }: Pick<BenchCase, "action" | "program" | "n">,
  object: string,
): Promise<number> {
  if (action === "list") {
    const { answer, ms } = await server.ask(object, { do: "list", limit: 20, times: ASKED_AT_ONCE });
    if (answer !== 20) throw new Error(`${server.name} did not list 20 executions.`);
    return ms / ASKED_AT_ONCE;
  }
  if (action === "tools") return (await server.ask(object, { do: "search", query: "read notes of kind 7" })).ms;
  if (action === "search") return (await server.ask(object, { do: "search", query: "create an issue" })).ms;
  if (action === "describe") {
    const { answer, ms } = await server.ask(object, {
      do: "describe",
      target: "github.issues_create",
      times: ASKED_AT_ONCE,
    });
    if (answer === null) throw new Error(`${server.name} described nothing.`);
    return ms / ASKED_AT_ONCE;
  }
  if (action === "first") await server.ask(object, { do: "api" });
  const { answer, ms } = await server.ask(object, { do: "run", program, n });
  if (action !== "approve") {
    checked(answer, "completed", program, n);
    return ms;
  }
  const { executionId } = checked(answer, "paused", program, n);
  const approved = await server.ask(object, { do: "approve", executionId });
  checked(approved.answer, "completed", program, n);
  return approved.ms;
}

/**
 * Once in a while workerd drops the connection of a request that stalls (seen with the released package, resuming). Such a
 * repetition has no time; it is said and left out. Any other failure ends the bench.
 */
async function onceOrLost(server: Server, bench: BenchCase, object: string): Promise<number | undefined> {
  try {
    return await once(server, bench, object);
  } catch (error) {
    if (!(error instanceof Error) || Reflect.get(error, "code") !== "ECONNRESET") throw error;
    process.stderr.write(`${server.name} lost the connection in "${bench.name}"; the repetition is left out.\n`);
    return undefined;
  }
}

async function prepare(server: Server, { action, n }: Pick<BenchCase, "action" | "n">, object: string): Promise<void> {
  if (action === "list") {
    await server.ask(object, { do: "run", program: "reads", n: 3 });
    await server.ask(object, { do: "fill", executions: n });
  }
  if (action === "tools") await server.ask(object, { do: "tools", tools: n });
  if (action === "first" || action === "later" || action === "search" || action === "describe") {
    await server.ask(object, { do: "api", text: await readFile(GITHUB_DESCRIPTION, "utf8") });
  }
}

/** Who takes part: the floor has no catalog and no history. */
function field(servers: readonly Server[], { toFloor }: Pick<BenchCase, "toFloor">): Server[] {
  return servers.filter(({ name }) => name !== "floor" || toFloor !== undefined);
}

/** Measures one case, interleaved. */
export async function measure(servers: readonly Server[], bench: BenchCase): Promise<Measured> {
  const object = `case ${bench.name} ${bench.n}`.replace(/[^a-z0-9]+/gi, "-");
  const runners = field(servers, bench);
  const heavy = bench.action === "first";
  for (const server of runners) {
    await prepare(server, bench, object);
    for (let i = 0; i < (heavy ? 1 : WARM_UP); i += 1) await onceOrLost(server, bench, object);
  }
  const times = new Map<Contestant, number[]>(runners.map(({ name }) => [name, []]));
  for (let i = 0; i < bench.repetitions; i += 1) {
    // A different one begins each time: who comes after whom may matter.
    for (let turn = 0; turn < runners.length; turn += 1) {
      const server = runners[(i + turn) % runners.length];
      if (server === undefined) continue;
      const ms = await onceOrLost(server, bench, object);
      if (ms !== undefined) times.get(server.name)?.push(ms);
    }
  }
  for (const list of times.values()) list.sort((a, b) => a - b);
  return Object.fromEntries(times);
}

/** By how many bytes a run makes a runtime's database grow. */
export async function measureDisk(server: Server): Promise<number> {
  const size = async () => Number((await server.ask("disk", { do: "size" })).answer);
  await server.ask("disk", { do: "run", program: "nothing", n: 0 });
  const before = await size();
  await server.ask("disk", { do: "run", program: DISK.program, n: DISK.n });
  return (await size()) - before;
}

function countsOf({ answer }: { readonly answer: unknown }): Counts {
  if (typeof answer !== "object" || answer === null || !("turns" in answer)) throw new Error("Nothing was counted.");
  return answer as Counts;
}

/** Commits of everyone, and what ours costs beside them. */
export async function measureCounts(
  servers: readonly Server[],
  { name, program, n }: (typeof COUNTED)[number],
): Promise<Counted> {
  const commits: Partial<Record<Contestant, number>> = {};
  const object = `count-${program}`;
  for (const server of servers) {
    await server.ask(object, { do: "run", program: "nothing", n: 0 });
    const before = await countCommits(server.state);
    checked((await server.ask(object, { do: "run", program, n })).answer, "completed", program, n);
    commits[server.name] = (await countCommits(server.state)) - before;
  }
  const ours = servers.find((server) => server.name === "ours");
  if (ours === undefined) throw new Error("Ours is not among the contestants.");
  const { turns, host, bytesUp, bytesDown, bytesOpening } = countsOf(
    await ours.ask(object, { do: "count", program, n }),
  );
  const hostMessages = Object.values(host).reduce((sum, count) => sum + count, 0);
  return { name, commits, turns, hostMessages, bytes: bytesUp + bytesDown + bytesOpening };
}

/** The value below which `share` of the times are. */
export function quantile(times: Times, share: number): number {
  const at = (times.length - 1) * share;
  const [low = Number.NaN, high = low] = [times[Math.floor(at)], times[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

export function median(times: Times | undefined): number {
  return times === undefined ? Number.NaN : quantile(times, 0.5);
}
