/** The root door: everything to run programs durably. It needs neither `ai`, `zod` nor an MCP SDK. */

export type {
  McpApprovalPolicy,
  McpClientLike,
  McpConnectionLike,
  McpMeta,
  McpProgress,
  McpTool,
} from "../connectors/mcp/index.ts";
export {
  McpConnector,
  type McpConnectorOptions,
  mcpConnector,
} from "../connectors/mcp/index.ts";
export {
  type OpenApiApproval,
  type OpenApiAuth,
  OpenApiConnector,
  type OpenApiConnectorOptions,
  type OpenApiDocuments,
  type OpenApiHttpOptions,
  type OpenApiNameCollision,
  type OpenApiOperation,
  type OpenApiRequestContext,
  type OpenApiRequestOptions,
  type OpenApiRetry,
  openApiConnector,
} from "../connectors/openapi/index.ts";
export { ToolSetConnector, type ToolSetConnectorOptions, toolSetConnector } from "../connectors/toolset/index.ts";
export type {
  DescribeOutput,
  SearchOptions,
  SearchOutput,
  SearchResult,
  UnavailableConnector,
} from "./catalog/contract.ts";
export { generateTypesFromJsonSchema, jsonSchemaToType } from "./catalog/types/declare.ts";
export { CodemodeConnector } from "./connector/connector.ts";
export {
  type AnyConnectorClass,
  type ConnectorClass,
  type ConnectorDefinition,
  defineConnector,
} from "./connector/define.ts";
export type { ReleasedConnector } from "./connector/foreign.ts";
export type { AuthoredTools } from "./connector/foreign-tool.ts";
export type { GivenSchema } from "./connector/schema-slips.ts";
export type {
  ApprovalRule,
  ConnectorDescription,
  ConnectorTool,
  ConnectorTools,
  ExecutionEndStatus,
  JsonSchemaToolDescriptor,
  JsonSchemaToolDescriptors,
  PassEndStatus,
  ToolAnnotations,
  ToolExecuteContext,
} from "./connector/types.ts";
export { CodemodeError, ERROR_CODES, type ErrorCode, isCodemodeError } from "./errors.ts";
export { createCodemodeRuntime } from "./handle.ts";
export type {
  CodemodeApproveOptions,
  CodemodeExpireOptions,
  CodemodeRejectOptions,
  CodemodeResolveOptions,
  CodemodeRollbackOptions,
  CodemodeRuntimeHandle,
  CreateCodemodeRuntimeOptions,
  ListExecutionsOptions,
  MaintainReport,
  TransformResult,
} from "./handle-types.ts";
export type {
  DecisionRecord,
  ExecutionState,
  ExecutionStatus,
  ExecutionSummary,
  FailureRecord,
  PendingAction,
  ProxyToolInput,
  ProxyToolOutput,
  RollbackItem,
  RollbackPreview,
  RollbackReport,
  SaveSnippetOptions,
  Snippet,
  ToolDecision,
  ToolLogEntry,
  ToolLogEntryState,
} from "./journal/public.ts";
export {
  DEFAULT_LIMITS,
  DEFAULT_MAX_EXECUTIONS,
  DEFAULT_PAUSED_TTL_MS,
  type Limits,
  MAX_DURABLE_VALUE_BYTES,
} from "./limits.ts";
export { sanitizeToolName } from "./names.ts";
export { CodemodeRuntime } from "./runtime/facet.ts";
export { DynamicWorkerExecutor, type DynamicWorkerExecutorOptions } from "./sandbox/dynamic-worker-executor.ts";
export type {
  Bridge,
  ConnectorBinding,
  ExecuteOptions,
  ExecuteResult,
  Executor,
  PassRequest,
  ResolvedProvider,
} from "./sandbox/executor.ts";
export { normalizeCode } from "./sandbox/program/normalize.ts";
export type { CodemodeEvent, CodemodeEventListener, CodemodeEventOf, CodemodeEventTable } from "./telemetry/events.ts";
export { ToolDispatcher } from "./tool/dispatcher.ts";
export {
  normalizeProviders,
  resolveProvider,
  type ToolDescriptor,
  type ToolDescriptors,
  type ToolProvider,
  type ToolProviderTools,
} from "./tool/provider.ts";
export { type CodeInput, type CodeOutput, runCode } from "./tool/run-code.ts";
export type { CodemodeRuntimeToolOptions, CodemodeTool } from "./tool/tool.ts";
export { type TruncateOptions, truncateResponse, truncateResult } from "./truncate.ts";
