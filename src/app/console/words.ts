/** Times, statuses and programs in a few words. */
import type { Entry, EntryState, RunStatus } from "./schemas.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time with at most two units: `4 ms`, `1.2 s`, `3 min`, `2 h 5 min`, `3 d 4 h`. */
export function span(ms: number): string {
  const length = Math.max(0, ms);
  if (length < SECOND) return `${Math.round(length)} ms`;
  if (length < 10 * SECOND) return `${(Math.floor(length / 100) / 10).toFixed(1)} s`;
  if (length < MINUTE) return `${Math.floor(length / SECOND)} s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`;
  if (length < DAY) return two(length, HOUR, "h", MINUTE, "min");
  return two(length, DAY, "d", HOUR, "h");
}

function two(length: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((length % large) / small);
  const whole = `${Math.floor(length / large)} ${largeName}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallName}`;
}

/** How long ago, in whole seconds at the finest: what changes ten times a second cannot be read. */
export function ago(at: number, now: number): string {
  const length = now - at;
  return length < 2 * SECOND ? "just now" : `${waited(at, now)} ago`;
}

/** How long something has waited. */
export function waited(at: number, now: number): string {
  const length = Math.max(0, now - at);
  return length < MINUTE ? `${Math.floor(length / SECOND)} s` : span(length);
}

const CLOCK = {
  hourCycle: "h23",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
} as const;

/** What happened when, in the time of the reader's place; the day where it is another than of the one before. */
export function clockTimes(events: readonly (readonly [name: string, at: number | undefined])[]): string[] {
  let before = "";
  return events.flatMap(([name, at]) => {
    if (at === undefined) return [];
    const day = new Date(at).toLocaleDateString(undefined, { dateStyle: "medium" });
    const clock = new Date(at).toLocaleTimeString(undefined, CLOCK);
    const said = day === before ? `${name} ${clock}` : `${name} ${day}, ${clock}`;
    before = day;
    return [said];
  });
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

/** How a status looks: its words, its colour, and a sign for those who do not see colours. */
export interface Look {
  readonly label: string;
  readonly tone: "plain" | "busy" | "wait" | "good" | "bad" | "doubt";
  readonly sign: string;
}

export const RUN_LOOKS: Readonly<Record<RunStatus, Look>> = {
  running: { label: "Running", tone: "busy", sign: "▸" },
  paused: { label: "Waiting", tone: "wait", sign: "‖" },
  completed: { label: "Completed", tone: "good", sign: "✓" },
  error: { label: "Failed", tone: "bad", sign: "✕" },
  rejected: { label: "Rejected", tone: "bad", sign: "⊘" },
  rolling_back: { label: "Rolling back", tone: "busy", sign: "↶" },
  rolled_back: { label: "Rolled back", tone: "plain", sign: "↶" },
};

export const ENTRY_LOOKS: Readonly<Record<EntryState, Look>> = {
  pending: { label: "needs approval", tone: "wait", sign: "‖" },
  approved: { label: "approved", tone: "busy", sign: "▸" },
  executing: { label: "running", tone: "busy", sign: "▸" },
  in_doubt: { label: "in doubt", tone: "doubt", sign: "?" },
  applied: { label: "done", tone: "good", sign: "✓" },
  error: { label: "failed", tone: "bad", sign: "✕" },
  rejected: { label: "rejected", tone: "bad", sign: "⊘" },
  reverted: { label: "undone", tone: "plain", sign: "↶" },
  revert_failed: { label: "undoing failed", tone: "bad", sign: "!" },
};

/** How a run stands: one that somebody ended did not fail. */
export function runLook({ status, errorCode }: { readonly status: RunStatus; readonly errorCode?: string }): Look {
  return status === "error" && errorCode === "CANCELLED" ? CANCELLED : RUN_LOOKS[status];
}

const CANCELLED: Look = { label: "Cancelled", tone: "plain", sign: "⊘" };

/** Whether nothing happens any more in a run by itself. */
export function isOver(status: RunStatus): boolean {
  return status !== "running" && status !== "paused";
}

/** What was open when its run ended waits for nobody. */
const ENDED_LOOKS: typeof ENTRY_LOOKS = {
  ...ENTRY_LOOKS,
  pending: { label: "not decided", tone: "plain", sign: "–" },
  approved: { label: "not run", tone: "plain", sign: "–" },
};

/** How the entries of a run look. */
export function entryLooks(status: RunStatus): typeof ENTRY_LOOKS {
  return isOver(status) ? ENDED_LOOKS : ENTRY_LOOKS;
}

/** What a line of a journal did: `accounts.get`, `step total`, `timer 30 ms`. */
export function entryName({ kind, connector, method }: Pick<Entry, "kind" | "connector" | "method">): string {
  if (kind === "step") return `step ${titleOf(method)}`;
  if (kind === "timer") return `timer ${span(Number(method))}`;
  return `${connector}.${method}`;
}

/** Where a program says what it is about; a list is drawn often. */
const HEAD_CHARS = 4_000;

/** Lines that say nothing about a program: fences, comments, and the function around it. */
const SAYS_NOTHING =
  /^(?:```.*|\/\*.*|\*.*|[{}();]*|(?:async\s*)?\([^)]*\)\s*(?::[^=]*)?=>\s*\{?|(?:export default )?async function.*\{)$/;
const WRAPPED = /^(?:async\s*)?\([\w\s,]*\)\s*=>\s*\{?\s*(?=\S)/;

/** A program, an error and a name may be a megabyte on one line; a title is not. */
const TITLE_CHARS = 160;

/** The first line of a text, no longer than a title. */
export function titleOf(text: string): string {
  const end = text.indexOf("\n");
  const line = end === -1 ? text : text.slice(0, end);
  return line.length > TITLE_CHARS ? `${line.slice(0, TITLE_CHARS)} …` : line;
}

/** What a program is about, on one line: its first comment, or its first line that does something. */
export function headline(code: string): string {
  return titleOf(firstSaying(code.slice(0, HEAD_CHARS)));
}

function firstSaying(code: string): string {
  for (const line of code.split("\n")) {
    const bare = unwrapped(line.trim());
    if (bare === "" || SAYS_NOTHING.test(bare)) continue;
    if (bare.startsWith("//")) {
      const said = bare.replace(/^\/+\s*/, "");
      if (said !== "") return said;
      continue;
    }
    return bare;
  }
  return code.trim() === "" ? "(an empty program)" : code.trim();
}

/** A function on one line without what is around its body. */
function unwrapped(line: string): string {
  const around = WRAPPED.exec(line)?.[0];
  if (around === undefined) return line;
  const body = line.slice(around.length);
  const isClosed = body.split("}").length > body.split("{").length;
  return isClosed ? body.replace(/\s*\}\s*;?$/, "") : body;
}

/** Of an error of the page itself. Its message may hold anything, and is for the browser's console. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : "Error";
}
