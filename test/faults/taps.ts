/**
 * Where faults strike: a facet that counts every write and every message, and fails at the one that a test chose.
 *
 * Owns: the seams (storage, the host's port, the bridge, the facet's own methods). Does not own: what is expected
 * afterwards. Without a probe the class is the engine's own, so every test of the `workerd` project may run on it.
 */
import { RpcTarget } from "cloudflare:workers";
import { CodemodeRuntime } from "../../src/runtime/facet.ts";
import type { HostPort, PassNotice, ToolCall } from "../../src/runtime/port.ts";
import type { DecisionRequest, HostSettings } from "../../src/runtime/requests.ts";
import type { Bridge, PassRequest } from "../../src/sandbox/executor.ts";
import { type Dump, readDump, writeDump } from "../journals/dump.ts";

/** `kill`: the facet dies on the spot. `break`: the message is lost, or the write throws, and the facet lives on. */
export type Fault = "kill" | "break";

/** One run of a scenario, as the seams see it. */
export interface Probe {
  /** Points reached so far, in order; their names are the same in every undisturbed run. */
  readonly trace: string[];
  /** Indices into the trace at which the fault strikes. */
  readonly strikes: readonly number[];
  /** For all points alike, or by the name of the point. */
  readonly fault: Fault | ((name: string) => Fault);
  /** Names of the points at which it struck. */
  readonly struck: string[];
  /** Calls that a fresh facet found started and unfinished on its disk, by idempotency key: those that are in doubt. */
  readonly unfinished: Set<string>;
  /** Calls whose tool has answered the facet. */
  readonly answered: Set<string>;
  /** Those of them after which a later call left and came back: their ends are on the disk (G1). */
  readonly known: Set<string>;
  /** Those of them that a fresh facet found unfinished all the same. */
  readonly forgotten: Set<string>;
}

/** A probe that has seen nothing yet. */
export function makeProbe(chosen: Pick<Probe, "fault"> & Partial<Pick<Probe, "trace" | "strikes">>): Probe {
  const [unfinished, answered, known, forgotten] = [
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
  ];
  return { trace: [], strikes: [], struck: [], unfinished, answered, known, forgotten, ...chosen };
}

/** Probes by the object that they watch. */
const probes = new Map<string, Probe>();

/** The probe of all objects that have none of their own. */
const EVERYWHERE = "";

/**
 * Watches, and disturbs, what facets do until the answer is called.
 *
 * @param object id of the one object to whose facets this is limited, so that several may be watched at once.
 */
export function installProbe(probe: Probe, object = EVERYWHERE): () => void {
  probes.set(object, probe);
  return () => {
    probes.delete(object);
  };
}

/** A facet has the id of its object. */
function probeOf(ctx: DurableObjectState): Probe | undefined {
  return probes.size === 0 ? undefined : (probes.get(ctx.id.toString()) ?? probes.get(EVERYWHERE));
}

export class InjectedFault extends Error {
  override readonly name = "InjectedFault";
}

function reach(ctx: DurableObjectState, name: string): void {
  const current = probeOf(ctx);
  if (current === undefined) return;
  const index = current.trace.push(name) - 1;
  if (!current.strikes.includes(index)) return;
  current.struck.push(name);
  const fault = typeof current.fault === "function" ? current.fault(name) : current.fault;
  if (fault === "kill") ctx.abort(`A test killed the facet at ${name}.`);
  throw new InjectedFault(`A test struck at ${name}.`);
}

async function around<T>(ctx: DurableObjectState, name: string, work: () => Promise<T>): Promise<T> {
  reach(ctx, `${name} before`);
  const answer = await work();
  reach(ctx, `${name} after`);
  return answer;
}

/** Reads cannot tear anything; everything else is a write. */
const READS = /^\s*(SELECT|PRAGMA)\b/i;

function tapSql(ctx: DurableObjectState, sql: SqlStorage, inTransaction: () => boolean): SqlStorage {
  return new Proxy(sql, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      if (key !== "exec") return value.bind(target);
      return (query: string, ...bindings: unknown[]) => {
        const write = !READS.test(query) && !inTransaction();
        if (write) reach(ctx, "write before");
        const cursor = Reflect.apply(value, target, [query, ...bindings]);
        if (write) reach(ctx, "write after");
        return cursor;
      };
    },
  });
}

