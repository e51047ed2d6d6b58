/**
 * Values as text: how arguments, results and failures are written to the journal and carried over the bridge.
 *
 * Both ends use this one codec, so a program sees every value decoded from its record, on the first pass and on every
 * later one (G1). It keeps `undefined`, `NaN`, `-0`, `bigint`, `Date`, `Map`, `Set`, `RegExp`, typed arrays, errors,
 * shared references and cycles. A class instance becomes a plain object of its own properties, as with JSON.
 *
 * A text is `=` and JSON where JSON loses nothing, `=` alone for `undefined`, and devalue's format for all other values.
 */
import { DevalueError, stringify, unflatten } from "devalue";
import { CodemodeError } from "../errors.ts";
import { assertBounded } from "./expansion.ts";
import { isPlain } from "./plain.ts";

/** A failure as it crosses the bridge: enough to throw the same error again. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly code?: string | number;
  readonly cause?: unknown;
  /** What `AggregateError` collects. */
  readonly errors?: readonly unknown[];
  readonly data?: unknown;
}

/** Errors of the language that a name and a message make again. */
export const NATIVE_ERRORS: Readonly<Record<string, new (message: string, options?: ErrorOptions) => Error>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** Error properties that are kept beside name and message, when they are there. */
const EXTRA = ["code", "cause", "errors", "data"] as const;

/** Reads the parts of an error without trusting it: a getter may throw, a name may be anything. */
export function toFailure(thrown: unknown): Failure {
  if (!isError(thrown)) return { name: "Error", message: describeThrown(thrown), cause: thrown };
  const name = read(thrown, "name");
  const failure: Record<string, unknown> = {};
  for (const key of EXTRA) {
    const value = read(thrown, key);
    if (value === undefined || (key === "code" && typeof value !== "string" && typeof value !== "number")) continue;
    if (key === "data" && isEmpty(value)) continue;
    failure[key] = value;
  }
  return {
    ...failure,
    name: typeof name === "string" && name !== "" ? name : "Error",
    message: messageOf(thrown),
  };
}

/** A proxy may throw where it is only asked what it is. */
function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error;
  } catch {
    return false;
  }
}

/** Whether it is an object with nothing in it; one that does not let itself be looked at has something. */
function isEmpty(value: unknown): boolean {
  try {
    return typeof value === "object" && value !== null && Object.keys(value).length === 0;
  } catch {
    return false;
  }
}

function read(target: object, key: string): unknown {
  try {
    return Reflect.get(target, key);
  } catch {
    return undefined;
  }
}

/** A message may be anything, or nothing: its getter may throw. */
function messageOf(error: object): string {
  const message = read(error, "message");
  if (message === undefined) return "(an error was thrown whose message cannot be read)";
  return typeof message === "string" ? message : describeThrown(message);
}

/** A thrown string is its own message; anything else is named by its kind, so that no failure is without a sentence. */
function describeThrown(thrown: unknown): string {
  if (typeof thrown === "string") return thrown === "" ? "(an empty string was thrown)" : thrown;
  try {
    return typeof thrown === "object" && thrown !== null
      ? `(thrown) ${stringifyPlain(thrown)}`
      : `(thrown) ${String(thrown)}`;
  } catch {
    return `(thrown) ${typeof thrown}`;
  }
}

function stringifyPlain(value: object): string {
  return JSON.stringify(value).slice(0, 1_000);
}

/** An error object for a recorded failure: of its own class where that is a standard one, else an Error of that name. */
export function toError(failure: Failure): Error {
  const options = "cause" in failure ? { cause: failure.cause } : undefined;
  const Native = Object.hasOwn(NATIVE_ERRORS, failure.name) ? NATIVE_ERRORS[failure.name] : undefined;
  const error =
    failure.name === "AggregateError" && Array.isArray(failure.errors)
      ? new AggregateError(failure.errors, failure.message, options)
      : new (Native ?? Error)(failure.message, options);
  if (error.name !== failure.name) define(error, "name", failure.name);
  if (failure.code !== undefined) define(error, "code", failure.code, true);
  if (failure.data !== undefined) define(error, "data", failure.data, true);
  return error;
}

function define(target: object, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}

/** An object of a class that is not one of the kinds the codec writes by itself. */
function isInstance(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Object.prototype.toString.call(value) !== "[object Object]")
    return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== null && prototype !== Object.prototype;
}

function plainOf(value: object): unknown {
  const toJSON: unknown = Reflect.get(value, "toJSON");
  return typeof toJSON === "function" ? Reflect.apply(toJSON, value, []) : { ...value };
}

const REDUCERS: Record<string, (value: unknown) => unknown> = {
  Error: (value) => (value instanceof Error ? toFailure(value) : undefined),
  Plain: (value) => (isInstance(value) ? [plainOf(value)] : undefined),
};

const REVIVERS: Record<string, (value: unknown) => unknown> = {
  Error: (value) => toError(isFailure(value) ? value : { name: "Error", message: String(value) }),
  Plain: (value) => (Array.isArray(value) ? value[0] : undefined),
};

