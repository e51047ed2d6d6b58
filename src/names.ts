/** Names that the model's program sees: how a tool's name becomes an identifier, and which names a connector cannot have. */
import { CodemodeError } from "./errors.ts";
import { LANGUAGE_LOOKUPS } from "./language.ts";

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** No declaration may have one of these names in strict code. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  words(`
    arguments await break case catch class const continue debugger default delete do else enum eval export extends false
    finally for function if implements import in instanceof interface let new null package private protected public return
    static super switch this throw true try typeof undefined var void while with yield
  `),
);

/** Keywords, those of old, and what is too easily taken for one: never produced as the name of a tool. */
const RESERVED_WORDS: ReadonlySet<string> = new Set([
  ...KEYWORDS,
  ...words(
    "abstract boolean byte char double final float goto int long native short synchronized throws transient volatile",
  ),
]);

const ECMASCRIPT_GLOBALS = words(`
  globalThis Infinity NaN undefined eval isFinite isNaN parseFloat parseInt
  decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape
  AggregateError Array ArrayBuffer AsyncDisposableStack BigInt BigInt64Array BigUint64Array Boolean DataView Date
  DisposableStack Error EvalError FinalizationRegistry Float16Array Float32Array Float64Array Function Int8Array
  Int16Array Int32Array Iterator Map Number Object Promise Proxy RangeError ReferenceError RegExp Set SharedArrayBuffer
  String SuppressedError Symbol SyntaxError Temporal TypeError Uint8Array Uint8ClampedArray Uint16Array Uint32Array
  URIError WeakMap WeakRef WeakSet Atomics Intl JSON Math Reflect WebAssembly
`);

const PLATFORM_GLOBALS = words(`
  AbortController AbortSignal Blob BroadcastChannel ByteLengthQueuingStrategy Cache CacheStorage CloseEvent Cloudflare
  CompressionStream CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException DecompressionStream DigestStream
  ErrorEvent Event EventSource EventTarget ExtendableEvent FetchEvent File FileSystemDirectoryHandle FileSystemFileHandle
  FileSystemHandle FileSystemWritableFileStream FixedLengthStream FormData HTMLRewriter HTMLRewriterElementContentHandlers
  HTMLRewriterDocumentContentHandlers Headers IdentityTransformStream MessageChannel MessageEvent MessagePort Navigator
  Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver PerformanceObserverEntryList
  PerformanceResourceTiming PromiseRejectionEvent ReadableByteStreamController ReadableStream ReadableStreamBYOBReader
  ReadableStreamBYOBRequest ReadableStreamDefaultController ReadableStreamDefaultReader Request Response ScheduledEvent
  Scheduler ServiceWorkerGlobalScope StorageManager SubtleCrypto TailEvent TextDecoder TextDecoderStream TextEncoder
  TextEncoderStream TraceEvent TransformStream TransformStreamDefaultController URL URLPattern URLSearchParams WebSocket
  WebSocketPair WebSocketRequestResponsePair WorkerGlobalScope WritableStream WritableStreamDefaultController
  WritableStreamDefaultWriter
  addEventListener atob btoa caches clearImmediate clearInterval clearTimeout connect console crypto dispatchEvent fetch
  navigator origin performance queueMicrotask removeEventListener reportError
  scheduler self setImmediate setInterval setTimeout structuredClone
`);

/** Every object answers to these, the global one too; a global of that name would change what it is. */
const OBJECT_MEMBERS = words(`
  constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf __proto__
  __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ then
`);

/**
 * The name under which programs can call a tool: its own, but for the few that the language looks up itself.
 *
 * @example
 * ```ts
 * callableName("inspect"); // "inspect_"
 * callableName("list");    // "list"
 * ```
 */
export function callableName(name: string): string {
  return LANGUAGE_LOOKUPS.has(name) ? `${name}_` : name;
}

/** Names that a program finds in the sandbox anyway, or must not find there; no connector may have one of them. */
export const RESERVED_GLOBALS: ReadonlySet<string> = new Set([
  ...ECMASCRIPT_GLOBALS,
  ...PLATFORM_GLOBALS,
  ...OBJECT_MEMBERS,
  "codemode",
]);

