/** Runs programs in isolates of Cloudflare's Worker Loader. */
import { CodemodeError } from "../errors.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { assertConnectorName, byMethod } from "../names.ts";
import { checkOptions, checkRange } from "../options.ts";
import { MAX_TIMER_MS } from "../wire/messages.ts";
import { BridgeTarget } from "./bridge-target.ts";
import { digest } from "./digest.ts";
import { DirectRun, freshOpening, type NamespaceCall } from "./direct-run.ts";
import {
  type Bridge,
  type ExecuteOptions,
  type ExecuteResult,
  type Executor,
  type PassRequest,
  providersOf,
  type ResolvedProvider,
} from "./executor.ts";
import { FUEL_MODULE, type IsolateParts, isolateCode } from "./isolate.ts";
import { compileProgram } from "./program/compile.ts";
import type { Surroundings } from "./shim/main.ts";

/** Settings of {@link DynamicWorkerExecutor}. */
export interface DynamicWorkerExecutorOptions {
  /** The `worker_loaders` binding. */
  readonly loader: WorkerLoader;
  /** Milliseconds of the program's own wall time for `execute`. Default 60,000. A durable run has `limits.maxProgramMs`. */
  readonly timeout?: number;
  /** `null` (default): no network at all. A Fetcher: every request of the program goes through it, and is not replayed. */
  readonly globalOutbound?: Fetcher | null;
  /** Modules that a program may `import()`, text by specifier. They are yours: their loops are not counted. */
  readonly modules?: Readonly<Record<string, string>>;
  /** Bindings that the program sees as `env.KEY`. What they do is not replayed. */
  readonly bindings?: Readonly<Record<string, unknown>>;
}

const OPTION_NAMES = [
  "loader",
  "timeout",
  "globalOutbound",
  "modules",
  "bindings",
] as const satisfies readonly (keyof DynamicWorkerExecutorOptions)[];

/** Platform globals that a sandbox with a network keeps. */
const NETWORK_GLOBALS = [
  "fetch", "Request", "Response", "Headers", "FormData", "Blob", "File", "ReadableStream", "WritableStream", "TransformStream",
  "TextDecoderStream", "TextEncoderStream", "WebSocket",
]; // biome-ignore format: a list of names

/** What the isolate's entry point offers. */
interface SandboxEntrypoint {
  run(opening: string, bridge: Bridge, surroundings: Surroundings): Promise<void>;
}

/** Where the shim sends `crypto.subtle.digest`. */
const DIGEST_NAMESPACE = "codemode";

/** One namespace's functions under the names that programs use; a name that two share is an error, not a lottery. */
function namespaceOf(provider: ResolvedProvider): NamespaceCall {
  const functions = byMethod(Object.entries(provider.fns), provider.name);
  // A name that is a valid one already also answers to itself.
  for (const [name, fn] of Object.entries(provider.fns)) if (!functions.has(name)) functions.set(name, fn);
  return async (method, args) => {
    const fn = functions.get(method);
    if (fn === undefined && provider.name === DIGEST_NAMESPACE && method === "digest") return digest(args);
    if (fn === undefined) throw new Error(`Tool "${method}" not found in ${provider.name}.`);
    return fn(...args);
  };
}

function namespacesOf(providers: readonly ResolvedProvider[], options: ExecuteOptions): Map<string, NamespaceCall> {
  const functions = new Map<string, NamespaceCall>();
  const add = (name: string, call: NamespaceCall) => {
    if (name !== "codemode") assertConnectorName(name);
    if (functions.has(name)) throw new Error(`Two providers are named "${name}". Rename one of them.`);
    functions.set(name, call);
  };
  for (const provider of providers) add(provider.name, namespaceOf(provider));
  for (const { name, binding } of options.connectors ?? [])
    add(name, (method, args) => binding.callTool(method, args[0]));
  return functions;
}

