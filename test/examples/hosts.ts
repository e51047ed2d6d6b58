/** The Durable Object classes of the examples, for the Worker that the tests run in. */
export { Support } from "./agent.ts";
export { Desk } from "./quick-start.ts";
