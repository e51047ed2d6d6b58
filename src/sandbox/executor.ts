/** What runs programs: the contract of executors, from `execute(code, providers)` to the bridge that durable runs need. */
import { CodemodeError } from "../errors.ts";
import type { CompiledProgram } from "./program/compile.ts";

/** What an executor answers; it never throws. */
export interface ExecuteResult {
  result: unknown;
  /** Present, also when empty, exactly when the program failed. */
  error?: string;
  logs?: string[];
}

/** What a program calls on the host. */
export type HostFunction = (...args: unknown[]) => Promise<unknown>;

/** Host functions under one global of the sandbox. */
export interface ResolvedProvider {
  readonly name: string;
  readonly fns: Readonly<Record<string, HostFunction>>;
  /** JavaScript run inside the sandbox that may define further functions on the namespace. */
  readonly prelude?: string;
}

/** The functions that {@link Executor.execute} is given, as a list: a plain record is the global `codemode`. */
export function providersOf(given: Parameters<Executor["execute"]>[1]): readonly ResolvedProvider[] {
  if (typeof given !== "object" || given === null) {
    const says = "providers must be a list, [{ name, fns }], or a record of functions for the global codemode.";
    throw new CodemodeError("INVALID_INPUT", says);
  }
  const providers = isList(given) ? given : [{ name: "codemode", fns: given }];
  for (const [index, provider] of providers.entries()) {
    const fns: unknown = Reflect.get(Object(provider), "fns");
    if (typeof fns === "object" && fns !== null) continue;
    throw new CodemodeError("INVALID_INPUT", `providers[${index}] needs fns, a record of functions by name.`);
  }
  return providers;
}

function isList(given: Parameters<Executor["execute"]>[1]): given is readonly ResolvedProvider[] {
  return Array.isArray(given);
}

/** A connector that the sandbox calls through one `callTool`. */
export interface ConnectorBinding {
  readonly name: string;
  readonly binding: { callTool(method: string, args: unknown): Promise<unknown> };
}

/** Further connectors that one `execute` lends its program, each as a global. */
export interface ExecuteOptions {
  readonly connectors?: readonly ConnectorBinding[];
}

/**
 * The host's end of a durable pass, as a sandbox sees it: one method, text in, text out.
 * `src/wire/README.md` is the protocol.
 */
export interface Bridge {
  exchange(message: string): Promise<string>;
}

/** Everything that a sandbox needs to run one pass. */
export interface PassRequest {
  /** The program and the pinned snippets by module name; `"program"` is the entry. */
  readonly programs: Readonly<Record<string, CompiledProgram>>;
  /** The model's own texts of the same programs, for sandboxes that bring their own way to run them. */
  readonly sources: Readonly<Record<string, string>>;
  /** First message of the protocol: what the shim must know before the program starts. */
  readonly opening: string;
  /** CPU milliseconds of the isolate, where the platform counts them. */
  readonly cpuMs: number;
}

/**
 * Runs programs in a sandbox.
 *
 * An executor that has only `execute` runs with reduced guarantees: calls are numbered as they reach the host, and time,
 * chance and timers are the sandbox's own. One that also has `runPass` speaks the bridge protocol and gets all of them.
 */
export interface Executor {
  execute(
    code: string,
    providersOrFns: readonly ResolvedProvider[] | Readonly<Record<string, HostFunction>>,
    options?: ExecuteOptions,
  ): Promise<ExecuteResult>;
  /** Specifiers that programs may `import()`. Default: none. */
  readonly modules?: readonly string[];
  /** Runs one pass to its end: resolves when the sandbox is done with it, rejects when the sandbox could not run or died. */
  runPass?(request: PassRequest, bridge: Bridge): Promise<void>;
}
