/** The Worker that the tests of the console look at: the app's, with one more connector that does what a test needs. */
import app, { Desk as AppDesk } from "../../src/app/worker.ts";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import type { ConnectorTools } from "../../src/connector/types.ts";

export { CodemodeRuntime } from "../../src/app/worker.ts";

let ticks = 0;

class Post extends CodemodeConnector {
  override name(): string {
    return "post";
  }

  protected override tools(): ConnectorTools {
    return {
      ask: {
        description: "Takes anything, once a person has allowed it",
        inputSchema: { type: "object" },
        requiresApproval: true,
        execute: (input: unknown) => ({ asked: input }),
      },
      tick: {
        description: "Answers something else each time, also on replay",
        inputSchema: { type: "object" },
        replay: "reexecute",
        execute: () => {
          ticks += 1;
          return { ticks };
        },
      },
      send: {
        description: "Does not answer at its first attempt: only the end of the process ends it",
        inputSchema: { type: "object", properties: { n: { type: "integer" } }, required: ["n"] },
        execute: ({ n }: { n: number }, { attempt }) => (attempt > 1 ? { sent: n } : new Promise(() => {})),
      },
    };
  }
}

export class Desk extends AppDesk {
  protected override connectors(): CodemodeConnector[] {
    return [...super.connectors(), new Post(this.ctx, this.env)];
  }
}

export default app;
