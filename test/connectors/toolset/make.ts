/** What the tests of tool sets are made with: connectors only keep their context, so an empty one does. */
import { type ForeignTools, type ToolSetConnector, toolSetConnector } from "../../../connectors/toolset/index.ts";

export const ctx = {} as unknown as ExecutionContext;

export function make(tools: ForeignTools, name?: string): ToolSetConnector {
  return toolSetConnector(ctx, { tools, ...(name !== undefined && { name }) });
}
