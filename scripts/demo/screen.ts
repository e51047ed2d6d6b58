/** What the demo prints: headings, the approval queue, and the timeline. */
import { styleText } from "node:util";
import type { Call, Pending } from "./client.ts";

/** One outcome on the way: which calls were settled by then. */
export interface Stage {
  readonly name: string;
  readonly settled: ReadonlySet<number>;
  readonly ms: number;
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function heading(text: string): void {
  say(`\n${styleText("bold", text)}`);
}

export function showPending(queue: readonly Pending[]): void {
  for (const action of queue) {
    say(`  [${action.seq}] ${action.connector}.${action.method} ${JSON.stringify(action.args)}`);
    say(
      styleText(
        "dim",
        `      after ${action.seq} other entries of its journal; digest ${action.digest.slice(0, 12)}...`,
      ),
    );
  }
}

function duration(call: Call): string {
  if (call.startedAt === undefined || call.settledAt === undefined) return "";
  return `${call.settledAt - call.startedAt} ms`;
}

/** Calls of the same tool in a row read as one line. */
function grouped(calls: readonly Call[]): Call[][] {
  const groups: Call[][] = [];
  for (const call of calls) {
    const last = groups.at(-1);
    const alike =
      last?.[0]?.method === call.method &&
      last[0].state === call.state &&
      call.decision === undefined &&
      last[0].decision === undefined &&
      call.attempt === last[0].attempt;
    if (last !== undefined && alike) last.push(call);
    else groups.push([call]);
  }
  return groups;
}

function line(group: readonly Call[]): string {
  const [first] = group;
  if (first === undefined) return "";
  const last = group.at(-1) ?? first;
  const seqs = group.length === 1 ? `${first.seq}` : `${first.seq}-${last.seq}`;
  const times = group.length === 1 ? "" : ` x${group.length}`;
  const decision =
    first.decision === undefined
      ? ""
      : ` ${first.decision.decision}${first.decision.by ? ` by ${first.decision.by}` : ""}${first.decision.reason ? ` (${first.decision.reason})` : ""}`;
  const edited = first.editedArgs === undefined ? "" : ` edited to ${JSON.stringify(first.editedArgs)}`;
  const attempts = first.attempt > 1 ? ` attempt ${first.attempt}` : "";
  return `${seqs.padStart(9)}  ${`${first.connector}.${first.method}${times}`.padEnd(28)} ${first.state.padEnd(9)} ${duration(first).padStart(6)}${attempts}${edited}${decision}`;
}

/** Each stage with the calls that ran live in it, and how many it replayed. */
export function showTimeline(stages: readonly Stage[], calls: readonly Call[]): void {
  let before: ReadonlySet<number> = new Set();
  for (const { name, settled, ms } of stages) {
    const live = calls.filter(({ seq }) => settled.has(seq) && !before.has(seq));
    say(`  ${styleText("bold", name)} (${ms.toFixed(0)} ms): ${live.length} live, ${before.size} replayed`);
    for (const group of grouped(live)) say(line(group));
    before = settled;
  }
  const rest = calls.filter(({ seq }) => !before.has(seq));
  if (rest.length > 0) say(`  never settled: ${rest.map(({ seq }) => seq).join(", ")}`);
}
