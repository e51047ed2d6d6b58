/**
 * The passes that are live in this process: each gets a place among the isolates, its programs and its opening, and is
 * known here until the isolate has left and the connectors have heard of its end.
 */
import { inTime } from "../connector/in-time.ts";
import { type CodemodeError, isCodemodeError } from "../errors.ts";
import { doubtWhatIsLeft } from "../journal/doubt.ts";
import type { Entry } from "../journal/entry.ts";
import { MAX_LOADED_SANDBOXES } from "../limits.ts";
import { BridgeTarget } from "../sandbox/bridge-target.ts";
import type { PassRequest } from "../sandbox/executor.ts";
import type { CompiledProgram } from "../sandbox/program/compile.ts";
import type { ExecutionRecord } from "../store/executions.ts";
import { limitsFor } from "../store/kept-limits.ts";
import type { SnippetRecord } from "../store/snippets.ts";
import type { JournalStore } from "../store/store.ts";
import { type Opening, WIRE_VERSION } from "../wire/messages.ts";
import { fitRecorded, roomBesidePrograms } from "../wire/opening.ts";
import { MAX_ANSWER_CHARS } from "./answer.ts";
import { snippetModule } from "./builtin.ts";
import { CompileCache } from "./compile-cache.ts";
import { LiveJournal, type Performs } from "./journal.ts";
import { Pass } from "./pass.ts";
import type { HostPort, PassNotice, PassReason } from "./port.ts";
import type { HostSettings, RawExecution } from "./requests.ts";
import { show } from "./show.ts";
import { Slots } from "./slots.ts";

/** A capability of the host beyond the request that lent it: whoever asked may be gone before a pass is over. */
export function keep(port: HostPort): { readonly kept: HostPort; readonly release: () => void } {
  // Over RPC it is a stub with `dup`; the platform's type for that does not end where it recurses.
  const dup: unknown = Reflect.get(port, "dup");
  if (typeof dup !== "function") return { kept: port, release: () => {} };
  const kept = Reflect.apply(dup, port, []) as HostPort & Disposable;
  return { kept, release: () => kept[Symbol.dispose]() };
}

function noticeOf({ execution, replay }: LiveJournal, reason: PassReason): PassNotice {
  return { executionId: execution.id, reason, begunAt: execution.createdAt, replayed: replay.recorded.length };
}

/** How long an isolate may take to leave after its pass is over. */
const LEAVE_GRACE_MS = 1_000;

/** A line that breaks again and again has a cause in the program or the sandbox: the run fails then. */
const MAX_LOST_LINES = 2;

/** What a pass runs: the program and the snippets, compiled and in the model's own words. */
type Programs = Pick<PassRequest, "programs" | "sources">;

/** They share a message with the opening. */
function charsOf({ programs, sources }: Programs): number {
  const texts = [...Object.values(programs).map(({ module }) => module), ...Object.values(sources)];
  return texts.reduce((sum, { length }) => sum + length, 0);
}

/** A pass on its way to its isolate, with all that it needs there. */
interface PreparedPass {
  readonly pass: Pass;
  readonly reason: PassReason;
  readonly snippets: readonly SnippetRecord[];
  readonly settings: HostSettings;
  readonly port: HostPort;
}

/** A pass, and what becomes of its execution. */
export interface LiveRun {
  readonly pass: Pass;
  readonly outcome: Promise<RawExecution>;
  /** What the host lent, held until the end: the platform warns of a stub that is collected before its request is over. */
  readonly lent: HostPort;
}

export class Runs {
  readonly #store: JournalStore;
  readonly #onInterrupted: () => void;
  readonly #live = new Map<string, LiveRun>();
  /** Passes that ended their execution while tools of theirs were still at calls: what these answer is recorded. */
  readonly #late = new Map<string, Pass>();
  /** How often, one after the other, passes of an execution lost their sandbox. A new process counts anew. */
  readonly #lost = new Map<string, number>();
  readonly #slots = new Slots(MAX_LOADED_SANDBOXES);
  readonly #compiled = new CompileCache();

  /** @param onInterrupted called when a pass ended without its execution: someone must take it up again. */
  constructor(store: JournalStore, onInterrupted: () => void) {
    this.#store = store;
    this.#onInterrupted = onInterrupted;
  }

  get(id: string): LiveRun | undefined {
    return this.#live.get(id);
  }

