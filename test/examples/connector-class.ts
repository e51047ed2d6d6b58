/** A connector as a class: it has the Worker's `env`, and may hold what its tools share. */
import { CodemodeConnector, type ConnectorTools } from "durable-codemode";

interface Env {
  readonly TRACKER: {
    list(): Promise<readonly string[]>;
    close(id: number, options: { readonly idempotencyKey: string }): Promise<void>;
    reopen(id: number): Promise<void>;
  };
}

export class Issues extends CodemodeConnector<Env> {
  override name() {
    return "issues";
  }
  protected override instructions() {
    return "The team's issue tracker.";
  }
  // With the type, the parameters of `execute` and `revert` have theirs.
  protected override tools(): ConnectorTools {
    return {
      list: {
        description: "List open issues",
        readOnly: true,
        execute: () => this.env.TRACKER.list(),
      },
      close: {
        description: "Close an issue",
        inputSchema: { type: "object", properties: { id: { type: "integer" } }, required: ["id"] },
        requiresApproval: true,
        execute: ({ id }: { id: number }, { idempotencyKey }) => this.env.TRACKER.close(id, { idempotencyKey }),
        revert: ({ id }: { id: number }) => this.env.TRACKER.reopen(id),
      },
    };
  }
}
