/** Runs a bundled Worker under the real workerd, with its state on a real disk, as a process that can be killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import workerd from "workerd";

/** What runs: a module, its Durable Object class, and where its state is. */
export interface WorkerdOptions {
  /** The bundled module. */
  readonly module: string;
  /** Class of the bound Durable Object; its binding is named `HOST`. */
  readonly hostClass: string;
  /** Folder of the state; it outlives the process. */
  readonly state: string;
  /** Port on 127.0.0.1; 0 (default) for any. */
  readonly port?: number;
  /** Text bindings. */
  readonly vars?: Readonly<Record<string, string>>;
  /** Settings of the engine, as `--expose-gc`. */
  readonly v8Flags?: readonly string[];
  /** Takes what the process writes to its error output, which is this process's own otherwise. */
  readonly onError?: (text: string) => void;
}

export interface Workerd {
  readonly url: string;
  readonly pid: number;
  /** Ends the process at once, as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to leave. */
  stop(): Promise<void>;
}

function config(options: WorkerdOptions, configFile: string): string {
  const here = (path: string) => JSON.stringify(relative(dirname(configFile), path));
  const vars = Object.entries(options.vars ?? {}).map(
    ([name, text]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(text)})`,
  );
  const v8Flags = (options.v8Flags ?? []).map((flag) => JSON.stringify(flag));
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = [${v8Flags.join(", ")}],
  services = [
    (name = "main", worker = .main),
    (name = "disk", disk = (path = ${JSON.stringify(options.state)}, writable = true)),
    (name = "internet", network = (allow = ["public", "local"], tlsOptions = (trustBrowserCas = true)))
  ],
  # The agents SDK imports cloudflare:email, whose inner module the platform supplies and a bare workerd does not.
  extensions = [(modules = [(name = "cloudflare-internal:email", internal = true, esModule = "export default { EmailMessage: class {} };")])],
  sockets = [(name = "http", address = "127.0.0.1:${options.port ?? 0}", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed ${here(options.module)})],
  compatibilityDate = "2026-08-15",
  bindings = [
    ${[`(name = "LOADER", workerLoader = (id = "loader"))`, `(name = "HOST", durableObjectNamespace = ${JSON.stringify(options.hostClass)})`, ...vars].join(",\n    ")}
  ],
  durableObjectNamespaces = [(className = ${JSON.stringify(options.hostClass)}, uniqueKey = "host", enableSql = true)],
  durableObjectStorage = (localDisk = "disk")
);
`;
}

/** The first line that workerd writes on its control channel says where it listens. */
function listening(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const control = child.stdio[3];
    if (control === null || control === undefined) throw new Error("workerd was started without a control channel.");
    control.once("data", (data: Buffer) => {
      const message: unknown = JSON.parse(String(data).split("\n")[0] ?? "");
      const port: unknown = typeof message === "object" && message !== null ? Reflect.get(message, "port") : undefined;
      if (typeof port === "number") resolve(port);
      else reject(new Error(`workerd did not say where it listens: ${String(data)}`));
    });
    child.once("exit", (code, signal) => reject(new Error(`workerd ended before it listened (${code ?? signal}).`)));
  });
}

export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  await mkdir(options.state, { recursive: true });
  const configFile = `${options.module}.capnp`;
  await writeFile(configFile, config(options, configFile));
  const binary = typeof workerd === "string" ? workerd : workerd.default;
  const child = spawn(binary, ["serve", "--experimental", "--control-fd=3", configFile], {
    stdio: ["ignore", "inherit", options.onError === undefined ? "inherit" : "pipe", "pipe"],
  });
  child.stderr?.on("data", (data: Buffer) => options.onError?.(String(data)));
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const port = await listening(child);
  const end = (signal: NodeJS.Signals) => async () => {
    child.kill(signal);
    await gone;
  };
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, kill: end("SIGKILL"), stop: end("SIGTERM") };
}
