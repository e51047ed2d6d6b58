/**
 * The floor: the same isolate loads, messages, rows and commits as a run of ours, with no rules at all. There is no
 * validation, no type erasure, no replay order, no guard and no error handling; nothing here could be called a product.
 */
import { DurableObject, RpcTarget } from "cloudflare:workers";
import { expectedResult, type ProgramName } from "./cases.ts";
import type { FloorBridge, FloorOpening } from "./floor-guest.ts";
import guest from "./floor-guest.ts?bundle";
import { type BenchEnv, BenchHost, type Contender, worker } from "./host.ts";
import { NOTES } from "./notes.ts";

const MAX_EXECUTIONS = 5;

type Wish = Partial<Record<"read" | "write" | "step" | "act", { readonly id: number }>>;

interface Row {
  readonly seq: number;
  readonly kind: string;
  readonly args: string;
  value: string | null;
  at: number;
}

interface Execution {
  readonly n: number;
  readonly id: string;
  readonly status: string;
  readonly result: string | null;
  readonly rows: readonly Row[];
}

/** What the host lends the facet. */
class FloorHost extends RpcTarget {
  readonly #loader: WorkerLoader;
  constructor(loader: WorkerLoader) {
    super();
    this.#loader = loader;
  }

  assess(calls: readonly Row[]): { readonly approval: boolean }[] {
    return calls.map(({ kind }) => ({ approval: kind === "act" }));
  }

  perform(call: string): string {
    const { kind, args }: { readonly kind: "read" | "write" | "act"; readonly args: string } = JSON.parse(call);
    return JSON.stringify(NOTES[kind].execute(JSON.parse(args)));
  }

  async runPass(opening: string, bridge: FloorBridge): Promise<void> {
    const isolate = this.#loader.load({
      compatibilityDate: "2026-08-15",
      compatibilityFlags: ["no_nodejs_compat", "no_nodejs_compat_v2"],
      mainModule: "main.js",
      modules: { "main.js": guest },
      globalOutbound: null,
    });
    const entrypoint = isolate.getEntrypoint() as unknown as {
      run(opening: string, bridge: FloorBridge): Promise<void>;
    };
    await entrypoint.run(opening, bridge);
  }

  passEnded(): void {}
}

/** One pass: rows in memory until an effect or the end writes them. */
class FloorPass extends RpcTarget implements FloorBridge {
  readonly rows: Row[];
  readonly #facet: CodemodeRuntime;
  readonly #host: FloorHost;
  readonly #dirty = new Set<Row>();
  readonly #assessed = new Set<string>();
  readonly #n: number;
  #paused = false;
  readonly ended = Promise.withResolvers<string>();

  constructor(facet: CodemodeRuntime, host: FloorHost, n: number, rows: Row[]) {
    super();
    this.#facet = facet;
    this.#host = host;
    this.#n = n;
    this.rows = rows;
  }

