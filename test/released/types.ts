/**
 * Code written for the released package compiles against this one: what it passes is accepted, what it reads is there.
 *
 * Checked by the compiler alone. `Accepts<Given, Wanted>`: a value of the released type may be given where ours is wanted.
 * `Gives<Ours, Released>`: what ours gives may be used where the released type is expected.
 */
import type * as released from "@cloudflare/codemode";
import type * as releasedAi from "@cloudflare/codemode/ai";
import type * as releasedBrowser from "@cloudflare/codemode/browser";
import type * as releasedMcp from "@cloudflare/codemode/mcp";
import type * as releasedTanstack from "@cloudflare/codemode/tanstack-ai";
import type releasedVite from "@cloudflare/codemode/vite";
import type * as ours from "durable-codemode";
import type * as oursAi from "durable-codemode/ai";
import type * as oursBrowser from "durable-codemode/browser";
import type * as oursMcp from "durable-codemode/mcp";
import type * as oursTanstack from "durable-codemode/tanstack-ai";
import type oursVite from "durable-codemode/vite";

/**
 * The differences that stay, each for its reason:
 *
 * | type | ours has | reason |
 * |---|---|---|
 * | `ExecutionStatus` | `"rolling_back"` | a rollback that a crash interrupted is neither done nor undone |
 * | `ToolLogEntryState` | `"approved"`, `"in_doubt"`, `"rejected"`, `"revert_failed"` | states that the released log cannot tell apart |
 * | `CodemodeTool["inputSchema"]` | its own `vendor` | Standard Schema: the vendor names the library |
 * | `ToolProvider["tools"]` | more kinds of tools and schemas | it is given, never read: what was accepted still is |
 * | `rollback()` | a report, not nothing | what was undone, and what was not |
 *
 * A `switch` that is exhaustive over one of the first two needs the further cases; nothing else changes.
 */
type Handle<H> = Omit<H, "tool" | "rollback" | "execute" | "approve" | "executions">;
type Outcome<O> = O extends unknown ? Omit<O, "calls"> : never;

/** Nothing is missing from ours: every status and state of the released package is one here. */
export type Known = [
  Accepts<released.ExecutionStatus, ours.ExecutionStatus>,
  Accepts<released.ToolLogEntry["state"], ours.ToolLogEntryState>,
  Accepts<keyof released.CodemodeRuntimeHandle, keyof ours.CodemodeRuntimeHandle>,
];

type Accepts<Given extends Wanted, Wanted> = Given;
type Gives<Ours extends Released, Released> = Ours;

/** Functions and constants: ours may stand wherever the released one stood. */
export type Values = [
  Gives<typeof ours.generateTypesFromJsonSchema, typeof released.generateTypesFromJsonSchema>,
  Gives<typeof ours.jsonSchemaToType, typeof released.jsonSchemaToType>,
  Gives<typeof ours.normalizeCode, typeof released.normalizeCode>,
  Gives<typeof ours.resolveProvider, typeof released.resolveProvider>,
  Gives<typeof ours.runCode, typeof released.runCode>,
  Gives<typeof ours.sanitizeToolName, typeof released.sanitizeToolName>,
  Gives<typeof ours.truncateResponse, typeof released.truncateResponse>,
  Gives<typeof ours.truncateResult, typeof released.truncateResult>,
  Gives<typeof ours.DEFAULT_MAX_EXECUTIONS, typeof released.DEFAULT_MAX_EXECUTIONS>,
  Gives<typeof ours.DEFAULT_PAUSED_TTL_MS, typeof released.DEFAULT_PAUSED_TTL_MS>,
  Gives<typeof ours.MAX_DURABLE_VALUE_BYTES, typeof released.MAX_DURABLE_VALUE_BYTES>,
  Accepts<Parameters<typeof releasedAi.aiTools>, Parameters<typeof oursAi.aiTools>>,
  Gives<typeof oursAi.createCodeTool, typeof releasedAi.createCodeTool>,
  Gives<typeof oursAi.generateTypes, typeof releasedAi.generateTypes>,
  Gives<typeof oursAi.resolveProvider, typeof releasedAi.resolveProvider>,
  Gives<typeof oursTanstack.createCodeTool, typeof releasedTanstack.createCodeTool>,
  Gives<typeof oursTanstack.generateTypes, typeof releasedTanstack.generateTypes>,
  Accepts<Parameters<typeof releasedTanstack.normalizeProviders>, Parameters<typeof oursTanstack.normalizeProviders>>,
  Gives<typeof oursTanstack.resolveProvider, typeof releasedTanstack.resolveProvider>,
  Accepts<Parameters<typeof releasedTanstack.tanstackTools>, Parameters<typeof oursTanstack.tanstackTools>>,
  Gives<typeof oursMcp.codeMcpServer, typeof releasedMcp.codeMcpServer>,
  Gives<typeof oursMcp.openApiMcpServer, typeof releasedMcp.openApiMcpServer>,
  Gives<typeof oursBrowser.createBrowserCodeTool, typeof releasedBrowser.createBrowserCodeTool>,
  Gives<typeof oursVite, typeof releasedVite>,
];

