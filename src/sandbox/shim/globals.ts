/** What a program finds in its global scope: the language, a few pure platform APIs, and what the shim defines. */
import { NATIVE_ERRORS } from "../../wire/values.ts";
import { programStack } from "./lines.ts";

/** Platform globals that are pure: no network, no clock, no chance, nothing asynchronous. All others are removed. */
const KEPT = new Set([
  // The language
  "AggregateError", "Array", "ArrayBuffer", "AsyncDisposableStack", "BigInt", "BigInt64Array", "BigUint64Array", "Boolean",
  "DataView", "Date", "DisposableStack", "Error", "EvalError", "Float16Array", "Float32Array", "Float64Array", "Function",
  "Infinity", "Int16Array", "Int32Array", "Int8Array", "Intl", "Iterator", "JSON", "Map", "Math", "NaN", "Number", "Object",
  "Promise", "Proxy", "RangeError", "ReferenceError", "Reflect", "RegExp", "Set", "String", "SuppressedError", "Symbol",
  "SyntaxError", "TypeError", "URIError", "Uint16Array", "Uint32Array", "Uint8Array", "Uint8ClampedArray", "WeakMap", "WeakSet",
  "decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "eval", "globalThis", "isFinite", "isNaN",
  "parseFloat", "parseInt", "undefined", "unescape",
  // The platform
  "AbortController", "AbortSignal", "DOMException", "Event", "EventTarget", "Headers", "TextDecoder", "TextEncoder", "URL",
  "URLPattern", "URLSearchParams", "atob", "btoa", "queueMicrotask", "structuredClone",
]); // biome-ignore format: a list of names

/**
 * Removes all platform globals that are not kept. Most are not the global object's own but those of a prototype that leads
 * on to the platform's classes: it is cut off, and what may stay becomes the global object's own.
 */
function removeGlobals(keep: ReadonlySet<string>): void {
  const inherited = [...keep].filter((name) => !Object.hasOwn(globalThis, name) && name in globalThis);
  for (const name of inherited) {
    const value: unknown = Reflect.get(globalThis, name);
    Reflect.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }
  if (!Reflect.setPrototypeOf(globalThis, Object.prototype))
    throw new Error("The platform's globals cannot be removed.");
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (keep.has(name) || Reflect.deleteProperty(globalThis, name)) continue;
    Reflect.defineProperty(globalThis, name, { value: undefined, writable: false, configurable: false });
  }
}

/** Keys that programs assign on their own objects; locking them on a prototype would make those assignments throw. */
const FREE_KEYS = new Set<PropertyKey>([
  "constructor",
  "toString",
  "toLocaleString",
  "valueOf",
  "name",
  "message",
  "toJSON",
]);

/**
 * Builtins whose instances or subclasses programs do give such names: errors above all. All others are simply frozen, which
 * also keeps the engine's fast paths: an array whose prototype was locked key by key is spread ten times as slowly.
 */
const LOOSE = new Set<unknown>([
  Function.prototype,
  Date.prototype,
  DOMException.prototype,
  ...[...Object.values(NATIVE_ERRORS), AggregateError, SuppressedError].map(({ prototype }) => prototype),
]);

function lock(target: object): void {
  // One step of the platform instead of one for each name.
  if (target !== Object.prototype && !LOOSE.has(target)) {
    Object.freeze(target);
    return;
  }
  // Every object has the names of `Object.prototype`; programs may give theirs others, and the shim uses none of them.
  for (const key of target === Object.prototype ? [] : Reflect.ownKeys(target)) {
    if (FREE_KEYS.has(key)) continue;
    const descriptor = Reflect.getOwnPropertyDescriptor(target, key);
    if (descriptor === undefined || !descriptor.configurable) continue;
    Reflect.defineProperty(
      target,
      key,
      "value" in descriptor ? { writable: false, configurable: false } : { configurable: false },
    );
  }
  // A new name would show on every object of the kind: a `then` makes every value a promise, a setter `0` sees every push.
  Object.preventExtensions(target);
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** Prototypes that no global leads to by name: of iterators, generators, async functions, typed arrays. */
function namelessPrototypes(): object[] {
  const samples = [
    [][Symbol.iterator](),
    new Map().entries(),
    new Set().values(),
    ""[Symbol.iterator](),
    "".matchAll(/a/g),
    async () => {},
    function* () {},
    async function* () {},
  ];
  const found = new Set<object>();
  for (const sample of [...samples, Uint8Array, Uint8Array.prototype]) {
    for (let scope = Reflect.getPrototypeOf(sample); scope !== null; scope = Reflect.getPrototypeOf(scope))
      found.add(scope);
  }
  return [...found];
}

/**
 * Locks every builtin and the name under which it is global. The shim, the value codec and the counting of fuel rest on
 * them at run time, so a program that overrides one gets a TypeError instead of changing what is recorded.
 */
export function lockBuiltins(): void {
  Reflect.defineProperty(Error, "prepareStackTrace", { value: programStack, writable: false, configurable: false });
  const targets = new Set<object>(namelessPrototypes());
  for (const name of KEPT) {
    const builtin: unknown = Reflect.get(globalThis, name);
    if (!isObject(builtin) || builtin === globalThis) continue;
    targets.add(builtin);
    const prototype: unknown = Reflect.get(builtin, "prototype");
    if (isObject(prototype)) targets.add(prototype);
  }
  for (const target of targets) lock(target);
  for (const key of Reflect.ownKeys(globalThis))
    Reflect.defineProperty(globalThis, key, { writable: false, configurable: false });
}

/** Leaves only what may stay, and gives back a function that defines a global of the shim's own. */
export function prepareGlobals(extra: readonly string[]): (name: string, value: unknown) => void {
  removeGlobals(new Set([...KEPT, ...extra]));
  return (name, value) => {
    Reflect.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  };
}
