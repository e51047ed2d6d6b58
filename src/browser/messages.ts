/**
 * What crosses the port between the page and the program's Worker. This file is the protocol of both ends.
 *
 * ```
 * page      → launcher  Start, with one end of the channel          once, over the window; the nonce says that it is ours
 * launcher  → page      failed                                       the Worker could not be started
 * page      → guest     run, then one `settled` for each `call`
 * guest     → page      started; console and call, any number; one `done`, which ends the run
 * ```
 *
 * Values are texts of the value codec, so data never looks like control. Whatever the guest can send, the program can send:
 * a message settles nothing but the program's own calls and the program's own run.
 */
import type { ConsoleLine } from "../wire/messages.ts";
import { type Failure, toFailure } from "../wire/values.ts";

/** A global of the program. */
export interface GuestNamespace {
  readonly name: string;
  /** Names that `Object.keys` shows; any other name is asked of the page, too, which knows near names. */
  readonly methods: readonly string[];
  /** JavaScript that may define further functions on the globals, before the program runs. */
  readonly prelude?: string;
}

/** The first message to the iframe. */
export interface Start {
  readonly nonce: string;
  /** Source of the Worker. */
  readonly worker: string;
}

/** A failure without its structured parts, which the program could not use. */
export type GuestFailure = Pick<Failure, "name" | "message" | "code">;

/** What was thrown on either end, as it crosses to the other. */
export function toGuestFailure(thrown: unknown): GuestFailure {
  const { name, message, code } = toFailure(thrown);
  return { name, message, ...(code !== undefined && { code }) };
}

export type ToGuest =
  | {
      readonly type: "run";
      /** Source of an async arrow function. */
      readonly program: string;
      readonly namespaces: readonly GuestNamespace[];
      readonly maxConsoleChars: number;
      readonly maxConsoleLineChars: number;
    }
  | { readonly type: "settled"; readonly id: number; readonly ok: true; readonly value: string }
  | { readonly type: "settled"; readonly id: number; readonly ok: false; readonly failure: GuestFailure };

export type ToPage =
  | { readonly type: "failed"; readonly message: string }
  /** The program begins now, and with it the counting of its time. */
  | { readonly type: "started" }
  | { readonly type: "console"; readonly lines: readonly ConsoleLine[] }
  | {
      readonly type: "call";
      readonly id: number;
      readonly namespace: string;
      readonly method: string;
      readonly args: string;
    }
  | { readonly type: "done"; readonly ok: true; readonly value: string }
  | { readonly type: "done"; readonly ok: false; readonly failure: GuestFailure };

type Fields = Readonly<Record<string, unknown>>;

const LEVELS: ReadonlySet<unknown> = new Set(["log", "info", "warn", "error", "debug"]);

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function isConsoleLine(value: unknown): value is ConsoleLine {
  return isFields(value) && LEVELS.has(value.level) && typeof value.text === "string";
}

function parseFailure(value: unknown): GuestFailure | undefined {
  if (!isFields(value)) return undefined;
  const { name, message, code } = value;
  if (typeof name !== "string" || typeof message !== "string") return undefined;
  return typeof code === "string" || typeof code === "number" ? { name, message, code } : { name, message };
}

function parseDone(message: Fields): ToPage | undefined {
  if (message.ok === true)
    return typeof message.value === "string" ? { type: "done", ok: true, value: message.value } : undefined;
  const failure = parseFailure(message.failure);
  return failure === undefined ? undefined : { type: "done", ok: false, failure };
}

function parseCall({ id, namespace, method, args }: Fields): ToPage | undefined {
  if (typeof id !== "number" || typeof namespace !== "string" || typeof method !== "string" || typeof args !== "string")
    return undefined;
  return { type: "call", id, namespace, method, args };
}

/** A message of the sandbox, or `undefined` for what no honest guest sends. Only known fields are kept. */
export function parseToPage(message: unknown): ToPage | undefined {
  if (!isFields(message)) return undefined;
  switch (message.type) {
    case "failed":
      return { type: "failed", message: String(message.message) };
    case "started":
      return { type: "started" };
    case "console":
      return Array.isArray(message.lines) ? { type: "console", lines: message.lines.filter(isConsoleLine) } : undefined;
    case "call":
      return parseCall(message);
    case "done":
      return parseDone(message);
    default:
      return undefined;
  }
}
