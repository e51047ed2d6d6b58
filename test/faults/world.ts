/**
 * The world outside: tools whose effects are written into a ledger that no crash of the engine can touch.
 *
 * `act.*` are effects, `ask.*` need approval, `read.*` change nothing. Backends of idempotent tools keep one effect per
 * key, as real ones do; all others write down each time they are called.
 */
import type { ConnectorTools, ToolExecuteContext } from "../../src/connector/types.ts";
import type { Toolbox } from "../support/runtime.ts";

export interface Effect {
  readonly key: string;
  readonly tool: string;
  readonly args: unknown;
  readonly result: unknown;
}

export interface Ledger {
  readonly effects: readonly Effect[];
  readonly reverts: readonly Effect[];
  /** The key of each time that a tool was asked to undo an effect, also of those that were undone already. */
  readonly undoing: readonly string[];
  readonly toolbox: Toolbox;
  effectOf(key: string): Promise<Effect | undefined>;
  /** From now on what `act.locked` did can be undone. */
  unlock(): void;
}

/** The tool whose effects can be undone only once a person has unlocked them. */
export const LOCKED = "act.locked";

/** @param before called when an effect, or the undoing of one, is with its tool and has not taken place yet. */
export function makeLedger(before?: (what: "effect" | "revert") => Promise<void>): Ledger {
  const effects: Effect[] = [];
  const reverts: Effect[] = [];
  const undoing: string[] = [];
  let locked = true;
  const write = (list: Effect[], tool: string, args: unknown, { idempotencyKey: key }: ToolExecuteContext): unknown => {
    const result = { did: tool, of: args };
    list.push({ key, tool, args, result });
    return result;
  };
  const once = (list: Effect[], tool: string, args: unknown, context: ToolExecuteContext): unknown => {
    const known = list.find(({ key }) => key === context.idempotencyKey);
    return known === undefined ? write(list, tool, args, context) : known.result;
  };
  const gated = (what: "effect" | "revert", make: () => unknown): unknown =>
    before === undefined ? make() : before(what).then(make);
  const act = (tool: string) => (args: unknown, context: ToolExecuteContext) =>
    gated("effect", () => write(effects, tool, args, context));
  const undo = (tool: string) => (args: unknown, _result: unknown, context: ToolExecuteContext) =>
    gated("revert", () => {
      undoing.push(context.idempotencyKey);
      return once(reverts, tool, args, context);
    });
  const refuse = (message: string) => () => {
    throw Object.assign(new Error(message), { code: "E_TOOL" });
  };
  const undoUnlocked = undo(LOCKED);
  const toolsOf = (prefix: "act" | "ask"): ConnectorTools => {
    const asked = prefix === "ask" ? { requiresApproval: true } : {};
    return {
      do: { ...asked, execute: act(`${prefix}.do`), revert: undo(`${prefix}.do`) },
      final: { ...asked, execute: act(`${prefix}.final`) },
      put: {
        ...asked,
        idempotent: true,
        execute: (args: unknown, context: ToolExecuteContext) =>
          gated("effect", () => once(effects, `${prefix}.put`, args, context)),
        revert: undo(`${prefix}.put`),
      },
      stuck: { ...asked, execute: act(`${prefix}.stuck`), revert: refuse("cannot be undone today") },
      fail: { ...asked, execute: refuse("the tool said no") },
    };
  };
  return {
    effects,
    reverts,
    undoing,
    effectOf: async (key) => effects.find((effect) => effect.key === key),
    unlock: () => {
      locked = false;
    },
    toolbox: {
      act: {
        ...toolsOf("act"),
        locked: {
          execute: act(LOCKED),
          revert: (args: unknown, result: unknown, context: ToolExecuteContext) =>
            locked ? refuse("locked, until somebody opens it")() : undoUnlocked(args, result, context),
        },
      },
      ask: {
        ...toolsOf("ask"),
        some: {
          requiresApproval: (args) => Number(Reflect.get(Object(args), "amount")) > 10,
          execute: act("ask.some"),
        },
      },
      read: {
        get: { readOnly: true, execute: (args: unknown) => ({ got: args }) },
        big: { readOnly: true, replay: "reexecute", execute: (args: unknown) => ({ big: args }) },
        list: { readOnly: true, execute: () => [1, 2, 3] },
        fail: { readOnly: true, execute: refuse("nothing to read") },
      },
    },
  };
}

/** Tools for which a second call with the same key is no second effect. */
export const IDEMPOTENT: ReadonlySet<string> = new Set(["act.put", "ask.put"]);
