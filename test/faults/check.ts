/** What must hold after a disturbed run: the undisturbed run's result and journal, and the promises about effects. */
import type { ExecutionState, ToolLogEntry } from "../../src/journal/public.ts";
import type { Run } from "./operator.ts";
import { type Effect, IDEMPOTENT, type Ledger, LOCKED } from "./world.ts";

/** Fractions and identifiers made by chance differ between two runs of one program, whatever happens to them. */
const MADE_BY_CHANCE = /0\.\d{6,}|[0-9a-f]{8}-[0-9a-f-]{27}|\b1[6-9]\d{11}\b/g;

function masked(value: unknown, id: string): unknown {
  if (typeof value === "string") return value.replaceAll(id, "<id>").replace(MADE_BY_CHANCE, "<chance>");
  if (Array.isArray(value)) return value.map((one) => masked(one, id));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, masked(one, id)]));
}

/** In what two runs of one scenario may differ. */
export interface Differences {
  /** Seqs that were in doubt in either: a person said how they ended, and that is recorded too. */
  readonly doubts: ReadonlySet<number>;
  /** Once a call had to be settled or repeated after a fault, calls beside it settled before or after it, as it came. */
  readonly ordered: boolean;
}

/** An entry without what may differ: times, attempts, and a person's word on a doubt that only a fault can cause. */
function entryView(entry: ToolLogEntry, { doubts, ordered }: Differences) {
  const { seq, kind, connector, method, args, editedArgs, result, error, requiresApproval, ephemeral, state, order } =
    entry;
  return {
    seq, kind, connector, method, args, editedArgs, result, error, requiresApproval, ephemeral, state,
    ...(ordered && { order }),
    ...(!doubts.has(seq) && { decision: entry.decision?.decision, by: entry.decision?.by }),
  }; // biome-ignore format: a list of names
}

export function seqOf(key: string): number {
  return Number(key.split(":").at(-1));
}

/** All of an execution that two runs of one scenario must have in common. */
export function executionView(execution: ExecutionState | undefined, differences: Differences): unknown {
  if (execution === undefined) return undefined;
  const { id, status, result, error, errorCode, logs, connectors, log } = execution;
  return masked(
    { status, result, error, errorCode, logs, connectors, log: log.map((entry) => entryView(entry, differences)) },
    id,
  );
}

export function doubtedSeqs(run: Run): Set<number> {
  return new Set([...run.doubts].map(seqOf));
}

function counted(effects: readonly Pick<Effect, "key">[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of effects) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** What took place, and what was undone of it. */
type Effects = Pick<Ledger, "effects" | "reverts">;

/** Keys under which a tool was asked to undo more than once: a fault may cost the record of the revert at hand, and no other. */
export function undoneAgain({ undoing }: Pick<Ledger, "undoing">): string[] {
  return [...counted(undoing.map((key) => ({ key })))].flatMap(([key, count]) => (count > 1 ? [key] : []));
}

/** What the effects in the ledger say against the engine; nothing when all is well. */
export function effectFaults(run: Run, ledger: Effects): string[] {
  const faults: string[] = [];
  for (const [key, count] of counted(ledger.effects))
    if (count > 1) faults.push(`the effect ${key} took place ${count} times`);
  for (const [key, count] of counted(ledger.reverts))
    if (count > 1) faults.push(`the revert ${key} took place ${count} times`);
  // One key per call, whatever the attempt: otherwise no backend could tell the second from the first.
  for (const { key } of ledger.effects) if (!/^[^:]+:\d+$/.test(key)) faults.push(`${key} is not the key of a call`);
  for (const { key } of ledger.reverts)
    if (!/^[^:]+:\d+:revert$/.test(key)) faults.push(`${key} is not the key of a revert`);
  for (const { key, tool, args } of ledger.effects) {
    const free = !tool.startsWith("ask.") || (tool === "ask.some" && Number(Reflect.get(Object(args), "amount")) <= 10);
    if (free) continue;
    if (!run.approved.has(key)) faults.push(`${tool} (${key}) took place and nobody approved it`);
    else if (JSON.stringify(run.approved.get(key)) !== JSON.stringify(args))
      faults.push(`${tool} (${key}) took place with ${JSON.stringify(args)}, which is not what was approved`);
  }
  for (const key of run.doubts) {
    const entry = run.execution?.log[seqOf(key)];
    if (entry !== undefined && (entry.connector === "read" || IDEMPOTENT.has(`${entry.connector}.${entry.method}`)))
      faults.push(`${key} was in doubt although it is safe to repeat`);
  }
  return faults;
}

/** Whether a call was started and nobody knows how it ended. */
export function isUnsettled(entry: ToolLogEntry | undefined): boolean {
  return entry?.state === "in_doubt" || entry?.state === "executing";
}

/** Each rollback undoes effects in the opposite of the order in which the journal has them; what was locked is left to a second one. */
function misorderedReverts({ execution }: Run, ledger: Effects): string[] {
  const orderOf = ({ key }: Effects["reverts"][number]) =>
    execution?.log[seqOf(key.replace(/:revert$/, ""))]?.order ?? -1;
  const [first, second] = [false, true].map((late) =>
    ledger.reverts
      .filter(({ tool }) => (tool === LOCKED) === late)
      .map(orderOf)
      .sort((a, b) => b - a),
  );
  const expected = [...(first ?? []), ...(second ?? [])];
  const orders = ledger.reverts.map(orderOf);
  return orders.join() === expected.join() ? [] : [`effects ${orders} of the journal were undone in this order`];
}

/** Whether a rollback has undone all that can be undone, newest first. */
export function rollbackFaults(run: Run, ledger: Effects): string[] {
  if (run.execution?.status !== "rolled_back") return [];
  const reverted = new Set(ledger.reverts.map(({ key }) => key));
  const left = run.execution.log.flatMap((entry) => {
    const { seq, kind, state, method } = entry;
    if (kind !== "call") return [];
    const key = `${run.execution?.id}:${seq}`;
    const took = ledger.effects.some((effect) => effect.key === key);
    const undone = reverted.has(`${key}:revert`);
    if ((state === "reverted") !== undone)
      return [`call ${seq} is ${state}, and its revert ${undone ? "took" : "did not take"} place`];
    // What has no end when the run has one is not undone: nobody has said that it took place.
    if (took && !undone && !isUnsettled(entry) && method !== "final" && method !== "stuck")
      return [`call ${seq} took effect and was not undone`];
    return [];
  });
  return [...left, ...misorderedReverts(run, ledger)];
}
