/**
 * The bridge protocol, host's end and guest's end alike: what travels between the facet and a sandbox.
 * `README.md` in this folder is the specification; change both in one commit.
 *
 * The guest speaks in turns. It runs until nothing more can happen without the host, then sends one Turn with all that
 * it did, and waits; the answer is a Reply with what the host settled. A newer Turn releases an older one at once.
 */

/** Changes with every change of this file that an old shim or an old host would misread. */
export const WIRE_VERSION = 2;

/** What one value of the line may come to, in bytes: it ends at 32 MiB, names and numbers included. */
export const MAX_LINE_BYTES = 33_000_000;

/**
 * Encoded text that one message carries, in characters; what is left goes with the next. A message is JSON around JSON, so
 * it may come to twice that, at two bytes each: under the 32 MiB of one RPC value.
 */
export const MAX_MESSAGE_CHARS = 7_000_000;

/** What a program returns travels once, and no replay needs it: it may be larger than what is recorded. */
export const MAX_RESULT = { maxValueBytes: MAX_MESSAGE_CHARS } as const;

/** Longest timer: what a signed 32-bit number holds, as everywhere. */
export const MAX_TIMER_MS = 2_147_483_647;

/** Longest name of a connector, a tool or a step. Names stand in every entry of the journal and in its messages. */
export const MAX_NAME_CHARS = 1_000;

/** What the guest asks for. `seq` is given by the guest, synchronously, in program order, from 0. */
export type Request = CallRequest | StepRequest | TimerRequest;

interface Numbered {
  readonly seq: number;
  /** The step inside of whose function the request was made. */
  readonly parent?: number | undefined;
  /** Line of the program that made it: of what the host may find to differ from its record. */
  readonly line?: number | undefined;
}

/** A connector's tool; `args` is the encoded array of arguments. */
export interface CallRequest extends Numbered {
  readonly kind: "call";
  readonly connector: string;
  readonly method: string;
  readonly args: string;
}

/** `codemode.step(name, fn)`: the guest runs `fn` and says how it settled. */
export interface StepRequest extends Numbered {
  readonly kind: "step";
  readonly name: string;
}

export interface TimerRequest extends Numbered {
  readonly kind: "timer";
  readonly ms: number;
}

/** How the guest says that something ended: an encoded value, or an encoded failure. */
export interface GuestOutcome {
  readonly ok: boolean;
  readonly value: string;
}

/** How a step's function ended. */
export interface StepEnd extends GuestOutcome {
  readonly seq: number;
  /**
   * Epoch milliseconds at which the function began and at which the program was told of its end. There when the guest told
   * the program by itself, as it may while nothing else is open with the host; absent when the host must deliver it.
   */
  readonly told?: readonly [from: number, at: number] | undefined;
}

export interface ConsoleLine {
  readonly level: "log" | "info" | "warn" | "error" | "debug";
  readonly text: string;
}

/** Stands where a console goes on that was longer than it may be. */
export const CONSOLE_FULL = "(console limit reached; later output is not kept)";

/** A line of a snippet, by the name of its module. */
export interface SnippetPlace {
  readonly module: string;
  readonly line: number;
}

/** The program's end. The others are set where the shim knows more than the program's own error says. */
export interface Done extends GuestOutcome {
  readonly code?: string | undefined;
  /** Of the program, never of a snippet. */
  readonly line?: number | undefined;
  /** The error was thrown inside of a snippet. */
  readonly snippet?: SnippetPlace | undefined;
}

/** One message of the guest. */
export interface Turn {
  /** Counts the guest's messages from 0. */
  readonly turn: number;
  /** Deliveries that the guest has got so far. A turn that crossed a delivery on its way does not know of it yet. */
  readonly received: number;
  readonly requests: readonly Request[];
  /** Steps that ended since the last turn. */
  readonly settled: readonly StepEnd[];
  /** Timers that the program cleared since the last turn. */
  readonly cleared: readonly number[];
  readonly console: readonly ConsoleLine[];
  readonly done?: Done | undefined;
  /** The sandbox has sources of its own (a network, say), so the program may go on although the host delivers nothing. */
  readonly busy?: true | undefined;
  /** More may follow although nothing is delivered: the guest did not wait until all was done before it sent this. */
  readonly open?: true | undefined;
}

/** One settlement on its way to the program. Deliveries are applied strictly by `order`. */
export interface Delivery {
  readonly order: number;
  readonly seq: number;
  /** Epoch milliseconds at which it was settled: the program's clock moves to it. */
  readonly at: number;
  readonly ok: boolean;
  /** The encoded value or failure; absent for a step, whose value the guest has, and for a timer. */
  readonly value?: string;
}

/**
 * The host's answer to a turn. `halt`: the pass is over; nothing more will be delivered. `settle`: the turn was open, and
 * the host must know what is there when all is done.
 */
export interface Reply {
  readonly deliveries: readonly Delivery[];
  readonly halt?: true;
  readonly settle?: true;
}

/** A request of an earlier pass together with its settlement, so that replay needs no message. */
export interface Recorded {
  readonly seq: number;
  readonly parent?: number;
  /** `"call\nconnector\nmethod\nargs"` and the like: {@link requestKey} of the request. */
  readonly key: string;
  readonly order: number;
  readonly at: number;
  readonly ok: boolean;
  /** Absent for an ephemeral one: the guest asks for it again and waits for it in its place. */
  readonly value?: string;
  /** A call that runs anew on each pass, or a value for which the opening had no room. */
  readonly ephemeral?: true;
  /** The opening had no room for the whole key either: the host compares. Only where it is `ephemeral`. */
  readonly cut?: true;
}

/** The host's first message: all that the shim must know before the program starts. */
export interface Opening {
  readonly version: typeof WIRE_VERSION;
  readonly executionId: string;
  /** Epoch milliseconds at which the execution began: the program's clock starts there, on every pass. */
  readonly startedAt: number;
  /** 32 bytes in hex: the program's chance. */
  readonly seed: string;
  readonly fuel: number;
  readonly maxCallsInFlight: number;
  /** One encoded value that the guest sends, in UTF-8 bytes. */
  readonly maxValueBytes: number;
  readonly maxConsoleChars: number;
  readonly maxConsoleLineChars: number;
  /** Globals through which tools are called. */
  readonly connectors: readonly string[];
  /** Whether the global `codemode` is the built-in connector. */
  readonly codemode: boolean;
  /** Encoded input of the program; absent for none. */
  readonly input?: string;
  /** In the order of delivery. */
  readonly recorded: readonly Recorded[];
  /** Seqs that were used inside of steps which have settled: their functions do not run again. */
  readonly skip: readonly number[];
  /** For each of `skip` the order in which the program was told of its end, or -1: until then it counts among what is open. */
  readonly skipUntil?: readonly number[];
  /** The first order that was not given yet. */
  readonly nextOrder: number;
  /** Requests that the journal knows, settled or not: those with lower numbers carry their line. */
  readonly known: number;
}

/** What must be equal for a replayed request to be the same request. */
export function requestKey(request: Request): string {
  // The disk keeps no half of a surrogate pair, such as a name has that was cut in the middle of an emoji.
  return partsOf(request).toWellFormed();
}

function partsOf(request: Request): string {
  switch (request.kind) {
    case "call":
      return `call\n${request.connector}\n${request.method}\n${request.args}`;
    case "step":
      return `step\n${request.name}`;
    case "timer":
      return `timer\n${request.ms}`;
  }
}
