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

type Accepts<Given extends Wanted, Wanted> = Given;
type Gives<Ours extends Released, Released> = Ours;

/** Functions and constants: ours may stand wherever the released one stood. */
export type Values = [
  Gives<typeof ours.createCodemodeRuntime, typeof released.createCodemodeRuntime>,
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
  Gives<typeof oursAi.aiTools, typeof releasedAi.aiTools>,
  Gives<typeof oursAi.createCodeTool, typeof releasedAi.createCodeTool>,
  Gives<typeof oursAi.generateTypes, typeof releasedAi.generateTypes>,
  Gives<typeof oursAi.resolveProvider, typeof releasedAi.resolveProvider>,
  Gives<typeof oursTanstack.createCodeTool, typeof releasedTanstack.createCodeTool>,
  Gives<typeof oursTanstack.generateTypes, typeof releasedTanstack.generateTypes>,
  Gives<typeof oursTanstack.normalizeProviders, typeof releasedTanstack.normalizeProviders>,
  Gives<typeof oursTanstack.resolveProvider, typeof releasedTanstack.resolveProvider>,
  Gives<typeof oursTanstack.tanstackTools, typeof releasedTanstack.tanstackTools>,
  Gives<typeof oursMcp.codeMcpServer, typeof releasedMcp.codeMcpServer>,
  Gives<typeof oursMcp.openApiMcpServer, typeof releasedMcp.openApiMcpServer>,
  Gives<typeof oursBrowser.createBrowserCodeTool, typeof releasedBrowser.createBrowserCodeTool>,
  Gives<typeof oursVite, typeof releasedVite>,
];

/** What a caller gives: a value of the released type is accepted. */
export type Given = [
  Accepts<released.CreateCodemodeRuntimeOptions["ctx"], ours.CreateCodemodeRuntimeOptions["ctx"]>,
  Accepts<released.CreateCodemodeRuntimeOptions["executor"], ours.CreateCodemodeRuntimeOptions["executor"]>,
  Accepts<released.CreateCodemodeRuntimeOptions["transformResult"], ours.CreateCodemodeRuntimeOptions["transformResult"]>,
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
  Gives<ours.CodemodeRuntimeHandle, released.CodemodeRuntimeHandle>,
  Gives<ours.ConnectorDescription, released.ConnectorDescription>,
  Gives<ours.DescribeOutput, released.DescribeOutput>,
  Gives<ours.SearchOutput, released.SearchOutput>,
  Gives<ours.SearchResult, released.SearchResult>,
  Gives<ours.ExecuteResult, released.ExecuteResult>,
  Gives<ours.ExecutionEndStatus, released.ExecutionEndStatus>,
  Gives<ours.PassEndStatus, released.PassEndStatus>,
  Gives<ours.ExecutionState, released.ExecutionState>,
  Gives<ours.ExecutionStatus, released.ExecutionStatus>,
  Gives<ours.PendingAction, released.PendingAction>,
  Gives<ours.ProxyToolOutput, released.ProxyToolOutput>,
  Gives<ours.Snippet, released.Snippet>,
  Gives<ours.ToolAnnotations, released.ToolAnnotations>,
  Gives<ours.ToolExecuteContext, released.ToolExecuteContext>,
  Gives<ours.ToolLogEntry, released.ToolLogEntry>,
  Gives<ours.OpenApiRequestOptions, released.OpenApiRequestOptions>,
  Gives<oursAi.CodeInput, releasedAi.CodeInput>,
  Gives<oursAi.CodeOutput, releasedAi.CodeOutput>,
  Gives<oursMcp.RequestOptions, releasedMcp.RequestOptions>,
  Gives<oursBrowser.BrowserCodeToolDescriptor, releasedBrowser.BrowserCodeToolDescriptor>,
  Gives<InstanceType<typeof ours.DynamicWorkerExecutor>, released.Executor>,
  Gives<InstanceType<typeof oursBrowser.IframeSandboxExecutor>, releasedBrowser.Executor>,
];
