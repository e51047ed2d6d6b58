/** Tools for tests of decisions and recovery: each call is written down, gated calls wait for the test. */
import type { ConnectorTools, ToolExecuteContext } from "../../src/connector/types.ts";
import { type Gate, makeGate } from "./gate.ts";
import type { Toolbox } from "./runtime.ts";

/** One call as a tool saw it. */
export interface Seen {
  readonly tool: string;
  readonly args: unknown;
  readonly key: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
}

export interface World {
  readonly gate: Gate;
  /** Calls in the order in which they reached their tools. */
  readonly seen: readonly Seen[];
  /** The same as text, `tool(args)`. */
  calls(): string[];
  readonly toolbox: Toolbox;
}

const TO_SCHEMA = {
  type: "object",
  properties: { to: { type: "string" }, amount: { type: "number", minimum: 0 } },
  required: ["to"],
  additionalProperties: false,
} as const;

/**
 * `bank.pay` needs approval and can be undone, `bank.tip` needs it from 10 on, `bank.log` is a free effect,
 * `bank.see` a read, `bank.put` idempotent; `slow.*` are the same behind the gate.
 */
export function makeWorld(): World {
  const gate = makeGate();
  const seen: Seen[] = [];
  const note = (tool: string, args: unknown, context: ToolExecuteContext) => {
    seen.push({ tool, args, key: context.idempotencyKey, attempt: context.attempt, signal: context.signal });
  };
  const instant = (tool: string) => (args: unknown, context: ToolExecuteContext) => {
    note(tool, args, context);
    return `${tool} done`;
  };
  const gated = (tool: string) => (args: { readonly id: string }, context: ToolExecuteContext) => {
    note(tool, args, context);
    return gate.pass(args.id);
  };
  const undo = (tool: string) => (args: unknown, _result: unknown, context: ToolExecuteContext) =>
    note(`undo ${tool}`, args, context);
  return {
    gate,
    seen,
    calls: () => seen.map(({ tool, args }) => `${tool}(${JSON.stringify(args)})`),
    toolbox: {
      bank: {
        pay: {
          description: "Pay",
          inputSchema: TO_SCHEMA,
          requiresApproval: true,
          execute: instant("pay"),
          revert: undo("pay"),
        },
        tip: { requiresApproval: (args) => Number(Reflect.get(Object(args), "amount")) >= 10, execute: instant("tip") },
        log: { execute: instant("log"), revert: undo("log") },
        see: { readOnly: true, execute: instant("see") },
        put: { idempotent: true, execute: instant("put") },
      },
      slow: {
        pay: { requiresApproval: true, execute: gated("slow.pay"), revert: undo("slow.pay") },
        log: { execute: gated("slow.log"), revert: undo("slow.log") },
        see: { readOnly: true, execute: gated("slow.see") },
        put: { idempotent: true, execute: gated("slow.put") },
      },
    },
  };
}

/** `bad.fail` throws what the test says, each time. */
export function makeFailing(thrown: (ran: number) => unknown): { readonly bad: ConnectorTools; ran(): number } {
  let ran = 0;
  const execute = () => {
    ran += 1;
    throw thrown(ran);
  };
  return { bad: { fail: { execute } }, ran: () => ran };
}
