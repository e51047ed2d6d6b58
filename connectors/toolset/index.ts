/** The public names of the tool set family. */
export type { ForeignTool } from "../../src/connector/foreign-tool.ts";
export type { ForeignCallOptions, ForeignTools } from "./adapt.ts";
export { ToolSetConnector, type ToolSetConnectorOptions, toolSetConnector } from "./toolset.ts";