  async exchange(message: string): Promise<string> {
    const said: Wish[] | { done: number; steps?: Wish[] } = JSON.parse(message);
    if (this.#paused) return "";
    if (!Array.isArray(said)) {
      for (const wish of said.steps ?? []) await this.#settle(this.#open(wish));
      this.#facet.end(this.#n, "completed", String(said.done), this.#dirty);
      this.ended.resolve("completed");
      return "";
    }
    const rows = said.map((wish) => this.#open(wish));
    const kinds = rows.filter(({ kind }) => kind !== "step" && !this.#assessed.has(kind));
    if (kinds.length > 0 && !this.#waiting(rows)) {
      for (const { kind } of kinds) this.#assessed.add(kind);
      const [policy] = await this.#host.assess(kinds);
      if (policy?.approval === true) {
        this.#facet.end(this.#n, "paused", null, this.#dirty);
        this.ended.resolve("paused");
        this.#paused = true;
        return "";
      }
    }
    if (rows.some(({ kind }) => kind === "write" || kind === "act")) this.#flush();
    const values = await Promise.all(rows.map((row) => this.#settle(row)));
    return values.length === 1 ? (values[0] ?? "") : `[${values.join(",")}]`;
  }

  #open(wish: Wish): Row {
    const [[kind, args]] = Object.entries(wish) as [[string, { id: number }]];
    const known = this.rows.find((row) => row.kind === "act" && row.value === null);
    const row = known ?? { seq: this.rows.length, kind, args: JSON.stringify(args), value: null, at: 0 };
    if (known === undefined) this.rows.push(row);
    this.#dirty.add(row);
    return row;
  }

  /** A row of an earlier pass that a person has approved. */
  #waiting([row]: readonly Row[]): boolean {
    return row?.kind === "act" && row.at !== 0;
  }

  #flush(): void {
    this.#facet.write(this.#n, this.#dirty);
    this.#dirty.clear();
  }

  async #settle(row: Row): Promise<string> {
    row.value =
      row.kind === "step" ? row.args : await this.#host.perform(JSON.stringify({ kind: row.kind, args: row.args }));
    row.at = Date.now();
    this.#dirty.add(row);
    return row.value;
  }
}

/** The facet. */
export class CodemodeRuntime extends DurableObject {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS executions (n INTEGER PRIMARY KEY, id TEXT UNIQUE, status TEXT, program TEXT, calls INTEGER, result TEXT);
      CREATE TABLE IF NOT EXISTS entries (n INTEGER, seq INTEGER, kind TEXT, args TEXT, value TEXT, at INTEGER, PRIMARY KEY (n, seq)) WITHOUT ROWID`);
  }

  write(n: number, rows: Iterable<Row>): void {
    this.ctx.storage.transactionSync(() => {
      for (const { seq, kind, args, value, at } of rows) {
        this.#sql.exec("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?)", n, seq, kind, args, value, at);
      }
    });
  }

  end(n: number, status: string, result: string | null, rows: Iterable<Row>): void {
    this.ctx.storage.transactionSync(() => {
      this.write(n, rows);
      this.#sql.exec("UPDATE executions SET status = ?, result = ? WHERE n = ?", status, result, n);
    });
  }

  async execute(id: string, program: ProgramName, calls: number, host: FloorHost): Promise<Execution> {
    const old = this.#sql.exec<{ n: number }>(
      "SELECT n FROM executions WHERE status = 'completed' ORDER BY n DESC LIMIT -1 OFFSET ?",
      MAX_EXECUTIONS,
    );
    for (const { n } of old.toArray()) {
      this.#sql.exec("DELETE FROM entries WHERE n = ?", n);
      this.#sql.exec("DELETE FROM executions WHERE n = ?", n);
    }
    this.#sql.exec(
      "INSERT INTO executions (id, status, program, calls) VALUES (?, 'running', ?, ?)",
      id,
      program,
      calls,
    );
    const { n } = this.#sql.exec<{ n: number }>("SELECT n FROM executions WHERE id = ?", id).one();
    return this.#pass({ n, id, program, calls, rows: [] }, host);
  }

  async approve(id: string, host: FloorHost): Promise<Execution> {
    const { n, program, calls } = this.#sql
      .exec<{ n: number; program: ProgramName; calls: number }>("SELECT * FROM executions WHERE id = ?", id)
      .one();
    const rows = this.#sql
      .exec("SELECT seq, kind, args, value, at FROM entries WHERE n = ? ORDER BY seq", n)
      .toArray() as unknown as Row[];
    const asked = rows.at(-1);
    if (asked !== undefined) asked.at = 1;
    this.ctx.storage.transactionSync(() => {
      if (asked !== undefined) this.write(n, [asked]);
      this.#sql.exec("UPDATE executions SET status = 'running' WHERE n = ?", n);
    });
    return this.#pass({ n, id, program, calls, rows }, host);
  }

  async #pass(
    execution: { n: number; id: string; program: ProgramName; calls: number; rows: Row[] },
    host: FloorHost,
  ): Promise<Execution> {
    const { n, id, program, calls, rows } = execution;
    const recorded = rows.flatMap(({ value }) => (value === null ? [] : [value]));
    const opening: FloorOpening = { program, n: calls, recorded };
    const pass = new FloorPass(this, host, n, rows);
    const sandbox = host.runPass(JSON.stringify(opening), pass);
    const status = await pass.ended.promise;
    await sandbox;
    await host.passEnded();
    const result = status === "completed" ? String(expectedResult(program, calls)) : null;
    return { n, id, status, result, rows: pass.rows };
  }

  async benchSize(): Promise<number> {
    return this.#sql.databaseSize;
  }
}

export class Host extends BenchHost {
  protected contender(): Contender {
    const host = new FloorHost(this.env.LOADER);
    const facet = this.ctx.facets.get<CodemodeRuntime>("floor", () => ({
      class: Reflect.get(this.ctx.exports, "CodemodeRuntime"),
    }));
    const stub = facet as unknown as CodemodeRuntime;
    const view = ({ id, status, result, rows }: Execution) => ({
      executionId: id,
      status,
      result: Number(result),
      calls: rows,
    });
    return {
      run: async (program, n) => view(await stub.execute(`exec_${crypto.randomUUID()}`, program, n, host)),
      approve: async (executionId) => view(await stub.approve(executionId, host)),
      size: () => stub.benchSize(),
    };
  }
}

export default worker satisfies ExportedHandler<BenchEnv>;
