/** What a model most likely did wrong when its program threw, as a table: the first row that applies speaks. */
import { type Returned, shapesOf } from "./returned.ts";

/** The program that threw: the model's own text, the globals through which it calls tools, and what its calls gave. */
export interface Program {
  readonly source: string;
  readonly globals: readonly string[];
  readonly returned?: () => readonly Returned[];
  /** The name of the snippet that is the module of that name. */
  readonly snippetIn?: (module: string) => string | undefined;
}

interface Thrown extends Program {
  readonly name: string;
  readonly message: string;
  /** The line of the program at which it was thrown. */
  readonly line: string;
}

/** Why a well-known name is missing. */
const ABSENT: Readonly<Record<string, string>> = {
  fetch: "the sandbox has no network; call a connector instead",
  WebSocket: "the sandbox has no network; call a connector instead",
  XMLHttpRequest: "the sandbox has no network; call a connector instead",
  EventSource: "the sandbox has no network; call a connector instead",
  connect: "the sandbox has no network; call a connector instead",
  Request: "the sandbox has no network; call a connector instead",
  Response: "the sandbox has no network; call a connector instead",
  caches: "the sandbox has no storage; return what should be kept",
  WebAssembly: "WebAssembly could run without the sandbox's limits",
  SharedArrayBuffer: "shared memory cannot be replayed",
  Atomics: "shared memory cannot be replayed",
  WeakRef: "garbage collection cannot be replayed",
  FinalizationRegistry: "garbage collection cannot be replayed",
  MessageChannel: "its timing cannot be replayed; await a promise instead",
  ReadableStream: "its timing cannot be replayed; use arrays or an async generator",
  WritableStream: "its timing cannot be replayed; use arrays or an async generator",
  TransformStream: "its timing cannot be replayed; use arrays or an async generator",
  TextEncoderStream: "its timing cannot be replayed; use TextEncoder",
  TextDecoderStream: "its timing cannot be replayed; use TextDecoder",
  CompressionStream: "its timing cannot be replayed; let a connector compress",
  DecompressionStream: "its timing cannot be replayed; let a connector decompress",
  Blob: "its methods' timing cannot be replayed; use Uint8Array",
  File: "its methods' timing cannot be replayed; use Uint8Array",
  FormData: "the sandbox has no network; call a connector instead",
  navigator: "the sandbox is not a browser",
  setImmediate: "its timing cannot be replayed; use setTimeout",
  process: "the sandbox is not Node",
  require: "the sandbox has no modules",
  module: "the sandbox has no modules; return the result",
  exports: "the sandbox has no modules; return the result",
  Buffer: "the sandbox is not Node; use Uint8Array, TextEncoder and atob",
};

const NAME = "[A-Za-z_$][\\w$]*";

/** What is looked at of a hostile program: its line, the engine's words, the names in both, and where those are given. */
const MAX_LINE_CHARS = 1_000;
const MAX_SOURCE_CHARS = 100_000;
const MAX_NAMES = 20;

/** What follows the message, or nothing where a row has nothing to say. */
const ADVICE: readonly ((thrown: Thrown) => string | undefined)[] = [
  missingName,
  missingCipher,
  hiddenConnector,
  calledConnector,
  lookedForOnCodemode,
  takenAsArgument,
  calledOnPromise,
  iteratedPromise,
  readOfPromise,
  takenForOther,
];

/** The words to add to an error's message, where the program shows what they should be. */
export function adviceOn(
  { name, message }: { readonly name: string; readonly message: string },
  { source, globals, returned }: Program,
  line: number | undefined,
): string {
  const text = line === undefined ? "" : (source.split("\n")[line - 1] ?? "").slice(0, MAX_LINE_CHARS);
  const thrown: Thrown = {
    name,
    message: message.slice(0, MAX_LINE_CHARS),
    source: source.slice(0, MAX_SOURCE_CHARS),
    globals,
    line: text,
    ...(returned !== undefined && { returned }),
  };
  for (const speak of ADVICE) {
    const words = speak(thrown);
    if (words !== undefined) return words;
  }
  return "";
}

/** A name that does not exist is answered with those that do. */
function missingName({ name, message, globals }: Thrown): string | undefined {
  const missing = new RegExp(`^(${NAME}) is not defined$`).exec(message)?.[1];
  if (name !== "ReferenceError" || missing === undefined) return undefined;
  const reason = Object.hasOwn(ABSENT, missing) ? `: ${ABSENT[missing]}` : "";
  return `${reason}. Available globals: ${globals.join(", ")}, console and standard JavaScript.`;
}

/** `crypto.subtle.sign(...)`: of all that is asynchronous there only hashes are computed by the host, in their place in the order. */
function missingCipher({ name, message }: Thrown): string | undefined {
  if (name !== "TypeError" || !/^(?:crypto\.)?subtle\.\w+ is not a function$/.test(message)) return undefined;
  return ": its timing cannot be replayed. Of crypto.subtle there is only digest; let a connector encrypt and sign.";
}

/** `const notes = await notes.list()`: from the start of the block the name is the variable's. */
function hiddenConnector({ name, message, globals }: Thrown): string | undefined {
  const hidden = new RegExp(`^Cannot access '(${NAME})' before initialization$`).exec(message)?.[1];
  if (name !== "ReferenceError" || hidden === undefined || !globals.includes(hidden)) return undefined;
  return ": the program's own name hides the connector. Give the variable another name.";
}

