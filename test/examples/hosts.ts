/** The Durable Object classes of the examples, for the Worker that the tests run in. */
export { Support } from "./agent.ts";
export { Publisher } from "./agent-maintenance.ts";
export { Editor } from "./maintenance.ts";
export { Files, Librarian } from "./mcp-agent.ts";
export { Bank } from "./mcp-server.ts";
export { Desk } from "./quick-start.ts";
export { Chat } from "./stop.ts";
