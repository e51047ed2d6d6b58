/** The code tool for browsers: plain JSON Schema in and out, for any framework and for `navigator.modelContext`. */

import { generateTypesFromJsonSchema } from "../catalog/types/declare.ts";
import type { JsonSchemaToolDescriptor } from "../connector/types.ts";
import { findViolation } from "../connector/validate.ts";
import { CodemodeError } from "../errors.ts";
import { sanitizeToolName } from "../names.ts";
import type { Executor, ResolvedProvider } from "../sandbox/executor.ts";
import { checkOptionNames, checkTools, requireOneEach } from "../tool/check-code-tool.ts";
import { checkExecutor } from "../tool/check-setup.ts";
import { CODE_INPUT_JSON_SCHEMA, CODE_OUTPUT_JSON_SCHEMA } from "../tool/code-input.ts";
import { describeCodeTool } from "../tool/code-tool.ts";
import { DEFAULT_NAMESPACE, isCallable } from "../tool/provider.ts";
import { type CodeInput, type CodeOutput, runCode } from "../tool/run-code.ts";
import { IframeSandboxExecutor } from "./iframe-executor.ts";

/** A tool that is described by JSON Schema and can be run. */
export interface JsonSchemaExecutableToolDescriptor extends JsonSchemaToolDescriptor {
  /** Needed in a list of tools; in a record the key is the name. */
  name?: string;
  execute: (args: Record<string, unknown>) => Promise<unknown>;
}

/** Such tools by the names that programs call them by. */
export type JsonSchemaExecutableToolDescriptors = Record<string, JsonSchemaExecutableToolDescriptor>;

/** In a page nobody can be asked later: tools that may need approval are left out. */
type GivenTool = JsonSchemaExecutableToolDescriptor & {
  needsApproval?: boolean | ((...args: unknown[]) => unknown);
  requiresApproval?: boolean | ((...args: unknown[]) => unknown);
};

/** What {@link createBrowserCodeTool} takes. */
export interface CreateBrowserCodeToolOptions {
  /** A record of tools, or a list of named ones; programs see them as `codemode.*`. */
  readonly tools: readonly GivenTool[] | Readonly<Record<string, GivenTool>>;
  /** Default: a new `IframeSandboxExecutor`. */
  readonly executor?: Executor | undefined;
  /** Replaces the description; `{{types}}` in it becomes the declarations of the tools. */
  readonly description?: string | undefined;
}

const OPTIONS = ["tools", "executor", "description"] as const satisfies readonly (keyof CreateBrowserCodeToolOptions)[];

/** A tool as `navigator.modelContext.registerTool` and most frameworks take it. */
export interface BrowserCodeToolDescriptor {
  name: string;
  description: string;
  inputSchema: { type: "object"; properties: { code: { type: "string"; description: string } }; required: ["code"] };
  outputSchema: {
    type: "object";
    properties: {
      result: { description: string };
      logs: { type: "array"; items: { type: "string" }; description: string };
    };
    required: ["result"];
  };
  execute: (args: CodeInput) => Promise<CodeOutput>;
}

function isList(tools: CreateBrowserCodeToolOptions["tools"]): tools is readonly GivenTool[] {
  return Array.isArray(tools);
}

function byName(tools: CreateBrowserCodeToolOptions["tools"]): readonly (readonly [string, GivenTool])[] {
  if (!isList(tools)) return Object.entries(tools);
  const named = tools.map((tool, index) => {
    if (isObject(tool) && typeof tool.name === "string" && tool.name !== "") return [tool.name, tool] as const;
    throw new CodemodeError("INVALID_TOOL", `tools[${index}]: a tool in a list needs a name.`, { index });
  });
  requireOneEach(named.map(([name]) => name));
  return named;
}

/** An array passes, too: whether one may be given, the tool's schema says. */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** The function that programs call: arguments that do not fit the schema never reach the tool. */
function checked(name: string, { inputSchema, execute }: GivenTool): ResolvedProvider["fns"][string] {
  return async (input = {}) => {
    const violation = findViolation(inputSchema, input);
    if (violation !== undefined || !isObject(input)) {
      const { path, message } = violation ?? { path: "args", message: "args: must be an object" };
      throw new CodemodeError("INVALID_ARGUMENTS", `${DEFAULT_NAMESPACE}.${name}: ${message}`, { path });
    }
    return execute(input);
  };
}

/**
 * A code tool of JSON Schema tools, with nothing but browser APIs. Arguments are checked against each tool's schema; tools that need
 * approval are left out.
 *
 * @throws CodemodeError `INVALID_INPUT` for options that no program could work with; `INVALID_TOOL` for a tool in a list without a name,
 * or for what is no tool; from `execute`, `SYNTAX_ERROR` or `PROGRAM_ERROR`.
 *
 * @example
 * ```ts
 * const codemode = createBrowserCodeTool({ tools: { addToCart: { inputSchema, execute: (args) => cart.add(args) } } });
 * navigator.modelContext.registerTool(codemode);
 * ```
 */
export function createBrowserCodeTool(options: CreateBrowserCodeToolOptions): BrowserCodeToolDescriptor {
  checkOptionNames("createBrowserCodeTool", options, OPTIONS, ["tools"]);
  const { executor = new IframeSandboxExecutor() } = options;
  checkExecutor(executor);
  // A list is of tools here, each with a name of its own.
  if (!isList(options.tools)) checkTools(options.tools);
  const tools = byName(options.tools).filter(([name, tool]) => isCallable(name, tool));
  const descriptors = tools.map(
    ([name, { description, inputSchema, outputSchema }]) =>
      [
        sanitizeToolName(name),
        {
          ...(description !== undefined && { description }),
          inputSchema,
          ...(outputSchema !== undefined && { outputSchema }),
        },
      ] as const,
  );
  const types = generateTypesFromJsonSchema(Object.fromEntries(descriptors));
  const fns = Object.fromEntries(tools.map(([name, tool]) => [name, checked(name, tool)]));
  const { type, properties } = CODE_INPUT_JSON_SCHEMA;
  return {
    name: DEFAULT_NAMESPACE,
    description: describeCodeTool(options.description, [types]),
    inputSchema: structuredClone<BrowserCodeToolDescriptor["inputSchema"]>({ type, properties, required: ["code"] }),
    outputSchema: structuredClone<BrowserCodeToolDescriptor["outputSchema"]>({
      ...CODE_OUTPUT_JSON_SCHEMA,
      required: ["result"],
    }),
    execute: ({ code }) => runCode({ code, executor, providers: [{ name: DEFAULT_NAMESPACE, fns }] }),
  };
}
