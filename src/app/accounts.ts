/** A small connector backed by SQLite: customer accounts, with reads that are free and changes that a person approves. */
import { CodemodeConnector } from "../connector/connector.ts";
import type { ConnectorTools, ToolExecuteContext } from "../connector/types.ts";

interface Account {
  readonly id: number;
  readonly name: string;
  readonly balance: number;
  readonly credit: number;
}

const ID = { id: { type: "integer", minimum: 1, description: "Number of the account" } } as const;

/** Milliseconds between a note's effect and its answer. */
const ANSWER_MS = 25;

/** What happened, once per effect: the demo counts it to show that nothing ran twice. */
export interface Effect {
  readonly key: string;
  readonly what: string;
  readonly id: number;
}

/** Creates the tables and a few hundred accounts; does nothing when they exist. */
export function seedAccounts(sql: SqlStorage, count: number): void {
  sql.exec(`CREATE TABLE IF NOT EXISTS accounts (id INTEGER PRIMARY KEY, name TEXT NOT NULL, balance INTEGER NOT NULL, credit INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS effects (key TEXT NOT NULL, what TEXT NOT NULL, id INTEGER NOT NULL);`);
  const [row] = sql.exec<{ n: number }>("SELECT COUNT(*) AS n FROM accounts").toArray();
  if (row !== undefined && row.n > 0) return;
  for (let id = 1; id <= count; id += 1) {
    sql.exec("INSERT INTO accounts VALUES (?, ?, ?, 0)", id, `Customer ${id}`, ((id * 7919) % 2_000) - 1_000);
  }
}

export function effectsOf(sql: SqlStorage): Effect[] {
  return sql
    .exec<{ key: string; what: string; id: number }>("SELECT key, what, id FROM effects ORDER BY rowid")
    .toArray();
}

export class Accounts extends CodemodeConnector {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
  }

  override name(): string {
    return "accounts";
  }

  protected override instructions(): string {
    return "Balances and credits are in cents. A negative balance is money that the customer owes.";
  }

  #get(id: number): Account {
    const [row] = this.#sql
      .exec<{ id: number; name: string; balance: number; credit: number }>("SELECT * FROM accounts WHERE id = ?", id)
      .toArray();
    if (row === undefined) throw Object.assign(new RangeError(`There is no account ${id}.`), { code: "NO_ACCOUNT" });
    return row;
  }

  #effect(what: string, id: number, { idempotencyKey }: ToolExecuteContext): void {
    this.#sql.exec("INSERT INTO effects VALUES (?, ?, ?)", idempotencyKey, what, id);
  }

  protected override tools(): ConnectorTools {
    return {
      list: {
        description: "Numbers of all accounts",
        inputSchema: { type: "object", properties: {}, additionalProperties: false },
        outputSchema: { type: "array", items: { type: "integer" } },
        readOnly: true,
        execute: () =>
          this.#sql
            .exec<{ id: number }>("SELECT id FROM accounts ORDER BY id")
            .toArray()
            .map(({ id }) => id),
      },
      get: {
        description: "One account",
        inputSchema: { type: "object", properties: ID, required: ["id"], additionalProperties: false },
        outputSchema: {
          type: "object",
          properties: {
            id: { type: "integer" },
            name: { type: "string" },
            balance: { type: "integer" },
            credit: { type: "integer" },
          },
          required: ["id", "name", "balance", "credit"],
        },
        readOnly: true,
        execute: ({ id }: { id: number }) => this.#get(id),
      },
      set_credit: {
        description: "Give a customer credit; a person approves it",
        inputSchema: {
          type: "object",
          properties: { ...ID, credit: { type: "integer", minimum: 0, maximum: 100_000, description: "Cents" } },
          required: ["id", "credit"],
          additionalProperties: false,
        },
        requiresApproval: true,
        execute: ({ id, credit }: { id: number; credit: number }, context) => {
          const before = this.#get(id).credit;
          this.#sql.exec("UPDATE accounts SET credit = ? WHERE id = ?", credit, id);
          this.#effect("set_credit", id, context);
          return { id, before, credit };
        },
        revert: ({ id }: { id: number }, result: { before: number }, context) => {
          this.#sql.exec("UPDATE accounts SET credit = ? WHERE id = ?", result.before, id);
          this.#effect("revert set_credit", id, context);
        },
      },
      note: {
        description: "Write a note into the history of an account",
        inputSchema: {
          type: "object",
          properties: { ...ID, text: { type: "string" } },
          required: ["id", "text"],
          additionalProperties: false,
        },
        // Like a service across a network: what it did is done before its answer is here.
        execute: async ({ id }: { id: number; text: string }, context) => {
          this.#effect("note", this.#get(id).id, context);
          await scheduler.wait(ANSWER_MS);
          return { noted: id };
        },
      },
    };
  }
}
