/** Load on a real workerd: waves of executions at once, and what memory its process holds after them. */
import { readFile } from "node:fs/promises";
import type { RealWorld } from "../faults/process.ts";

const PROGRAM = `async () => {
  const got = await Promise.all(Array.from({ length: 10 }, (_, n) => read.get({ n, text: "x".repeat(1_000) })));
  return [got.length, (await act.do({ n: 1 })).did];
}`;

/** Resident memory of a world's process, in megabytes. */
export async function residentMb(world: RealWorld): Promise<number> {
  const status = await readFile(`/proc/${world.pid()}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1_024;
}

/** Runs so many executions at once. Answers how many of them completed. */
export async function runWave(world: RealWorld, executions: number): Promise<number> {
  const outcomes = await Promise.all(
    Array.from({ length: executions }, () => world.runtime.execute({ code: PROGRAM })),
  );
  return outcomes.filter(({ status }) => status === "completed").length;
}