function calledConnector({ name, message, globals }: Thrown): string | undefined {
  const called = new RegExp(`^(${NAME}) is not a function$`).exec(message)?.[1];
  if (name !== "TypeError" || called === undefined || !globals.includes(called)) return undefined;
  const write = `: its tools are. Write ${called}.<tool>({ ... })`;
  return called === "codemode" ? `${write}.` : `${write}; codemode.search("", { connector: "${called}" }) lists them.`;
}

/** `codemode.notes.list()`, as other code modes have it. */
function lookedForOnCodemode({ name, message, globals }: Thrown): string | undefined {
  const [, connector = "", method] =
    new RegExp(`^codemode\\.(${NAME})\\.(${NAME}) is not a function$`).exec(message) ?? [];
  if (name !== "TypeError" || !globals.includes(connector)) return undefined;
  return `: connectors are globals. Write ${connector}.${method}({ ... }).`;
}

/** The parameters of the function that a program begins with. */
const PARAMETERS = /^\s*(?:export\s+default\s+)?(?:async\s+)?(?:function\s*[\w$]*\s*)?\(([^)]{1,200})\)/;

/** `async ({ notes }) => notes.list()`, `async (codemode) => codemode.search("")`. */
function takenAsArgument({ name, message, line, source, globals }: Thrown): string | undefined {
  const [, parameters] = PARAMETERS.exec(source) ?? [];
  if (name !== "TypeError" || parameters === undefined) return undefined;
  const named = new Set(parameters.match(new RegExp(NAME, "g")));
  const destructured = new RegExp(`^Cannot destructure property '(${NAME})' of 'undefined'`).exec(message)?.[1];
  const read = new RegExp(`^Cannot read properties of undefined \\(reading '(${NAME})'\\)$`).exec(message)?.[1];
  const isTaken = (global: string) =>
    global === destructured ||
    (read !== undefined && new RegExp(`(?<![\\w$.])${escaped(global)}\\.${escaped(read)}(?![\\w$])`).test(line));
  const taken = globals.find((global) => named.has(global) && isTaken(global));
  if (taken === undefined) return undefined;
  return `${message.endsWith(".") ? "" : "."} A program gets no arguments: ${taken} is a global. Write async () => { ... }.`;
}

/** `notes.list().map(...)`: the engine's message shows the call. */
function calledOnPromise({ name, message, globals }: Thrown): string | undefined {
  const [, connector = "", method] = new RegExp(`^(${NAME})\\.(${NAME})\\(\\.\\.\\.\\)`).exec(message) ?? [];
  if (name !== "TypeError" || !globals.includes(connector)) return undefined;
  return awaitThe(connector, method);
}

function awaitThe(connector: string | undefined, method: string | undefined): string {
  return `: the call gives a promise. Write (await ${connector}.${method}(...)).`;
}

/** What the engine says where something is gone through that cannot be, and says no name. */
const NOT_ITERABLE = /^object is not iterable|^Spread syntax| or its return value is not iterable$/;

/** What goes through the value that stands behind it: `of`, `...`, `[first] =`, `new Set(`, `Promise.all(`. */
const GOES_THROUGH =
  "(?:\\bof\\s+|\\.\\.\\.|\\]\\s*=\\s*|\\b(?:Set|Map|all|allSettled|race|any|fromEntries)\\s*\\(\\s*)";

/** `for (const note of notes.list())`, `[...notes.list()]`: the line shows the call. */
function iteratedPromise({ name, message, line, globals }: Thrown): string | undefined {
  if (name !== "TypeError" || globals.length === 0 || !NOT_ITERABLE.test(message)) return undefined;
  const called = `${GOES_THROUGH}(${globals.map(escaped).join("|")})\\.(${NAME})\\s*\\(`;
  const [, connector, method] = new RegExp(called).exec(line) ?? [];
  return method === undefined ? undefined : awaitThe(connector, method);
}

/** `const list = notes.list(); list.map(...)`: a name in the line of the error stands for a call that nobody awaited. */
function readOfPromise({ name, message, line, source, globals }: Thrown): string | undefined {
  if (name !== "TypeError" || globals.length === 0) return undefined;
  const said = new RegExp(`^(${NAME})(?:[. ]|$)`).exec(message)?.[1];
  const names =
    message.startsWith("Cannot ") || NOT_ITERABLE.test(message) ? new Set(line.match(new RegExp(NAME, "g"))) : [said];
  for (const held of [...names].slice(0, MAX_NAMES)) {
    if (held === undefined || new RegExp(`\\bawait[\\s(]+${escaped(held)}(?![\\w$])`).test(line)) continue;
    const given = `(?<![\\w$])${escaped(held)}(?:\\s*:[^=\\n]{1,200})?\\s*=\\s*(${globals.map(escaped).join("|")})\\.(${NAME})\\s*\\(`;
    const [, connector, method] = new RegExp(given).exec(source) ?? [];
    if (method !== undefined) return `: ${held} is a promise. Write await before ${connector}.${method}(...).`;
  }
  return undefined;
}

/** What the engine says where a value is not what the program takes it for. */
const NOT_WHAT_IT_SEEMED =
  /^Cannot (read|set|destructure|convert|use) |is not (a function|iterable|a constructor)|^Spread syntax/;

/** `(await calendar.events()).items.map(...)`: whoever guessed what calls give is told. */
function takenForOther({ name, message, returned }: Thrown): string | undefined {
  if (name !== "TypeError" || returned === undefined || !NOT_WHAT_IT_SEEMED.test(message)) return undefined;
  const shapes = shapesOf(returned());
  return shapes === undefined ? undefined : `. ${shapes}`;
}

function escaped(name: string): string {
  return name.replaceAll("$", "\\$");
}
