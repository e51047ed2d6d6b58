/** The bench's Worker around the released package. */
import {
  CodemodeConnector,
  type ConnectorTools,
  createCodemodeRuntime,
  DynamicWorkerExecutor,
  OpenApiConnector,
  CodemodeRuntime as Runtime,
} from "@cloudflare/codemode";
import { PROGRAMS } from "./cases.ts";
import { copyRows } from "./history.ts";
import { type BenchEnv, BenchHost, type Contender, type Material, worker } from "./host.ts";
import { manyTools, NOTES } from "./notes.ts";

const MAX_EXECUTIONS = 5;

/** The facet, with a look at its database. */
export class CodemodeRuntime extends Runtime {
  async benchSize(): Promise<number> {
    return this.ctx.storage.sql.databaseSize;
  }

  async benchFill(executions: number): Promise<void> {
    const { sql } = this.ctx.storage;
    const copies = executions - 1;
    const last = "(SELECT id FROM cm_executions ORDER BY created_at, id LIMIT 1)";
    copyRows(sql, {
      table: "cm_log",
      where: `source.execution_id = ${last}`,
      copies,
      change: { execution_id: "source.execution_id || k.i" },
    });
    copyRows(sql, {
      table: "cm_executions",
      where: `source.id = ${last}`,
      copies,
      change: { id: "source.id || k.i", created_at: "source.created_at + k.i" },
    });
  }
}

class Notes extends CodemodeConnector<BenchEnv> {
  readonly #name: string;
  readonly #tools: ConnectorTools;
  constructor(ctx: DurableObjectState, env: BenchEnv, name: string, tools: ConnectorTools) {
    super(ctx, env);
    this.#name = name;
    this.#tools = tools;
  }
  override name(): string {
    return this.#name;
  }
  protected override tools(): ConnectorTools {
    return this.#tools;
  }
}

class GitHub extends OpenApiConnector<BenchEnv> {
  readonly #api: object;
  constructor(ctx: DurableObjectState, env: BenchEnv, api: object) {
    super(ctx, env);
    this.#api = api;
  }
  override name(): string {
    return "github";
  }
  protected override spec(): Record<string, unknown> {
    return this.#api as Record<string, unknown>;
  }
  protected override async request(): Promise<unknown> {
    return null;
  }
}

export class Host extends BenchHost {
  #connector({ api, tools }: Material): CodemodeConnector {
    if (api !== undefined) return new GitHub(this.ctx, this.env, api);
    if (tools !== undefined) return new Notes(this.ctx, this.env, "wide", manyTools(tools));
    return new Notes(this.ctx, this.env, "notes", NOTES);
  }

  protected contender(material: Material): Contender {
    const runtime = createCodemodeRuntime({
      ctx: this.ctx,
      executor: new DynamicWorkerExecutor({ loader: this.env.LOADER }),
      connectors: [this.#connector(material)],
      maxExecutions: MAX_EXECUTIONS,
    });
    const facet = () =>
      this.ctx.facets.get<CodemodeRuntime>("codemode:default", () => ({
        class: Reflect.get(this.ctx.exports, "CodemodeRuntime"),
      }));
    return {
      run: async (program, n) => runtime.execute({ code: PROGRAMS[program](n) }),
      approve: async (executionId) => runtime.approve({ executionId }),
      fill: (executions) => facet().benchFill(executions),
      list: (limit) => runtime.executions(limit),
      size: () => facet().benchSize(),
      search: (query) => runtime.search(query),
      describe: (target) => runtime.describe(target),
    };
  }
}

export default worker satisfies ExportedHandler<BenchEnv>;
