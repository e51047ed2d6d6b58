/**
 * The door for browsers: `import { IframeSandboxExecutor } from "durable-codemode/browser"`.
 *
 * Programs run in the visitor's own browser, in a sandboxed iframe without network. Nothing here needs a Worker or a framework.
 */
export type {
  BrowserCodeToolDescriptor,
  CreateBrowserCodeToolOptions,
  JsonSchemaExecutableToolDescriptor,
  JsonSchemaExecutableToolDescriptors,
} from "./browser/code-tool.ts";
export { createBrowserCodeTool } from "./browser/code-tool.ts";
export type { IframeSandboxExecutorOptions } from "./browser/iframe-executor.ts";
export { IframeSandboxExecutor } from "./browser/iframe-executor.ts";
export type { JsonSchemaToolDescriptor, JsonSchemaToolDescriptors } from "./connector/types.ts";
export type { ExecuteResult, Executor, ResolvedProvider } from "./sandbox/executor.ts";
export type { CodeInput, CodeOutput } from "./tool/run-code.ts";