export function isFailure(value: unknown): value is Failure {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof Reflect.get(value, "name") === "string" &&
    typeof Reflect.get(value, "message") === "string"
  );
}

/** What the library says of a value, and what its author should hear. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/Promise or thenable/, "it is a promise; await it first"],
  [/a function/, "it is a function"],
  [/Symbol primitive/, "it is a symbol"],
  [/non-POJOs/, "it is no plain data, but such as a Response or a stream; take from it what is needed"],
  [/symbolic keys/, "it has a symbol as a key"],
];

/** What a text begins with that is JSON; devalue's begin with `[`, or `-` and a digit. */
const JSON_MARK = "=";

/**
 * A value as text.
 *
 * @param what how an error names the value: `"The result of issues.list"`.
 * @throws CodemodeError `UNSERIALIZABLE` with the path of what cannot be written (a function, a symbol, a stream).
 */
export function encodeValue(value: unknown, what: string): string {
  try {
    if (value === undefined) return JSON_MARK;
    return isPlain(value) ? JSON_MARK + JSON.stringify(value) : stringify(value, REDUCERS);
  } catch (error) {
    const path = error instanceof DevalueError ? error.path : "";
    const told = error instanceof Error ? error.message : String(error);
    const reason = REASONS.find(([words]) => words.test(told))?.[1] ?? told;
    throw new CodemodeError(
      "UNSERIALIZABLE",
      `${what} cannot be recorded${path ? ` (at ${path})` : ""}: ${reason}. Pass plain data: objects, arrays, strings, numbers, Dates, Maps, Sets, bytes.`,
      { path },
    );
  }
}

/**
 * A value as text that the journal has room for.
 *
 * @throws CodemodeError `UNSERIALIZABLE`, or `VALUE_TOO_LARGE` when the text is over the limit.
 */
export function encodeBounded(value: unknown, what: string, limits: { readonly maxValueBytes: number }): string {
  const text = encodeValue(value, what);
  if (!exceedsBytes(text, limits.maxValueBytes)) return text;
  throw new CodemodeError(
    "VALUE_TOO_LARGE",
    `${what} cannot be recorded: over ${limits.maxValueBytes} bytes. Use less of it (a filter, a page, fields), or a reference to it (a path, an id).`,
  );
}

/** The value of a text that {@link encodeValue} wrote. Throws on any other text, and on one that unfolds beyond measure. */
export function decodeValue(text: string): unknown {
  if (text.startsWith(JSON_MARK)) return decodeJson(text.slice(JSON_MARK.length));
  const flat: unknown = JSON.parse(text);
  assertBounded(flat);
  return unflatten(flat as number | unknown[], REVIVERS);
}

function decodeJson(json: string): unknown {
  if (json === "") return undefined;
  const value: unknown = JSON.parse(json);
  // An own property of that name would become a prototype where the value is copied. `encodeValue` writes none; who does may escape it.
  const mayNameIt = json.includes("__proto__") || json.includes("\\u00");
  if (mayNameIt && !isPlain(value)) throw new Error('The text has a property "__proto__".');
  return value;
}

/** UTF-8 bytes of a text, counted only when it is near the limit: a text has at most three bytes per unit. */
export function exceedsBytes(text: string, maxBytes: number): boolean {
  if (text.length * 3 <= maxBytes) return false;
  return text.length > maxBytes || new TextEncoder().encode(text).byteLength > maxBytes;
}

/** Longest text of a failure that is kept whole, and longest message of one that is not: an error is for reading. */
const MAX_FAILURE_CHARS = 100_000;
const MAX_MESSAGE_CHARS = 10_000;

/** Of all sentences that go with one answer, each about another call. */
const MAX_SENTENCES_CHARS = 3_000_000;

/** How long each of so many sentences may be: a failure of each call of a long run may quote what it was given. */
export function charsOfEach(sentences: number): number {
  return Math.min(MAX_MESSAGE_CHARS, Math.floor(MAX_SENTENCES_CHARS / sentences));
}

/** A text of which only the beginning is kept where it is long, and that says so. */
export function cutMessage(text: string, maxChars: number = MAX_MESSAGE_CHARS): string {
  return text.length > maxChars ? `${text.slice(0, maxChars)}... (cut)` : text;
}

/** A thrown value as text; one that cannot be written whole is written as its name, message and code. */
export function encodeFailure(thrown: unknown): string {
  const failure = toFailure(thrown);
  try {
    const text = encodeValue(failure, "The error");
    if (text.length <= MAX_FAILURE_CHARS) return text;
  } catch {
    // Something in its cause or data is no value.
  }
  const { name, message, code } = failure;
  return encodeValue(
    {
      name: cutMessage(name),
      message: cutMessage(message),
      ...(code !== undefined && { code: typeof code === "string" ? cutMessage(code) : code }),
    },
    "The error",
  );
}
