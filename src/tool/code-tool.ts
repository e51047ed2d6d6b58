/** What the code tools of all frameworks share: their options, the description that the model reads, the list of providers. */
import { byMethod } from "../names.ts";
import type { Executor, ResolvedProvider } from "../sandbox/executor.ts";
import { checkCodeToolOptions, checkTools } from "./check-code-tool.ts";
import {
  callableOf,
  DEFAULT_NAMESPACE,
  normalizeProviders,
  type ToolDescriptors,
  type ToolProvider,
  type ToolProviderTools,
} from "./provider.ts";

/** The description of a code tool; `{{types}}` becomes the declarations of the tools. */
export const DEFAULT_DESCRIPTION = `Run a program that calls the functions below, and get back what it returns.

{{types}}

Write one async arrow function, in TypeScript or JavaScript. The declared names are its globals; there is no network and nothing to import. Await every call, use Promise.all for calls that do not depend on each other, and return only what you need.

Example: async () => { const found = await codemode.search({ query: "test" }); return found; }`;

/** What `createCodeTool` takes. */
export interface CreateCodeToolOptions {
  /** A record of tools (the global `codemode`), or providers, each with its own global. */
  readonly tools: ToolProviderTools | readonly ToolProvider[];
  readonly executor: Executor;
  /** Replaces the description; `{{types}}` in it becomes the declarations of the tools. */
  readonly description?: string | undefined;
}

const OPTIONS = ["tools", "executor", "description"] as const satisfies readonly (keyof CreateCodeToolOptions)[];

/** A code tool before a framework dresses it. */
export interface PreparedCodeTool {
  readonly description: string;
  readonly providers: readonly ResolvedProvider[];
}

/** Puts the declarations into a description. A function replaces, because in a string `$&` in a type would mean something. */
export function describeCodeTool(description: string | undefined, types: readonly string[]): string {
  const declarations = types.filter((text) => text !== "").join("\n\n");
  return (description ?? DEFAULT_DESCRIPTION).replaceAll("{{types}}", () => declarations);
}

/**
 * Resolves the providers of a code tool; how a framework resolves one and prints its types is its own.
 *
 * @throws CodemodeError `INVALID_INPUT`, `INVALID_TOOL`, `INVALID_NAME` for options that no program could work with.
 */
export function prepareCodeTool(
  options: CreateCodeToolOptions,
  framework: {
    readonly resolve: (provider: ToolProvider) => ResolvedProvider;
    readonly print: (tools: ToolDescriptors, namespace: string) => string;
  },
): PreparedCodeTool {
  checkCodeToolOptions("createCodeTool", options, OPTIONS, ["tools"]);
  checkTools(options.tools);
  const providers = normalizeProviders(options.tools);
  // Here, since with two tools of one name every program would fail, also one that calls neither.
  for (const provider of providers) byMethod(Object.entries(callableOf(provider)), provider.name ?? DEFAULT_NAMESPACE);
  const types = providers.map(
    (provider) => provider.types ?? framework.print(callableOf(provider), provider.name ?? DEFAULT_NAMESPACE),
  );
  return { description: describeCodeTool(options.description, types), providers: providers.map(framework.resolve) };
}