  all(): Iterable<LiveRun> {
    return this.#live.values();
  }

  /** The journal of an execution: the live one where there is one, else as it is on disk. */
  journal(id: string): LiveJournal | undefined {
    const live = this.#live.get(id);
    if (live !== undefined) return live.pass.journal;
    const execution = this.#store.get(id);
    if (execution === undefined) return undefined;
    const journal = new LiveJournal(this.#store, execution, this.#store.entries(execution));
    journal.doubt(this.performs(id));
    return journal;
  }

  /** The journals of many executions, of those that can be read. One at a time: memory has no room for many large ones. */
  *journals(ids: Iterable<string>): Generator<LiveJournal> {
    for (const id of ids) {
      const journal = this.#store.passedOver.attempt(id, () => this.journal(id));
      if (journal !== undefined) yield journal;
    }
  }

  /** The newest executions with their entries, newest first; one whose entries cannot be read is there without them. */
  *newest(limit: number): Generator<Pick<LiveJournal, "execution" | "entries">> {
    const executions = this.#store.list(limit);
    const together = this.#entriesOf(executions.filter(({ id }) => !this.#live.has(id)));
    for (const execution of executions) {
      const { id, status } = execution;
      const live = this.#live.get(id);
      if (live !== undefined) {
        yield live.pass.journal;
        continue;
      }
      const alone = () => this.#store.passedOver.attempt(id, () => this.#store.entries(execution));
      const entries = together?.get(execution.n) ?? alone() ?? new Map<number, Entry>();
      doubtWhatIsLeft(status, entries.values(), this.performs(id));
      yield { execution, entries };
    }
  }

  /** In one query, unless one cannot be read, or there is more than an answer shows: then memory may have no room for all at once. */
  #entriesOf(executions: readonly ExecutionRecord[]): Map<number, Map<number, Entry>> | undefined {
    try {
      return this.#store.entriesOf(executions, MAX_ANSWER_CHARS);
    } catch {
      return undefined;
    }
  }

  /** Which calls of an execution tools of this process are still at. */
  performs(id: string): Performs {
    const pass = this.#live.get(id)?.pass ?? this.#late.get(id);
    return (seq) => pass?.performs(seq) === true;
  }

  /** A pass that is over may still be leaving, with hooks to run: what is decided or undone meanwhile comes after them. */
  async left(id: string): Promise<void> {
    for (let live = this.#live.get(id); live?.pass.over === true; live = this.#live.get(id)) {
      await live.outcome.catch(() => {});
    }
  }

  /** @throws CodemodeError as the compiler does. */
  compile(code: string, { limits, modules }: HostSettings): CompiledProgram {
    return this.#compiled.compile(code, limits.maxProgramBytes, modules);
  }

  /** Writes down that an execution goes on, and runs its next pass. */
  goOn(
    journal: LiveJournal,
    reason: Exclude<PassReason, "start">,
    settings: HostSettings,
    port: HostPort,
  ): Promise<RawExecution> {
    const { execution, entries } = journal;
    const limits = limitsFor(execution, settings.limits);
    execution.passes += 1;
    journal.save();
    // What is replayed is read off the entries when a journal is made, and a person may just have settled some.
    return this.run(new LiveJournal(this.#store, execution, entries), reason, { ...settings, limits }, port);
  }

  /** Runs one pass of an execution that is `running` on disk, under the limits that it keeps. */
  run(journal: LiveJournal, reason: PassReason, settings: HostSettings, lent: HostPort): Promise<RawExecution> {
    const { execution } = journal;
    const { kept: port, release } = keep(lent);
    const snippets = this.#pinned(execution);
    const pass = new Pass(journal, settings.limits, { execution, snippets, connectors: settings.connectors, port });
    const outcome = this.#drive({ pass, reason, snippets, settings, port }).finally(() => {
      this.#live.delete(execution.id);
      if (pass.interrupted) this.#onInterrupted();
      else {
        this.#lost.delete(execution.id);
        this.#awaitLate(pass);
      }
      release();
    });
    this.#live.set(execution.id, { pass, outcome, lent });
    return outcome;
  }

  /** The sandbox left before its program ended, or the host did: the line broke, and another pass goes on from the journal. */
  #lineBroke(pass: Pass, error?: unknown): void {
    if (pass.over) return;
    const { id } = pass.journal.execution;
    const times = (this.#lost.get(id) ?? 0) + 1;
    this.#lost.set(id, times);
    if (times > MAX_LOST_LINES) pass.sandboxEnded(error);
    else pass.sandboxLost(error);
  }