/** What a caller gives: a value of the released type is accepted. */
export type Given = [
  Accepts<released.CreateCodemodeRuntimeOptions, ours.CreateCodemodeRuntimeOptions>,
  Accepts<released.CodemodeConnector, ours.ReleasedConnector>,
  Accepts<released.CodemodeRuntimeToolOptions, ours.CodemodeRuntimeToolOptions>,
  Accepts<released.CodemodeApproveOptions, ours.CodemodeApproveOptions>,
  Accepts<released.CodemodeRejectOptions, ours.CodemodeRejectOptions>,
  Accepts<released.CodemodeRollbackOptions, ours.CodemodeRollbackOptions>,
  Accepts<released.CodemodeExpireOptions, ours.CodemodeExpireOptions>,
  Accepts<released.ConnectorTool, ours.ConnectorTool>,
  Accepts<released.ConnectorTools, ours.ConnectorTools>,
  Accepts<released.ConnectorBinding, ours.ConnectorBinding>,
  Accepts<released.DynamicWorkerExecutorOptions, ours.DynamicWorkerExecutorOptions>,
  Accepts<released.ExecuteOptions, ours.ExecuteOptions>,
  Accepts<released.Executor, ours.Executor>,
  Accepts<released.JsonSchemaToolDescriptor, ours.JsonSchemaToolDescriptor>,
  Accepts<released.JsonSchemaToolDescriptors, ours.JsonSchemaToolDescriptors>,
  Accepts<released.McpConnectionLike, ours.McpConnectionLike>,
  Accepts<released.ProxyToolInput, ours.ProxyToolInput>,
  Accepts<released.ResolvedProvider, ours.ResolvedProvider>,
  Accepts<released.SaveSnippetOptions, ours.SaveSnippetOptions>,
  Accepts<released.ToolProvider, ours.ToolProvider>,
  Accepts<released.TransformResult, ours.TransformResult>,
  Accepts<released.TruncateOptions, ours.TruncateOptions>,
  Accepts<releasedAi.CreateCodeToolOptions, oursAi.CreateCodeToolOptions>,
  Accepts<releasedAi.ToolSetConnectorOptions, oursAi.ToolSetConnectorOptions>,
  Accepts<releasedTanstack.CreateCodeToolOptions, oursTanstack.CreateCodeToolOptions>,
  Accepts<releasedMcp.CodeMcpServerOptions, oursMcp.CodeMcpServerOptions>,
  Accepts<releasedMcp.OpenApiMcpServerOptions, oursMcp.OpenApiMcpServerOptions>,
  Accepts<releasedBrowser.CreateBrowserCodeToolOptions, oursBrowser.CreateBrowserCodeToolOptions>,
  Accepts<releasedBrowser.IframeSandboxExecutorOptions, oursBrowser.IframeSandboxExecutorOptions>,
];

/** What a caller reads: ours has everything that the released type has. */
export type Read = [
  Gives<Handle<ours.CodemodeRuntimeHandle>, Handle<released.CodemodeRuntimeHandle>>,
  Gives<ours.ConnectorDescription, released.ConnectorDescription>,
  Gives<ours.DescribeOutput, released.DescribeOutput>,
  Gives<ours.SearchOutput, released.SearchOutput>,
  Gives<ours.SearchResult, released.SearchResult>,
  Gives<ours.ExecuteResult, released.ExecuteResult>,
  Gives<ours.ExecutionEndStatus, released.ExecutionEndStatus>,
  Gives<ours.PassEndStatus, released.PassEndStatus>,
  Gives<Omit<ours.ExecutionState, "status" | "log">, Omit<released.ExecutionState, "status" | "log">>,
  Gives<ours.PendingAction, released.PendingAction>,
  Gives<Outcome<ours.ProxyToolOutput>, Outcome<released.ProxyToolOutput>>,
  Gives<ours.Snippet, released.Snippet>,
  Gives<ours.ToolAnnotations, released.ToolAnnotations>,
  Gives<ours.ToolExecuteContext, released.ToolExecuteContext>,
  Gives<Omit<ours.ToolLogEntry, "state">, Omit<released.ToolLogEntry, "state">>,
  Gives<ours.ToolDecision, released.ToolDecision>,
  Gives<ours.OpenApiRequestOptions, released.OpenApiRequestOptions>,
  Gives<oursAi.CodeInput, releasedAi.CodeInput>,
  Gives<oursAi.CodeOutput, releasedAi.CodeOutput>,
  Gives<oursMcp.RequestOptions, releasedMcp.RequestOptions>,
  Gives<oursBrowser.BrowserCodeToolDescriptor, releasedBrowser.BrowserCodeToolDescriptor>,
  Gives<InstanceType<typeof ours.DynamicWorkerExecutor>, released.Executor>,
  Gives<InstanceType<typeof oursBrowser.IframeSandboxExecutor>, releasedBrowser.Executor>,
];
