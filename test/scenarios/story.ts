/** Tells what happens to one execution, pass by pass, in text that a person can read. */
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import type { ProxyToolOutput, RollbackReport, ToolLogEntry } from "../../src/journal/public.ts";
import { crashFacet } from "../support/drive.ts";
import type { Toolbox } from "../support/runtime.ts";
import { show } from "./show.ts";

/** What a scenario tells its story with. */
export interface Story {
  readonly runtime: CodemodeRuntimeHandle;
  /** A sentence about what happens beside the passes. */
  say(sentence: string): void;
  /** A pass, or a decision that leads to one: its calls and how it ended. */
  pass(title: string, act: () => Promise<ProxyToolOutput>): Promise<ProxyToolOutput>;
  /** What a rollback reported. */
  report(title: string, act: () => Promise<RollbackReport>): Promise<void>;
  /** Another handle, with other tools, on the same runtime. */
  with(toolbox: Toolbox): Story;
  /** Ends the process's part that owns the journal. */
  crash(): Promise<void>;
}

/** Each tool of a toolbox, telling when it runs. */
export function told(toolbox: Toolbox, tell: (line: string) => void): Toolbox {
  return Object.fromEntries(
    Object.entries(toolbox).map(([connector, tools]) => [
      connector,
      Object.fromEntries(
        Object.entries(tools).map(([name, tool]) => {
          const { execute, revert } = tool;
          const run: typeof execute = (args, context) => {
            tell(`${connector}.${name}(${show(args)})${context.attempt > 1 ? `, attempt ${context.attempt}` : ""}`);
            return execute?.(args, context);
          };
          const undo: typeof revert = (args, result, context) => {
            tell(`undo ${connector}.${name}(${show(args)})`);
            return revert?.(args, result, context);
          };
          return [name, { ...tool, execute: run, ...(revert !== undefined && { revert: undo }) }];
        }),
      ),
    ]),
  );
}

/** States in which a call has not settled, as a person reads them. */
const UNSETTLED: Readonly<Partial<Record<ToolLogEntry["state"], string>>> = {
  pending: "waits for approval",
  approved: "approved",
  executing: "still running",
  in_doubt: "in doubt: may or may not have run",
  rejected: "rejected",
};

function nameOf(entry: ToolLogEntry): string {
  if (entry.kind === "step") return `step ${show(entry.method)}`;
  if (entry.kind === "timer") return `timer of ${entry.method} ms`;
  const args = Array.isArray(entry.args) ? entry.args : entry.args === undefined ? [] : [entry.args];
  const edited = entry.editedArgs === undefined ? "" : ` edited to (${show(entry.editedArgs)})`;
  return `${entry.connector}.${entry.method}(${args.map(show).join(", ")})${edited}`;
}

/** Where a settlement came from in this pass. */
function wayOf(entry: ToolLogEntry, before: ToolLogEntry | undefined): string {
  if (before?.order !== undefined) return entry.ephemeral === true ? "run again" : "replayed";
  if (entry.state === "rejected") return "rejected";
  if (entry.decision?.decision === "resolved" && entry.attempt === before?.attempt) return "settled by a person";
  return entry.attempt === 0 ? "not run" : "live";
}

function endingOf({ error, ...entry }: ToolLogEntry): string {
  if (error !== undefined)
    return ` -> throws ${error.name}${error.code === undefined ? "" : ` [${error.code}]`}: ${error.message}`;
  return "result" in entry ? ` -> ${show(entry.result)}` : "";
}

/** How one line of the journal looks after a pass, compared with how it was before. */
function lineOf(entry: ToolLogEntry, before: ToolLogEntry | undefined): string {
  const state = entry.order === undefined ? (UNSETTLED[entry.state] ?? entry.state) : wayOf(entry, before);
  return `  #${entry.seq} ${nameOf(entry)}: ${state}${endingOf(entry)}`;
}

function endOf(outcome: ProxyToolOutput): string {
  switch (outcome.status) {
    case "completed":
      return `  completed -> ${show(outcome.result)}`;
    case "paused":
      return `  paused: ${outcome.pending.map(({ seq, kind }) => `#${seq} (${kind === "approval" ? "approval" : "in doubt"})`).join(", ")}`;
    case "error":
      return `  error ${outcome.code}${outcome.line === undefined ? "" : ` at line ${outcome.line}`}: ${outcome.error}`;
  }
}

/** Names that differ from run to run, named by their order of appearance. */
export function normalize(text: string): string {
  const ids = new Map<string, string>();
  return text.replace(/exec_[0-9a-f-]{36}/g, (id) => {
    const known = ids.get(id) ?? `exec_${ids.size + 1}`;
    ids.set(id, known);
    return known;
  });
}

export function makeStory(
  handleOf: (toolbox: Toolbox) => CodemodeRuntimeHandle,
  toolbox: Toolbox,
  ctx: DurableObjectState,
  lines: string[],
): Story {
  const ran: string[] = [];
  const before = new Map<string, readonly ToolLogEntry[]>();
  const flush = () => {
    for (const line of ran.splice(0)) lines.push(`  tool: ${line}`);
  };
  const over = (tools: Toolbox): Story => {
    const runtime = handleOf(told(tools, (line) => ran.push(line)));
    return {
      runtime,
      say(sentence) {
        flush();
        lines.push("", sentence);
      },
      async pass(title, act) {
        flush();
        lines.push("", title);
        const outcome = await act();
        flush();
        const earlier = before.get(outcome.executionId) ?? [];
        for (const entry of outcome.calls ?? []) lines.push(lineOf(entry, earlier[entry.seq]));
        for (const line of outcome.logs ?? []) lines.push(`  console: ${line}`);
        lines.push(endOf(outcome));
        if (outcome.calls !== undefined) before.set(outcome.executionId, outcome.calls);
        return outcome;
      },
      async report(title, act) {
        flush();
        lines.push("", title);
        const { items, status } = await act();
        flush();
        for (const { seq, connector, method, outcome, error } of items) {
          lines.push(
            `  #${seq} ${connector}.${method}: ${outcome.replaceAll("_", " ")}${error === undefined ? "" : ` (${error})`}`,
          );
        }
        lines.push(`  ${status.replaceAll("_", " ")}`);
      },
      with: over,
      crash: () => crashFacet(ctx),
    };
  };
  return over(toolbox);
}
