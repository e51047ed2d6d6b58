/** The bench's Worker around this package. */
import { openApiConnector } from "../../connectors/openapi/index.ts";
import { defineConnector } from "../../src/connector/define.ts";
import { createCodemodeRuntime } from "../../src/handle.ts";
import { CodemodeRuntime as Runtime } from "../../src/runtime/facet.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import type { Executor } from "../../src/sandbox/executor.ts";
import { PROGRAMS } from "./cases.ts";
import { counting } from "./counting.ts";
import { copyRows } from "./history.ts";
import { type BenchEnv, BenchHost, type Contender, type Material, worker } from "./host.ts";
import { manyTools, NOTES } from "./notes.ts";

/** Kept so low that every timed run also removes an old one, as in a runtime that has been in use. */
const MAX_EXECUTIONS = 5;

/** The facet, with a look at its database. */
export class CodemodeRuntime extends Runtime {
  async benchSize(): Promise<number> {
    return this.ctx.storage.sql.databaseSize;
  }

  async benchFill(executions: number): Promise<void> {
    const { sql } = this.ctx.storage;
    const [last] = sql.exec<{ n: number }>("SELECT MAX(n) AS n FROM executions").toArray();
    const n = last?.n ?? 0;
    const copies = executions - 1;
    copyRows(sql, {
      table: "executions",
      where: `source.n = ${n}`,
      copies,
      leave: ["n"],
      change: { id: "source.id || k.i" },
    });
    copyRows(sql, { table: "entries", where: `source.n = ${n}`, copies, change: { n: "source.n + k.i" } });
  }
}

const Notes = defineConnector({ name: "notes", tools: NOTES });

export class Host extends BenchHost {
  protected contender({ api, tools }: Material): Contender {
    const connectors =
      api !== undefined
        ? [openApiConnector(this.ctx, { name: "github", spec: api })]
        : [tools === undefined ? Notes : defineConnector({ name: "wide", tools: manyTools(tools) })];
    const loader = new DynamicWorkerExecutor({ loader: this.env.LOADER });
    const runtimeOn = (executor: Executor) =>
      createCodemodeRuntime({ ctx: this.ctx, executor, connectors, maxExecutions: MAX_EXECUTIONS });
    const runtime = runtimeOn(loader);
    const facet = () =>
      this.ctx.facets.get<CodemodeRuntime>("codemode:default", () => ({
        class: Reflect.get(this.ctx.exports, "CodemodeRuntime"),
      }));
    return {
      run: (program, n) => runtime.execute({ code: PROGRAMS[program](n) }),
      approve: (executionId) => runtime.approve({ executionId }),
      fill: (executions) => facet().benchFill(executions),
      count: (program, n) =>
        counting(loader, (executor) => runtimeOn(executor).execute({ code: PROGRAMS[program](n) })),
      list: (limit) => runtime.executions(limit),
      size: () => facet().benchSize(),
      search: (query) => runtime.search(query),
      describe: (target) => runtime.describe(target),
    };
  }
}

export default worker satisfies ExportedHandler<BenchEnv>;
