/** A connector file: the plugin finds it by its name. */
import { defineConnector } from "durable-codemode";

const kept: string[] = [];

export const Notes = defineConnector({
  name: "notes",
  tools: {
    list: { readOnly: true, execute: () => [...kept] },
    add: { requiresApproval: true, execute: ({ text }: { text: string }) => kept.push(text) },
  },
});