/**
 * Runs programs in fresh isolates with no network. Give it to `createCodemodeRuntime` for durable runs, or use it alone.
 *
 * @example
 * ```ts
 * const executor = new DynamicWorkerExecutor({ loader: env.LOADER });
 * const { result, error } = await executor.execute("async () => (await math.add(1, 2)) * 2", [
 *   { name: "math", fns: { add: async (a, b) => Number(a) + Number(b) } },
 * ]);
 * ```
 */
export class DynamicWorkerExecutor implements Executor {
  readonly #options: DynamicWorkerExecutorOptions;

  /** @throws CodemodeError `INVALID_INPUT` for wrong options, and where the Worker has no such binding: each run would fail for lack of it. */
  constructor(options: DynamicWorkerExecutorOptions) {
    const loader: unknown = Reflect.get(Object(options), "loader");
    if (typeof Reflect.get(Object(loader), "load") !== "function") {
      throw new CodemodeError(
        "INVALID_INPUT",
        'DynamicWorkerExecutor needs the worker loader. Add "worker_loaders": [{ "binding": "LOADER" }] to the Worker\'s configuration, and pass it: `loader: this.env.LOADER`.',
        { option: "loader" },
      );
    }
    checkOptions("DynamicWorkerExecutor", options, OPTION_NAMES, []);
    checkRange("timeout", options.timeout, 1, MAX_TIMER_MS, 1);
    this.#options = options;
  }

  get modules(): readonly string[] {
    return Object.keys(this.#options.modules ?? {});
  }

  async execute(
    code: string,
    providersOrFns: Parameters<Executor["execute"]>[1],
    options: ExecuteOptions = {},
  ): Promise<ExecuteResult> {
    try {
      const providers = providersOf(providersOrFns);
      const functions = namespacesOf(providers, options);
      const program = compileProgram(code, {
        maxBytes: DEFAULT_LIMITS.maxProgramBytes,
        fuelModule: FUEL_MODULE,
        modules: this.modules,
      });
      const preludes = providers.flatMap(({ prelude }) => (prelude === undefined ? [] : [prelude]));
      const names = [...functions.keys()];
      if (!functions.has(DIGEST_NAMESPACE))
        functions.set(DIGEST_NAMESPACE, namespaceOf({ name: DIGEST_NAMESPACE, fns: {} }));
      const run = new DirectRun({ source: code, globals: names }, functions, {
        ...DEFAULT_LIMITS,
        maxProgramMs: this.#options.timeout ?? DEFAULT_LIMITS.maxProgramMs,
      });
      const opening = freshOpening({ connectors: names, codemode: false, limits: DEFAULT_LIMITS });
      const pass = this.#run(
        { programs: { program }, preludes },
        JSON.stringify(opening),
        new BridgeTarget(run),
        DEFAULT_LIMITS.cpuMs,
      );
      pass.then(
        () => run.lost(new Error("The sandbox ended before the program did.")),
        (error) => run.lost(error),
      );
      return await run.result;
    } catch (error) {
      return { result: undefined, error: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Runs one durable pass. `bridge` must be an `RpcTarget` or a stub: it is handed on to the isolate as it is. */
  runPass(request: PassRequest, bridge: Bridge): Promise<void> {
    return this.#run({ programs: request.programs }, request.opening, bridge, request.cpuMs);
  }

  async #run(parts: IsolateParts, opening: string, bridge: Bridge, cpuMs: number): Promise<void> {
    const { loader, modules, bindings, globalOutbound } = this.#options;
    const network = globalOutbound !== undefined && globalOutbound !== null;
    const code = isolateCode(
      { ...parts, ...(modules !== undefined && { modules }) },
      { globalOutbound: globalOutbound ?? null, cpuMs, ...(bindings !== undefined && { env: bindings }) },
    );
    // Never `get`: it keeps isolates, and their failures, for as long as the process lives.
    const entrypoint = loader.load(code).getEntrypoint() as unknown as SandboxEntrypoint;
    await entrypoint.run(opening, bridge, { keptGlobals: network ? NETWORK_GLOBALS : [] });
  }
}