  #awaitLate(pass: Pass): void {
    const { id } = pass.journal.execution;
    this.#late.set(id, pass);
    void pass.silent.then(() => this.#late.delete(id));
  }

  async #drive(prepared: PreparedPass): Promise<RawExecution> {
    const { pass, port } = prepared;
    const { journal } = pass;
    const { execution } = journal;
    const { line } = this.#slots;
    const place = this.#slots.take(execution.id);
    // A host that is gone has nobody to tell.
    if (line !== undefined) void port.passQueued(execution.id, line).catch(() => {});
    try {
      // A pass that is ended while it waits for a place is over at once.
      await Promise.race([place, pass.ended]);
      if (!pass.over) await this.#inSandbox(prepared);
    } finally {
      void place.then((release) => release());
    }
    const { status } = execution;
    if (status !== "running" && status !== "rolling_back") {
      await port.passEnded(execution.id, status);
    }
    return show(journal);
  }

  /** Runs a pass in an isolate, until it is over and the isolate has left. */
  async #inSandbox({ pass, reason, snippets, settings, port }: PreparedPass): Promise<void> {
    const { journal } = pass;
    const compiled = this.#compileAll(journal.execution.code, snippets, settings);
    if (compiled instanceof Error) {
      pass.refused(compiled);
      return pass.ended;
    }
    pass.begin();
    const request = {
      ...compiled,
      opening: JSON.stringify(this.#opening(journal, settings, roomBesidePrograms(charsOf(compiled)))),
      cpuMs: settings.limits.cpuMs,
    };
    const sandbox = port.runPass(request, new BridgeTarget(pass), noticeOf(journal, reason)).then(
      (why) => (why === undefined ? this.#lineBroke(pass) : pass.sandboxEnded(why)),
      (error: unknown) => this.#lineBroke(pass, error),
    );
    await pass.ended;
    // The sandbox leaves by itself when it hears that the pass is over; one that computes on and on is left behind.
    await inTime(LEAVE_GRACE_MS, sandbox, () => {});
  }

  /** The modules of a pass, or why the program cannot be run: an older version took it, or kept no limits with it. */
  #compileAll(code: string, snippets: readonly SnippetRecord[], settings: HostSettings): Programs | CodemodeError {
    const programs: Record<string, CompiledProgram> = {};
    const sources: Record<string, string> = {};
    let failure: CodemodeError | undefined;
    const add = (name: string, source: string) => {
      try {
        programs[name] = this.compile(source, settings);
        sources[name] = source;
      } catch (error) {
        if (!isCodemodeError(error)) throw error;
        // A snippet that does not compile is missing in this run, and does not stop it.
        if (name === "program") failure = error;
      }
    };
    add("program", code);
    for (const { hash, code: source } of snippets) add(snippetModule(hash), source);
    return failure ?? { programs, sources };
  }

  #opening(journal: LiveJournal, { limits }: HostSettings, room: number): Opening {
    const { execution, replay } = journal;
    return {
      version: WIRE_VERSION,
      executionId: execution.id,
      startedAt: execution.createdAt,
      seed: execution.seed,
      fuel: limits.fuel,
      maxCallsInFlight: limits.maxCallsInFlight,
      maxValueBytes: limits.maxValueBytes,
      maxConsoleChars: limits.maxConsoleChars,
      maxConsoleLineChars: limits.maxConsoleLineChars,
      connectors: execution.connectors,
      codemode: true,
      ...replay,
      recorded: fitRecorded(replay.recorded, room),
      known: journal.nextSeq,
    };
  }

  /** The snippets of an execution as they were when it began, whatever became of them since. */
  #pinned(execution: ExecutionRecord): SnippetRecord[] {
    const saved = new Map(this.#store.snippets.all().map((snippet) => [snippet.name, snippet]));
    const codes = this.#store.snippets.codes(Object.values(execution.snippets));
    return Object.entries(execution.snippets).flatMap(([name, hash]) => {
      const code = codes.get(hash);
      const current = saved.get(name);
      if (code === undefined) return [];
      if (current?.hash === hash) return [current];
      return [{ name, hash, code, description: "", savedAt: 0, inputSchema: undefined, connectors: [] }];
    });
  }
}
