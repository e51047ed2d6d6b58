/** The MCP connector keeps the contract of all connectors. */
import { describeConnectorContract } from "../contract.ts";
import { over, scripted, tool } from "./make.ts";

describeConnectorContract("McpConnector", () =>
  over(
    scripted([
      tool("search-items", { annotations: { readOnlyHint: true } }),
      tool("delete_item", {
        description: "Delete an item",
        inputSchema: {
          type: "object",
          properties: { id: { $ref: "#/$defs/Id" } },
          required: ["id"],
          $defs: { Id: { type: "integer" } },
        },
        outputSchema: { type: "object", properties: { deleted: { type: "boolean" } } },
        annotations: { destructiveHint: true },
      }),
      tool("plain"),
    ]),
  ),
);
