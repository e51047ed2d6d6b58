/** The parser of what a sandbox sends. The sandbox is hostile: nothing of a message is used before it passed here (G7). */
import * as v from "valibot";
import { CodemodeError } from "../errors.ts";
import { MAX_NAME_CHARS, type Turn } from "./messages.ts";

// One function each, not a pipe of checks: they run for every field of every message.
const seq = v.custom<number>((value) => Number.isInteger(value) && Number(value) >= 0);
const name = v.custom<string>((value) => typeof value === "string" && value.length <= MAX_NAME_CHARS);
const numbered = { seq, parent: v.optional(seq), line: v.optional(seq) };
const outcome = { ok: v.boolean(), value: v.string() };
const snippet = v.optional(v.strictObject({ module: name, line: seq }));

const TurnSchema = v.strictObject({
  turn: seq,
  received: seq,
  requests: v.optional(
    v.array(
      v.variant("kind", [
        v.strictObject({
          ...numbered,
          kind: v.literal("call"),
          connector: name,
          method: name,
          args: v.string(),
        }),
        v.strictObject({ ...numbered, kind: v.literal("step"), name }),
        v.strictObject({ ...numbered, kind: v.literal("timer"), ms: v.pipe(v.number(), v.finite(), v.minValue(0)) }),
      ]),
    ),
  ),
  settled: v.optional(v.array(v.strictObject({ seq, ...outcome, told: v.optional(v.strictTuple([seq, seq])) }))),
  cleared: v.optional(v.array(seq)),
  console: v.optional(
    v.array(v.strictObject({ level: v.picklist(["log", "info", "warn", "error", "debug"]), text: v.string() })),
  ),
  done: v.optional(v.strictObject({ ...outcome, code: v.optional(name), line: v.optional(seq), snippet })),
  busy: v.optional(v.literal(true)),
  open: v.optional(v.literal(true)),
});

/**
 * Reads a message of the guest, which is hostile.
 *
 * @throws CodemodeError `PROTOCOL_VIOLATION` for anything that is not exactly a Turn.
 */
export function parseTurn(text: unknown): Turn {
  if (typeof text !== "string")
    throw new CodemodeError("PROTOCOL_VIOLATION", "The sandbox sent a message that is not text.");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new CodemodeError("PROTOCOL_VIOLATION", "The sandbox sent a message that is not JSON.");
  }
  const parsed = v.safeParse(TurnSchema, json, { abortEarly: true });
  if (parsed.success) {
    const { requests = [], settled = [], cleared = [], console = [], ...rest } = parsed.output;
    return { ...rest, requests, settled, cleared, console };
  }
  const [issue] = parsed.issues;
  throw new CodemodeError(
    "PROTOCOL_VIOLATION",
    `The sandbox sent a malformed message at ${v.getDotPath(issue) ?? "its root"}.`,
  );
}