function tapStorage(ctx: DurableObjectState): void {
  const storage = ctx.storage;
  let depth = 0;
  const sql = tapSql(ctx, storage.sql, () => depth > 0);
  const transactionSync = <T>(closure: () => T): T => {
    reach(ctx, "write before");
    const answer = storage.transactionSync(() => {
      depth += 1;
      try {
        const inner = closure();
        // The rows are written and the transaction is open: what happens here must take them all back.
        reach(ctx, "write during");
        return inner;
      } finally {
        depth -= 1;
      }
    });
    reach(ctx, "write after");
    return answer;
  };
  const tapped = new Proxy(storage, {
    get(target, key) {
      if (key === "sql") return sql;
      if (key === "transactionSync") return transactionSync;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  Object.defineProperty(ctx, "storage", { value: tapped, configurable: true });
}

/** A call that came back has left, so what was known when it was sent is on the disk: the platform holds messages back until it is. */
async function performed(ctx: DurableObjectState, port: HostPort, text: string): Promise<string> {
  const { executionId, seq }: ToolCall = JSON.parse(text);
  const probe = probeOf(ctx);
  const before = [...(probe?.answered ?? [])];
  const outcome = await around(ctx, "port.perform", () => port.perform(text));
  for (const key of before) probe?.known.add(key);
  probe?.answered.add(`${executionId}:${seq}`);
  return outcome;
}

/** A line that broke stays broken, in both directions: none is lost between two messages that arrive. */
class TappedBridge extends RpcTarget implements Bridge {
  readonly #ctx: DurableObjectState;
  readonly #bridge: Bridge;
  #broken: unknown;
  constructor(ctx: DurableObjectState, bridge: Bridge) {
    super();
    this.#ctx = ctx;
    this.#bridge = bridge;
  }
  async exchange(message: string): Promise<string> {
    this.#assertWhole();
    const answer = await around(this.#ctx, "bridge.exchange", () => this.#bridge.exchange(message)).catch((error) => {
      this.#broken = error;
    });
    this.#assertWhole();
    return String(answer);
  }

  #assertWhole(): void {
    if (this.#broken !== undefined) throw this.#broken;
  }
}

function tapPort(ctx: DurableObjectState, port: HostPort): HostPort {
  const tapped =
    <A extends unknown[], T>(name: keyof HostPort, send: (...args: A) => Promise<T>) =>
    (...args: A) =>
      around(ctx, `port.${name}`, () => send(...args));
  // A facet keeps the port beyond the request that lent it, where the port is a stub that can be kept.
  const dup: unknown = Reflect.get(port, "dup");
  const keep = () => {
    const kept = typeof dup === "function" ? (Reflect.apply(dup, port, []) as HostPort & Disposable) : undefined;
    return Object.assign(tapPort(ctx, kept ?? port), { [Symbol.dispose]: () => kept?.[Symbol.dispose]() });
  };
  const lent: HostPort = {
    assess: tapped("assess", (calls) => port.assess(calls)),
    perform: (text) => performed(ctx, port, text),
    revert: tapped("revert", (call) => port.revert(call)),
    reversible: tapped("reversible", (tools) => port.reversible(tools)),
    consult: tapped("consult", (method, args, findable) => port.consult(method, args, findable)),
    runPass: tapped("runPass", (request: PassRequest, bridge: Bridge, notice: PassNotice) =>
      port.runPass(request, new TappedBridge(ctx, bridge), notice),
    ),
    passQueued: tapped("passQueued", (executionId, line) => port.passQueued(executionId, line)),
    abort: tapped("abort", (executionId, reason) => port.abort(executionId, reason)),
    passEnded: tapped("passEnded", (executionId, status) => port.passEnded(executionId, status)),
    executionEnded: tapped("executionEnded", (executionId, status) => port.executionEnded(executionId, status)),
  };
  return Object.assign(lent, { dup: keep });
}

/** Keys of calls that somebody started and that only a person can settle, as the disk has them. */
function unfinishedOn(ctx: DurableObjectState): string[] {
  // kind 0 is a call, state 2 is started, flag 8 is safe to repeat: see src/store/rows.ts.
  const rows = ctx.storage.sql.exec<{ id: string; seq: number }>(
    `SELECT x.id, e.seq FROM entries e JOIN executions x ON x.n = e.n
     WHERE x.status = 'running' AND e.kind = 0 AND e.state = 2 AND e.flags & 8 = 0`,
  );
  return Array.from(rows, ({ id, seq }) => `${id}:${seq}`);
}

/** A fresh facet: what it finds, and what its predecessor knew and did not leave behind. */
function takeOver(ctx: DurableObjectState, { unfinished, answered, known, forgotten }: Probe): void {
  answered.clear();
  for (const key of unfinishedOn(ctx)) {
    unfinished.add(key);
    if (known.has(key)) forgotten.add(key);
  }
}

export class TappedRuntime extends CodemodeRuntime {
  constructor(ctx: DurableObjectState, env: unknown) {
    const probe = probeOf(ctx);
    if (probe !== undefined) tapStorage(ctx);
    super(ctx, env);
    if (probe !== undefined) takeOver(ctx, probe);
  }

  /** The whole database, as data. */
  async dump(): Promise<Dump> {
    return readDump(this.ctx.storage.sql);
  }

  /** Puts a database of this or an earlier version in the place of the facet's own. Restart the facet afterwards. */
  async restore(dump: Dump): Promise<void> {
    this.ctx.storage.transactionSync(() => writeDump(this.ctx.storage.sql, dump));
  }

  #tap<T>(name: string, work: () => Promise<T>): Promise<T> {
    return around(this.ctx, `facet.${name}`, work);
  }

  /** After a fault that the facet survives: what it will take up from the disk. */
  #noteUnfinished(): void {
    const probe = probeOf(this.ctx);
    if (probe !== undefined && probe.fault !== "kill")
      for (const key of unfinishedOn(this.ctx)) probe.unfinished.add(key);
  }

  #port(port: HostPort): HostPort {
    return probeOf(this.ctx) === undefined ? port : tapPort(this.ctx, port);
  }

  override execute(request: { readonly id: string; readonly code: string }, settings: HostSettings, port: HostPort) {
    return this.#tap("execute", () => super.execute(request, settings, this.#port(port)));
  }
  override decide(request: DecisionRequest, settings: HostSettings, port: HostPort) {
    return this.#tap("decide", () => super.decide(request, settings, this.#port(port)));
  }
  override cancel(id: string, reason: string | undefined, settings: HostSettings, port: HostPort) {
    return this.#tap("cancel", () => super.cancel(id, reason, settings, this.#port(port)));
  }
  override recover(settings: HostSettings, port: HostPort) {
    this.#noteUnfinished();
    return this.#tap("recover", () => super.recover(settings, this.#port(port)));
  }
  override rollback(id: string, digest: string | undefined, settings: HostSettings, port: HostPort) {
    return this.#tap("rollback", () => super.rollback(id, digest, settings, this.#port(port)));
  }
  override expire(maxAgeMs: number, settings: HostSettings, port: HostPort) {
    return this.#tap("expire", () => super.expire(maxAgeMs, settings, this.#port(port)));
  }
  override maintain(maxAgeMs: number, settings: HostSettings, port: HostPort) {
    this.#noteUnfinished();
    return this.#tap("maintain", () => super.maintain(maxAgeMs, settings, this.#port(port)));
  }
  override delete(id: string, settings: HostSettings, port: HostPort) {
    return this.#tap("delete", () => super.delete(id, settings, this.#port(port)));
  }
  override outcome(id: string, settings: HostSettings, port: HostPort) {
    this.#noteUnfinished();
    return this.#tap("outcome", () => super.outcome(id, settings, this.#port(port)));
  }
  override pending(id: string | undefined, settings: HostSettings, port: HostPort) {
    return this.#tap("pending", () => super.pending(id, settings, this.#port(port)));
  }
}
