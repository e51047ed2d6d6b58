/** The public names of the tool set family. */
export type { ForeignCallOptions, ForeignTool, ForeignTools } from "./adapt.ts";
export { ToolSetConnector, type ToolSetConnectorOptions, toolSetConnector } from "./toolset.ts";