/** Most names: words with one mark between them, which becomes one `_`. */
const PLAIN_WORDS = /^[A-Za-z][A-Za-z0-9]*(?:[-./ _][A-Za-z0-9]+)*$/;

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200C\u200D]*$/u;

/**
 * The identifier under which a program calls a tool. Hyphens, dots and spaces become `_` one by one; what else no identifier
 * can contain becomes one `_` between two words and nothing elsewhere; letters of any script stay.
 *
 * @param name - the tool's own name, any text.
 * @returns an identifier that is no reserved word and that programs can call (see {@link callableName}); `_` when nothing is left.
 *
 * @example
 * ```ts
 * sanitizeToolName("pulls/create-review"); // "pulls_create_review"
 * sanitizeToolName("2fa.enable");          // "_2fa_enable"
 * sanitizeToolName("delete");              // "delete_"
 * ```
 */
export function sanitizeToolName(name: string): string {
  if (PLAIN_WORDS.test(name)) return callableName(unreserved(name.replace(/[-./ ]/g, "_")));
  const identifier = asIdentifier(
    name.normalize("NFC").replace(/[^\p{ID_Continue}$]+/gu, (gap: string, at: number, whole: string) => {
      const separators = gap.replace(/[^-.\s]/gu, "").length;
      if (separators > 0) return "_".repeat(separators);
      const before = whole[at - 1] ?? "_";
      const after = whole[at + gap.length] ?? "_";
      return before === "_" || after === "_" ? "" : "_";
    }),
  );
  return callableName(identifier);
}

/**
 * Tools of one global by the name under which programs call them.
 *
 * @param tools - each with its own name.
 * @param global - for the error.
 * @throws CodemodeError `INVALID_NAME` where programs would call two of them by one name.
 */
export function byMethod<T>(tools: Iterable<readonly [name: string, tool: T]>, global: string): Map<string, T> {
  const found = new Map<string, T>();
  const origins = new Map<string, string>();
  for (const [name, tool] of tools) {
    const method = sanitizeToolName(name);
    const other = origins.get(method);
    if (other !== undefined) {
      throw new CodemodeError(
        "INVALID_NAME",
        `${global}: the tools "${other}" and "${name}" would both be called "${method}". Rename one of them.`,
        { tools: [other, name], name: method },
      );
    }
    origins.set(method, name);
    found.set(method, tool);
  }
  return found;
}

/**
 * The name that `@cloudflare/codemode` gives the same tool, for aliases: `pulls/create` is `pullscreate` there.
 *
 * @example
 * ```ts
 * legacyToolName("pulls/create"); // "pullscreate"
 * ```
 */
export function legacyToolName(name: string): string {
  return asIdentifier(name.replace(/[-.\s]/g, "_").replace(/[^\w$]/g, ""));
}

function asIdentifier(name: string): string {
  if (name === "") return "_";
  return unreserved(IDENTIFIER.test(name) ? name : `_${name}`);
}

function unreserved(identifier: string): string {
  return RESERVED_WORDS.has(identifier) ? `${identifier}_` : identifier;
}

/**
 * Checks a connector's name, which becomes a global of the sandbox.
 *
 * @throws CodemodeError `INVALID_NAME` with the reason and a name that would do in `data.suggestion`.
 */
export function assertConnectorName(name: string): void {
  const reason = reasonAgainst(name);
  if (reason === undefined) return;
  const suggestion = suggestedName(name);
  throw new CodemodeError(
    "INVALID_NAME",
    `A connector cannot be named ${JSON.stringify(name)}: ${reason}. Rename it, for example to "${suggestion}".`,
    { name, reason, suggestion },
  );
}

function reasonAgainst(name: string): string | undefined {
  if (!IDENTIFIER.test(name)) return "the name must be a JavaScript identifier, because programs use it as a global";
  if (name === "codemode") return "this is the built-in connector (search, describe, run, step)";
  if (RESERVED_GLOBALS.has(name)) return "it would hide a global of the sandbox";
  if (RESERVED_WORDS.has(name)) return "this is a reserved word of JavaScript";
  return undefined;
}

function suggestedName(name: string): string {
  const identifier = sanitizeToolName(name);
  return reasonAgainst(identifier) === undefined ? identifier : `${identifier.replace(/^_+|_+$/g, "")}Connector`;
}
