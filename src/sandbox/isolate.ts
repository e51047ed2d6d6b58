/** The modules and settings of one isolate: the shim, its fuel, the programs, and nothing else. */
import { CodemodeError } from "../errors.ts";
import type { CompiledProgram } from "./program/compile.ts";
import fuelModule from "./shim/fuel.ts?bundle";
import shimModule from "./shim/main.ts?bundle";

/** Where programs import their fuel from. */
export const FUEL_MODULE = "#fuel";

/** Fixed, so that a program means the same wherever and whenever it is replayed. */
const COMPATIBILITY_DATE = "2026-08-15";

/**
 * No Node modules, no `process`, no `Buffer`; only AsyncLocalStorage, which the shim needs to know a step's calls.
 * No code from strings, also not while modules start.
 */
const COMPATIBILITY_FLAGS = ["no_nodejs_compat", "no_nodejs_compat_v2", "nodejs_als", "disallow_eval_during_startup"];

/** Names that the modules of a developer may not take. */
const OWN_MODULES = new Set(["main.js", FUEL_MODULE, "#programs"]);

export interface IsolateParts {
  /** `"program"` and snippets, by name; names are file names without `.js`. */
  readonly programs: Readonly<Record<string, CompiledProgram>>;
  /** The developer's own modules, which `import()` may name. */
  readonly modules?: Readonly<Record<string, string>>;
  /** Bodies of functions that set up namespaces before the program starts. */
  readonly preludes?: readonly string[];
}

function programsModule({ programs, modules = {}, preludes = [] }: IsolateParts): string {
  const imports: string[] = [];
  const entries = (names: readonly string[], file: (name: string) => string, prefix: string) =>
    names.map((name, index) => {
      imports.push(`import ${file(name) === name ? "* as " : ""}${prefix}${index} from ${JSON.stringify(file(name))};`);
      return `${JSON.stringify(name)}:${prefix}${index}`;
    });
  const programEntries = entries(Object.keys(programs), (name) => `${name}.js`, "p");
  const moduleEntries = entries(Object.keys(modules), (name) => name, "m");
  const preludeList = preludes.map((body) => `()=>{${body}\n}`);
  return `${imports.join("")}export const programs={__proto__:null,${programEntries}},modules={__proto__:null,${moduleEntries}},preludes=[${preludeList}];`;
}

/** The code of the isolate, as the Worker Loader takes it. */
export function isolateCode(
  parts: IsolateParts,
  settings: { readonly globalOutbound: Fetcher | null; readonly env?: object; readonly cpuMs: number },
): WorkerLoaderWorkerCode {
  const modules: Record<string, string | { js: string }> = {
    "main.js": shimModule,
    [FUEL_MODULE]: { js: fuelModule },
    "#programs": { js: programsModule(parts) },
  };
  for (const [name, program] of Object.entries(parts.programs)) modules[`${name}.js`] = program.module;
  for (const [name, text] of Object.entries(parts.modules ?? {})) {
    if (OWN_MODULES.has(name) || name in modules) {
      throw new CodemodeError(
        "INVALID_NAME",
        `The module name "${name}" is the sandbox's own. Name your module otherwise.`,
        { name },
      );
    }
    modules[name] = { js: text };
  }
  return {
    compatibilityDate: COMPATIBILITY_DATE,
    compatibilityFlags: COMPATIBILITY_FLAGS,
    mainModule: "main.js",
    modules,
    // Said always: an absent one would be the parent's network.
    globalOutbound: settings.globalOutbound,
    ...(settings.env !== undefined && { env: settings.env }),
    limits: { cpuMs: settings.cpuMs },
  };
}
