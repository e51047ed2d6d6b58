/** A guest without a shim: drives the host's end of the bridge by hand, turn by turn, with whatever it likes. */
import { runInDurableObject } from "cloudflare:test";
import type { Assessment } from "../../src/connector/types.ts";
import type { Entry } from "../../src/journal/entry.ts";
import { DEFAULT_LIMITS, type Limits } from "../../src/limits.ts";
import { LiveJournal } from "../../src/runtime/journal.ts";
import { Pass } from "../../src/runtime/pass.ts";
import type { HostPort, ToolCall, ToolOutcome } from "../../src/runtime/port.ts";
import type { Bridge } from "../../src/sandbox/executor.ts";
import { JournalStore } from "../../src/store/store.ts";
import type { Done, Reply, Request, Turn } from "../../src/wire/messages.ts";
import { encodeValue } from "../../src/wire/values.ts";
import { newExecution } from "../support/execution.ts";
import { newPlace } from "../support/runtime.ts";

export const EMPTY: Turn = { turn: 0, received: 0, requests: [], settled: [], cleared: [], console: [] };

export const DONE: Done = { ok: true, value: "[1]" };

/** `free` runs at once, `ask` needs approval, `slow` never answers, nor does `slowRead`, which may be repeated; there is nothing else. */
export function call(seq: number, method: string, args: readonly unknown[] = [{}]): Request {
  return { kind: "call", seq, connector: "t", method, args: encodeValue(args, "args") };
}

function assess({ connector, method }: ToolCall): Assessment {
  if (connector !== "t" || !["free", "ask", "slow", "slowRead"].includes(method)) return { kind: "unknown", near: [] };
  const approval = method === "ask";
  const reads = method === "slowRead";
  const policy = {
    approval,
    repeatable: reads,
    readOnly: reads,
    replay: "log",
    perCall: approval,
    definition: approval ? "d" : "",
  } as const;
  return { kind: "valid", method, policy };
}

export interface ForgedPass {
  readonly pass: Pass;
  readonly journal: LiveJournal;
  /** Calls that tools really got. */
  readonly performed: ToolCall[];
  /** Sends a turn and waits for its reply. */
  send(turn: unknown): Promise<Reply>;
  entry(seq: number): Entry | undefined;
  /** How the execution stands on disk, once the pass is over. */
  over(): Promise<{
    readonly status: string;
    readonly errorCode: string | undefined;
    readonly error: string | undefined;
  }>;
  /** Another pass of the same execution, from disk, after all pending actions were approved. */
  approveAndReplay(): ForgedPass;
}

export function textOf(turn: unknown): string {
  return typeof turn === "string" ? turn : JSON.stringify(turn);
}

export async function sendTo(bridge: Bridge, turn: unknown): Promise<Reply> {
  return JSON.parse(await bridge.exchange(textOf(turn)));
}

function port(performed: ToolCall[]): HostPort {
  return {
    assess: async (calls) => calls.map(assess),
    perform: async (text) => {
      const toolCall: ToolCall = JSON.parse(text);
      performed.push(toolCall);
      if (toolCall.method.startsWith("slow")) await new Promise(() => {});
      return JSON.stringify({ ok: true, value: encodeValue("ran", "result") } satisfies ToolOutcome);
    },
    revert: async () => ({ reverted: false }),
    reversible: async (tools) => tools.map(() => false),
    consult: async () => ({ ok: true, value: encodeValue([], "result") }),
    runPass: async () => {},
    passQueued: async () => {},
    abort: async () => {},
    passEnded: async () => {},
    executionEnded: async () => {},
  };
}

function openPass(store: JournalStore, journal: LiveJournal, performed: ToolCall[], limits: Limits): ForgedPass {
  const { execution } = journal;
  const pass = new Pass(journal, limits, { execution, snippets: [], connectors: ["t"], port: port(performed) });
  pass.begin();
  const stored = () => {
    const found = store.get(execution.id);
    if (found === undefined) throw new Error("The execution is gone.");
    return found;
  };
  return {
    pass,
    journal,
    performed,
    send: (turn) => sendTo(pass, turn),
    entry: (seq) => store.entries(stored()).get(seq),
    async over() {
      await pass.ended;
      const { status, errorCode, error } = stored();
      return { status, errorCode, error };
    },
    approveAndReplay() {
      const found = stored();
      const next = new LiveJournal(store, found, store.entries(found));
      for (const entry of next.entries.values()) if (entry.state === "pending") next.touch(entry).state = "approved";
      found.status = "running";
      next.save();
      return openPass(store, next, performed, limits);
    },
  };
}

/** One pass of a fresh execution, in a real Durable Object with a real database. */
export function withForgedPass<T>(body: (forged: ForgedPass) => Promise<T>, limits: Partial<Limits> = {}): Promise<T> {
  return runInDurableObject(newPlace().stub, (_instance, ctx) => {
    const store = new JournalStore(ctx.storage);
    const execution = store.create(newExecution({ id: "exec_forged", connectors: ["t"], createdAt: Date.now() }));
    return body(openPass(store, new LiveJournal(store, execution, new Map()), [], { ...DEFAULT_LIMITS, ...limits }));
  });
}
