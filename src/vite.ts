/**
 * The door for Vite: `import codemode from "durable-codemode/vite"`. Exports from the Worker entry what must be in `ctx.exports`:
 * the facet class of the runtime, and the connector classes of all `*.codemode.ts` files.
 */
import { relative, resolve } from "node:path";
import type { Plugin, ViteDevServer } from "vite";
import { checkOptions, checkText } from "./options.ts";
import { isConnectorFile } from "./vite/discover.ts";
import { exportsModule, projectConnectors } from "./vite/exports-module.ts";

const EXPORTS = "virtual:durable-codemode/exports";
const RESOLVED = `\0${EXPORTS}`;

/** How Cloudflare's plugin asks for the `main` of the Worker's configuration: what it gets is the entry, whatever its name. */
const CLOUDFLARE_ENTRY = "virtual:cloudflare/user-entry";

/** Where a Worker entry is by convention, for projects that are built without Cloudflare's plugin. */
const USUAL_ENTRY = /^src\/(server|index|worker)\.[mc]?[tj]sx?$/;

/** What {@link codemodeVitePlugin} takes. */
export interface CodemodeVitePluginOptions {
  /**
   * Worker entry modules, relative to Vite's root. Default: the `main` that Cloudflare's plugin builds; without that plugin
   * `src/server`, `src/index` and `src/worker`.
   */
  readonly entry?: string | readonly string[];
}

/** The entries of a project, as they become known. */
class Entries {
  #root = "";
  #known: ReadonlySet<string> | undefined;
  readonly #options: CodemodeVitePluginOptions;

  constructor(options: CodemodeVitePluginOptions) {
    this.#options = options;
  }

  start(root: string): void {
    const { entry } = this.#options;
    this.#root = root;
    this.#known = entry === undefined ? undefined : new Set([entry].flat().map((path) => asVite(resolve(root, path))));
  }

  /** Cloudflare's plugin named one. A project may have several Workers; what the developer named stays. */
  learn(id: string): void {
    if (this.#options.entry === undefined) this.#known = new Set([...(this.#known ?? []), pathOf(id)]);
  }

  has(id: string): boolean {
    const path = pathOf(id);
    return this.#known?.has(path) ?? USUAL_ENTRY.test(asVite(relative(this.#root, path)));
  }
}

/** A path as Vite writes its own: with slashes, also on Windows. */
function asVite(path: string): string {
  return path.replaceAll("\\", "/");
}

function pathOf(id: string): string {
  return id.replace(/[?#].*$/, "");
}

/** The generated module, or what is wrong with the connector files. */
function generate(root: string): { readonly text: string } | { readonly error: string } {
  try {
    return { text: exportsModule(projectConnectors(root)) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Follows connector files while the dev server runs. Only a restart gives the Worker other entrypoints: a reload runs the modules
 * again in the Worker that is there. A file that changes without changing what is exported is Vite's own business.
 */
class Follower {
  readonly #root: string;
  /** What the running server was started with. */
  #served = "";

  constructor(root: string) {
    this.#root = root;
  }

  /** Called for each server, also for the one that a restart makes. */
  follow(server: ViteDevServer): void {
    const now = generate(this.#root);
    this.#served = "text" in now ? now.text : "";
    for (const event of ["add", "change", "unlink"] as const) {
      server.watcher.on(event, (path) => {
        if (isConnectorFile(path)) void this.#look(server);
      });
    }
  }

  /** Twice: a restart that is under way when one is asked for is joined, and may have begun before the change. */
  async #look(server: ViteDevServer): Promise<void> {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const now = generate(this.#root);
      if ("error" in now) server.config.logger.error(now.error, { timestamp: true });
      if ("error" in now || now.text === this.#served) return;
      await server.restart();
    }
  }
}

/**
 * A Vite plugin that adds exports to the Worker entry: `CodemodeRuntime`, which `createCodemodeRuntime` needs in `ctx.exports`,
 * and the connector classes of every `*.codemode.ts` file under Vite's root. What the entry exports itself stays as it is. When
 * connector files or their classes come or go, the dev server restarts.
 *
 * A connector class is an exported class that extends another, or an exported `defineConnector()`. A file without one, a file that
 * does not parse and a name that two files share stop the build with a message that names the file.
 *
 * @throws CodemodeError `INVALID_INPUT` for an option that it does not have, and for an `entry` that is no path.
 * @example
 * ```ts
 * // vite.config.ts
 * import { cloudflare } from "@cloudflare/vite-plugin";
 * import codemode from "durable-codemode/vite";
 * export default { plugins: [codemode(), cloudflare()] };
 * ```
 */
export default function codemodeVitePlugin(options: CodemodeVitePluginOptions = {}): Plugin {
  checkOptions("codemode", options, ["entry"], []);
  if (options.entry !== undefined) for (const path of [options.entry].flat()) checkText("entry", path);
  const entries = new Entries(options);
  let root = "";
  let follower: Follower | undefined;
  return {
    name: "durable-codemode",
    enforce: "pre",
    configResolved(config) {
      root = config.root;
      entries.start(root);
    },
    async resolveId(source, importer, resolveOptions) {
      if (source === EXPORTS) return RESOLVED;
      if (source !== CLOUDFLARE_ENTRY) return null;
      const main = await this.resolve(source, importer, { ...resolveOptions, skipSelf: true });
      if (main !== null) entries.learn(main.id);
      return main;
    },
    load(id) {
      if (id !== RESOLVED) return null;
      const connectors = projectConnectors(root);
      for (const { file } of connectors) this.addWatchFile(file);
      return exportsModule(connectors);
    },
    transform(code, id) {
      if (!entries.has(id)) return null;
      // A star: what the entry exports under the same name wins. At the end, so that no line of the entry moves.
      return { code: `${code}\nexport * from ${JSON.stringify(EXPORTS)};\n`, map: null };
    },
    configureServer(server) {
      follower ??= new Follower(root);
      follower.follow(server);
    },
  };
}
