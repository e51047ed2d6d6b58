/** An executor of your own: `execute` is all it takes. This one is a Worker of your settings; it might be a container. */
import {
  type ExecuteOptions,
  type ExecuteResult,
  type Executor,
  normalizeCode,
  type ResolvedProvider,
  ToolDispatcher,
} from "durable-codemode";

type HostFunctions = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>;

/** The sandbox: a global for each namespace, whose methods call the host; then the program, as a module of its own. */
const MAIN = `import { WorkerEntrypoint } from "cloudflare:workers";
const namespace = (call) => new Proxy({}, { get: (own, method) => own[method] ?? ((...args) => call(String(method), args)) });
export default class extends WorkerEntrypoint {
  async run(providers, connectors) {
    for (const [name, host] of Object.entries(providers)) {
      globalThis[name] = namespace(async (method, args) => {
        const answer = JSON.parse(await host.call(method, JSON.stringify(args)));
        if ("error" in answer) throw new Error(answer.error);
        return answer.result;
      });
    }
    for (const { name, binding } of connectors) {
      globalThis[name] = namespace((method, [args]) => binding.callTool(method, args));
    }
    await import("./preludes.js");
    const { default: program } = await import("./program.js");
    return program();
  }
}`;

interface Sandbox {
  run(providers: Readonly<Record<string, ToolDispatcher>>, connectors: ExecuteOptions["connectors"]): Promise<unknown>;
}

export class MyExecutor implements Executor {
  readonly #loader: WorkerLoader;

  constructor(loader: WorkerLoader) {
    this.#loader = loader;
  }

  async execute(
    code: string,
    providersOrFns: readonly ResolvedProvider[] | HostFunctions,
    { connectors = [] }: ExecuteOptions = {},
  ): Promise<ExecuteResult> {
    const providers = isProviders(providersOrFns) ? providersOrFns : [{ name: "codemode", fns: providersOrFns }];
    // An executor never throws: what went wrong is an answer.
    try {
      const worker = this.#loader.load({
        compatibilityDate: "2026-08-15",
        mainModule: "main.js",
        modules: {
          "main.js": MAIN,
          // What must run inside the sandbox: `codemode.step`, for one, calls the program's own functions.
          "preludes.js": providers.map(({ prelude = "" }) => prelude).join("\n"),
          "program.js": `export default ${normalizeCode(code)}`,
        },
        globalOutbound: null,
      });
      const sandbox = worker.getEntrypoint() as unknown as Sandbox;
      const hosts = providers.map(({ name, fns }) => [name, new ToolDispatcher(fns)] as const);
      return { result: await sandbox.run(Object.fromEntries(hosts), connectors) };
    } catch (error) {
      return { result: undefined, error: error instanceof Error ? error.message : String(error) };
    }
  }
}

function isProviders(given: readonly ResolvedProvider[] | HostFunctions): given is readonly ResolvedProvider[] {
  return Array.isArray(given);
}
