/** What the bench runs: programs by name, and the table of cases with the ratios that we hold ourselves to. */

/** Programs of `n` calls. The same text runs on both systems; each gives a number that shows that all of it ran. */
export const PROGRAMS = {
  nothing: () => "async () => 0",
  effects: (n: number) => sequential(n, "notes.write({ id: i })"),
  reads: (n: number) => sequential(n, "notes.read({ id: i })"),
  parallel: (n: number) =>
    `async () => { const all = await Promise.all(Array.from({ length: ${n} }, (_, i) => notes.write({ id: i }))); return all.reduce((sum, note) => sum + note.id, 0); }`,
  steps: (n: number) => sequential(n, '(codemode.step("step " + i, async () => ({ id: i })))'),
  approval: (n: number) =>
    `async () => { let sum = 0; for (let i = 0; i < ${n}; i++) sum += (await notes.read({ id: i })).id; await notes.act({ id: 0 }); return sum; }`,
  search: () => 'async () => (await codemode.search("create an issue")).results.length > 0 ? 1 : 0',
} as const satisfies Record<string, (n: number) => string>;

function sequential(n: number, call: string): string {
  return `async () => { let sum = 0; for (let i = 0; i < ${n}; i++) sum += (await ${call}).id; return sum; }`;
}

export type ProgramName = keyof typeof PROGRAMS;

/** The sum of the ids 0 to n - 1, which is what a program of `n` calls gives. */
export function expectedResult(program: ProgramName, n: number): number {
  if (program === "nothing") return 0;
  return program === "search" ? 1 : (n * (n - 1)) / 2;
}

/** The contestants, in the order of the table. */
export const CONTESTANTS = ["ours", "released", "floor"] as const;
export type Contestant = (typeof CONTESTANTS)[number];

/** One line of the table. `action` says which request is timed. */
export interface BenchCase {
  readonly name: string;
  readonly program: ProgramName;
  readonly n: number;
  /** `run` a program; `approve` one that paused beforehand; `list` a filled history; search `tools`; the rest ask a large API. */
  readonly action: "run" | "approve" | "list" | "tools" | "first" | "later" | "search" | "describe";
  readonly repetitions: number;
  /** Largest ratio to the released package, and to the floor where there is one. */
  readonly toReleased: number;
  readonly toFloor?: number;
  /** What the project's own README calls it, where it is shown there. */
  readonly inShort?: string;
}

export const CASES: readonly BenchCase[] = [
  { name: "run with no calls", program: "nothing", n: 0, action: "run", repetitions: 40, toReleased: 0.9, toFloor: 1.15, inShort: "a run that calls nothing" },
  { name: "100 sequential calls, undeclared", program: "effects", n: 100, action: "run", repetitions: 20, toReleased: 0.75, toFloor: 1.3, inShort: "100 calls that may change something, each put on disk first" },
  { name: "100 sequential calls, declared reads", program: "reads", n: 100, action: "run", repetitions: 20, toReleased: 0.35, toFloor: 1.5, inShort: "100 reads, one after another" },
  { name: "100 parallel calls", program: "parallel", n: 100, action: "run", repetitions: 20, toReleased: 0.3, toFloor: 1.6, inShort: "100 calls at once" },
  { name: "100 steps", program: "steps", n: 100, action: "run", repetitions: 20, toReleased: 0.2, toFloor: 1.3, inShort: "100 steps" },
  { name: "resume after 1,000 recorded reads", program: "approval", n: 1_000, action: "approve", repetitions: 12, toReleased: 0.2, toFloor: 2, inShort: "an approval after 1,000 reads" },
  { name: "1,000 sequential reads", program: "reads", n: 1_000, action: "run", repetitions: 10, toReleased: 0.25, toFloor: 1.6 },
  { name: "list 20 of 5,000 executions", program: "reads", n: 5_000, action: "list", repetitions: 20, toReleased: 0.2, inShort: "20 runs of a history of 5,000" },
  { name: "GitHub's REST description: first run", program: "search", n: 0, action: "first", repetitions: 15, toReleased: 1 },
  { name: "GitHub's REST description: later run", program: "search", n: 0, action: "later", repetitions: 8, toReleased: 0.6 },
  { name: "GitHub's REST description: search", program: "search", n: 0, action: "search", repetitions: 8, toReleased: 0.6 },
  { name: "GitHub's REST description: describe", program: "search", n: 0, action: "describe", repetitions: 8, toReleased: 0.6 },
]; // biome-ignore format: a table

/** The one line that is not a time. */
export const DISK = {
  name: "bytes on disk, a run of 1,000 calls",
  program: "effects",
  n: 1_000,
  toReleased: 0.7,
} as const;

/** Small runs whose commits are counted in the log of the database, and whose messages and bytes are counted. */
export const COUNTED = [
  { name: "run with no calls", program: "nothing", n: 0 },
  { name: "20 effects", program: "effects", n: 20 },
  { name: "20 reads", program: "reads", n: 20 },
  { name: "20 parallel effects", program: "parallel", n: 20 },
  { name: "20 steps", program: "steps", n: 20 },
] as const satisfies readonly { name: string; program: ProgramName; n: number }[];
