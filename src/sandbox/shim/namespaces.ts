/** The globals through which a program calls tools: `github.list_issues({ ... })` and `codemode.*`. */
import { LANGUAGE_LOOKUPS } from "../../language.ts";
import { MAX_NAME_CHARS, type Opening } from "../../wire/messages.ts";
import { encodeBounded, toError } from "../../wire/values.ts";
import type { Sequencer } from "./sequencer.ts";

type Call = (...args: unknown[]) => Promise<unknown>;

function failed(code: string, message: string): Promise<never> {
  return Promise.reject(toError({ name: "CodemodeError", message, code }));
}

/** Asks the host to run a tool. Arguments are copied now: what the program does to them later changes nothing. */
export function callTool(
  sequencer: Sequencer,
  limits: { readonly maxValueBytes: number },
  connector: string,
  method: string,
  args: readonly unknown[],
): Promise<unknown> {
  if (method.length > MAX_NAME_CHARS) return failed("UNKNOWN_TOOL", `${connector} has no tool with a name that long.`);
  let encoded: string;
  try {
    encoded = encodeBounded(args, `The arguments of ${connector}.${method}`, limits);
  } catch (error) {
    return Promise.reject(error);
  }
  return sequencer.request({ kind: "call", connector, method, args: encoded });
}

/** Open while the host's own preludes run, which may add functions to a namespace; sealed before the program does. */
export const namespaces = { sealed: false };

/**
 * An object whose every name is a tool, and which behaves like a plain value wherever the language looks at it.
 *
 * @param found - where its tools are listed, since the object itself does not know them. Default: in the catalog.
 */
export function makeNamespace(
  name: string,
  call: (method: string, args: readonly unknown[]) => Promise<unknown>,
  found = `Use: await codemode.search("", { connector: "${name}" })`,
  own: Record<string, unknown> = Object.create(null),
): object {
  const methods = new Map<string, Call>();
  const refuse = () => {
    throw new TypeError(`${name} is a connector: its tools cannot be changed.`);
  };
  return new Proxy(Object.create(null), {
    get(_target, key) {
      if (key === Symbol.toPrimitive) return () => `[connector ${name}]`;
      if (key === Symbol.toStringTag) return `connector ${name}`;
      if (typeof key === "symbol") return undefined;
      if (Object.hasOwn(own, key)) return own[key];
      if (key === "toJSON") return () => `[connector ${name}]`;
      if (LANGUAGE_LOOKUPS.has(key)) return undefined;
      let method = methods.get(key);
      if (method === undefined) {
        method = (...args) => call(key, args);
        Object.defineProperty(method, "name", { value: `${name}.${key}` });
        methods.set(key, method);
      }
      return method;
    },
    has: (_target, key) => typeof key === "string" && !LANGUAGE_LOOKUPS.has(key),
    ownKeys() {
      throw new TypeError(`The tools of ${name} are not listed here. ${found}`);
    },
    set(_target, key, value) {
      if (namespaces.sealed || typeof key === "symbol") refuse();
      else own[key] = value;
      return true;
    },
    defineProperty: refuse,
    deleteProperty: refuse,
    getPrototypeOf: () => null,
  });
}

/** `codemode`: the tools of the built-in connector, and `step` and `run`, which run code inside of the sandbox. */
export function makeCodemode(
  sequencer: Sequencer,
  opening: Opening,
  programs: Readonly<Record<string, (input?: unknown) => Promise<unknown>>>,
): object {
  const call = (method: string, args: readonly unknown[]) => callTool(sequencer, opening, "codemode", method, args);
  return makeNamespace("codemode", call, "It has search, describe, step and run.", {
    step(name: unknown, run: unknown) {
      if (typeof name !== "string" || typeof run !== "function" || name.length > MAX_NAME_CHARS) {
        return failed(
          "INVALID_ARGUMENTS",
          `codemode.step takes a name of at most ${MAX_NAME_CHARS} characters and a function: codemode.step("name", async () => ...).`,
        );
      }
      return sequencer.step(name, () => Reflect.apply(run, undefined, []));
    },
    async run(name: unknown, input?: unknown) {
      // The host checks the snippet, its input and its connectors, and names the pinned module.
      const answer = await call("run", input === undefined ? [name] : [name, input]);
      const program = typeof answer === "string" && Object.hasOwn(programs, answer) ? programs[answer] : undefined;
      if (program === undefined)
        return failed("UNKNOWN_TARGET", `The snippet ${String(name)} is not part of this execution.`);
      return program(input);
    },
  });
}
