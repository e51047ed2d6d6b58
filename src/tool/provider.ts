/** Tool providers: groups of host functions under one global, for executors that are used without a runtime. */
import { slipIn } from "../connector/slips.ts";
import { CodemodeError } from "../errors.ts";
import type { HostFunction, ResolvedProvider } from "../sandbox/executor.ts";

/**
 * A tool as a provider takes it: an AI SDK tool, a plain record, or anything of this shape. The types are structural, so
 * that no framework is needed to read them.
 */
export interface ToolDescriptor {
  /** For the model. The AI SDK also allows a function here. */
  readonly description?: unknown;
  /** JSON Schema, Zod 4 or other Standard Schema, or an AI SDK schema. */
  readonly inputSchema?: unknown;
  /** AI SDK v4's name of `inputSchema`. */
  readonly parameters?: unknown;
  readonly outputSchema?: unknown;
  /** Without a runtime nothing can wait for a person: tools that may need approval are left out. */
  readonly needsApproval?: unknown;
  /** The name that connectors have for it. */
  readonly requiresApproval?: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: a tool states its own types of input and options.
  readonly execute?: ((input: any, options: any) => unknown) | undefined;
}

/** Tools by name. */
export type ToolDescriptors = Readonly<Record<string, ToolDescriptor>>;

/** A record of tools without schemas. */
export type SimpleToolRecord = Readonly<
  Record<string, { readonly description?: string; readonly execute: (args: unknown) => Promise<unknown> }>
>;

/** Every record of tools that a provider takes; an AI SDK `ToolSet` is one. */
export type ToolProviderTools = ToolDescriptors | SimpleToolRecord;

/**
 * Tools under one global of the sandbox.
 *
 * @example
 * ```ts
 * const providers: ToolProvider[] = [{ name: "github", tools: githubTools }, { tools: { now: { execute: async () => Date.now() } } }];
 * // programs: await github.listIssues({ … }), await codemode.now()
 * ```
 */
export interface ToolProvider {
  /** The global. Default `"codemode"`. */
  readonly name?: string;
  readonly tools: ToolProviderTools;
  /** TypeScript declarations for the model. Default: made from the tools' schemas. */
  readonly types?: string;
}

/** The global of a provider that names none. */
export const DEFAULT_NAMESPACE = "codemode";

/**
 * `tools` as a list of providers: a record of tools is one provider under the default global.
 *
 * @example
 * ```ts
 * normalizeProviders(tools); // [{ tools }]
 * ```
 */
export function normalizeProviders(tools: ToolProviderTools | readonly ToolProvider[]): ToolProvider[] {
  return isProviderList(tools) ? [...tools] : [{ tools }];
}

function isProviderList(tools: ToolProviderTools | readonly ToolProvider[]): tools is readonly ToolProvider[] {
  return Array.isArray(tools);
}

/** Whether a tool may have to wait for a person: always, or by a predicate. */
function mayAsk(rule: unknown): boolean {
  return rule !== undefined && rule !== false;
}

/**
 * Whether programs can call a tool without a runtime: it has an `execute`, and never asks a person.
 *
 * @throws CodemodeError `INVALID_TOOL` for a rule that its author cannot have meant: ignored, the tool would run unasked.
 */
export function isCallable(
  name: string,
  tool: { readonly execute?: unknown; readonly needsApproval?: unknown; readonly requiresApproval?: unknown },
): boolean {
  const slip = slipIn(tool);
  if (slip !== undefined) throw new CodemodeError("INVALID_TOOL", `${name}: ${slip}`, { tool: name });
  return typeof tool.execute === "function" && !mayAsk(tool.needsApproval) && !mayAsk(tool.requiresApproval);
}

/**
 * The tools that programs can call without a runtime.
 *
 * @throws CodemodeError `INVALID_TOOL`, see {@link isCallable}.
 */
export function callableTools(tools: ToolProviderTools): ToolDescriptors {
  const given: ToolDescriptors = tools;
  return Object.fromEntries(Object.entries(given).filter(([name, tool]) => isCallable(name, tool)));
}

/** However it is called: `approval`, `needsApproval`, `requireAproval`. */
const APPROVAL_KEY = /ap+ro?v/i;

/** A rule by which to ask a person where none is read: on a group of tools, among the options of a code tool. */
export function approvalKeyIn(given: object): string | undefined {
  return Object.keys(given).find((key) => APPROVAL_KEY.test(key));
}

/**
 * The tools of a provider that programs can call without a runtime.
 *
 * @throws CodemodeError `INVALID_INPUT` for no tools, and for a rule of approval on the provider, which nothing would read; `INVALID_TOOL`.
 */
export function callableOf(provider: ToolProvider): ToolDescriptors {
  if (typeof Reflect.get(Object(provider), "tools") !== "object" || provider.tools === null)
    throw new CodemodeError("INVALID_INPUT", "A provider has tools, a record by name: { name, tools: { weather } }.");
  const rule = approvalKeyIn(provider);
  if (rule === undefined) return callableTools(provider.tools);
  throw new CodemodeError(
    "INVALID_INPUT",
    `The provider "${provider.name ?? DEFAULT_NAMESPACE}" has "${rule}", which means nothing there. Write requiresApproval: true on each tool that must not run unasked.`,
    { option: rule },
  );
}

/** Host functions of the tools; `wrap` makes the function that is called in its place. */
export function hostFunctions(
  tools: ToolDescriptors,
  wrap: (name: string, tool: ToolDescriptor, execute: HostFunction) => HostFunction,
): ResolvedProvider["fns"] {
  // Not assigned one by one: a tool may be called `__proto__`.
  return Object.fromEntries(
    Object.entries(tools).flatMap(([name, tool]): [string, HostFunction][] => {
      const { execute } = tool;
      if (typeof execute !== "function") return [];
      return [[name, wrap(name, tool, async (...args) => Reflect.apply(execute, tool, args))]];
    }),
  );
}

/**
 * A provider as executors take it. Input is passed on as it is; the functions of the same name at `durable-codemode/ai` and
 * `durable-codemode/tanstack-ai` check it. Tools that need approval and tools without `execute` are left out.
 *
 * @example
 * ```ts
 * const { result } = await executor.execute(code, [resolveProvider({ name: "db", tools: dbTools })]);
 * ```
 */
export function resolveProvider(provider: ToolProvider): ResolvedProvider {
  const fns = hostFunctions(callableOf(provider), (_name, _tool, execute) => execute);
  return { name: provider.name ?? DEFAULT_NAMESPACE, fns };
}
