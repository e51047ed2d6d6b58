/** What a program can see and reach: the language, a few pure platform classes, its connectors, and nothing else (G7). */
import { describe, expect, test } from "vitest";
import { withRuntime } from "../support/runtime.ts";
import { attack, each, executorWith, failure, result } from "./programs.ts";

/** All globals of a bare sandbox. A red pin asks: did you mean to show programs this, and does it replay? */
const VISIBLE = `
  AbortController AbortSignal AggregateError Array ArrayBuffer AsyncDisposableStack BigInt BigInt64Array BigUint64Array
  Boolean DOMException DataView Date DisposableStack Error EvalError Event EventTarget Float16Array Float32Array Float64Array
  Function Headers Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map Math NaN Number Object Promise Proxy
  RangeError ReferenceError Reflect RegExp Set String SuppressedError Symbol SyntaxError TextDecoder TextEncoder TypeError
  URIError URL URLPattern URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet
  atob btoa clearInterval clearTimeout codemode console crypto decodeURI decodeURIComponent encodeURI encodeURIComponent
  escape eval globalThis isFinite isNaN parseFloat parseInt performance queueMicrotask scheduler setInterval setTimeout
  structuredClone t undefined unescape
`
  .trim()
  .split(/\s+/);

const WALK = `async () => {
  const names = new Set();
  for (let scope = globalThis; scope !== Object.prototype && scope !== null; scope = Object.getPrototypeOf(scope)) {
    for (const name of Object.getOwnPropertyNames(scope)) names.add(name);
  }
  return [...names].sort();
}`;

describe("the global scope", () => {
  test("has exactly the pinned names, on the global object and on its prototypes", async () => {
    await withRuntime({ t: {} }, async (runtime) => {
      expect(await runtime.execute({ code: WALK })).toMatchObject({ status: "completed", result: [...VISIBLE].sort() });
    });
  });

  test("leads from no prototype or constructor back to the platform", async () => {
    const names = [
      "fetch",
      "caches",
      "WebSocket",
      "navigator",
      "self",
      "process",
      "addEventListener",
      "Response",
      "WebAssembly",
    ];
    const seen = await result(`async () => {
      const found = [];
      for (let scope = globalThis; scope !== null; scope = Object.getPrototypeOf(scope)) {
        for (const key of ["constructor", ...${JSON.stringify(names)}]) {
          if (scope !== Object.prototype && key in scope && (key !== "constructor" || Object.hasOwn(scope, key))) found.push(key);
        }
      }
      return [found, String(globalThis.constructor === Object)];
    }`);
    expect(seen).toEqual([[], "true"]);
  });

  test("keeps what programs use: URL, text, base64, clone, abort, headers, microtasks, events, Intl", async () => {
    const seen = await result(`async () => {
      const abort = new AbortController();
      const heard = [];
      abort.signal.addEventListener("abort", () => { heard.push("listener") });
      abort.signal.onabort = () => { heard.push("handler") };
      abort.abort(new Error("why"));
      const target = new EventTarget();
      target.addEventListener("x", (event) => { heard.push(event.type) });
      target.dispatchEvent(new Event("x"));
      return {
        url: new URL("../c?d=1#e", "https://a.example/b/").href,
        params: new URLSearchParams({ q: "a b", r: "é" }).toString(),
        pattern: new URLPattern({ pathname: "/users/:id" }).exec("https://a.example/users/7").pathname.groups.id,
        text: new TextDecoder().decode(new TextEncoder().encode("žluť")),
        base64: atob(btoa("binary")),
        clone: structuredClone(new Map([["when", new Date(0)]])).get("when").toISOString(),
        headers: [...new Headers({ "X-A": "1" })],
        micro: await new Promise((resolve) => queueMicrotask(() => resolve("ran"))),
        number: new Intl.NumberFormat("de").format(1234.5),
        reason: abort.signal.reason.message,
        any: AbortSignal.any([abort.signal]).aborted,
        exception: new DOMException("m", "AbortError").name,
        heard,
      };
    }`);
    expect(seen).toEqual({
      url: "https://a.example/c?d=1#e",
      params: "q=a+b&r=%C3%A9",
      pattern: "7",
      text: "žluť",
      base64: "binary",
      clone: "1970-01-01T00:00:00.000Z",
      headers: [["x-a", "1"]],
      micro: "ran",
      number: "1.234,5",
      reason: "why",
      any: true,
      exception: "AbortError",
      heard: ["listener", "handler", "x"],
    });
  });

  test("answers a name that was left out on purpose with the reason, and others with the names that exist", async () => {
    expect(await failure(`async () => fetch("https://example.com")`)).toMatch(
      /^fetch is not defined: the sandbox has no network; call a connector instead\. Available globals: t, console/,
    );
    expect(await failure(`async () => host.write()`)).toMatch(
      /^host is not defined\. Available globals: t, console and standard JavaScript\./,
    );
  });

  test.each(
    "ReadableStream WritableStream TransformStream TextEncoderStream TextDecoderStream CompressionStream DecompressionStream Blob File MessageChannel setImmediate".split(
      " ",
    ),
  )("says of %s, which settles at a time of its own, that this is why it is not there", async (name) => {
    expect(await failure(`async () => new ${name}("gzip")`)).toMatch(
      /^\w+ is not defined: .*timing cannot be replayed/,
    );
  });

  test.each("encrypt decrypt sign verify generateKey importKey exportKey deriveBits deriveKey wrapKey".split(" "))(
    "says of crypto.subtle.%s that it is not there, and why",
    async (name) => {
      expect(await failure(`async () => crypto.subtle.${name}({ name: "HMAC" })`)).toBe(
        `crypto.subtle.${name} is not a function: its timing cannot be replayed. Of crypto.subtle there is only digest; let a connector encrypt and sign.`,
      );
    },
  );

  test("answers a forgotten await with the call that it belongs to", async () => {
    expect(await failure(`async () => {\n  const list = t.list();\n  return list.map(String);\n}`)).toMatch(
      /^list\.map is not a function: list is a promise\. Write await before t\.list\(\.\.\.\)\./,
    );
  });
});

describe("the network", () => {
  const DOORS = [
    "fetch", "WebSocket", "WebSocketPair", "EventSource", "XMLHttpRequest", "connect", "caches", "navigator", "Request", "Response",
    "MessageChannel", "BroadcastChannel", "Worker", "SharedWorker", "importScripts", "HTMLRewriter", "sendBeacon", "RTCPeerConnection",
    "ReadableStream", "TransformStream", "CompressionStream", "Blob", "File", "FormData", "WebAssembly", "SharedArrayBuffer", "Atomics",
    "WeakRef", "FinalizationRegistry", "process", "require", "Buffer", "module", "exports", "self", "global", "window", "Temporal",
    "setImmediate", "reportError", "addEventListener", "dispatchEvent", "Cloudflare", "env", "ctx", "bridge", "sequencer", "$fuel", "$input",
  ]; // biome-ignore format: a list of names

  test("has no door among the globals", async () => {
    const seen = await result(`async () => [${DOORS.map((name) => `typeof ${name}`).join(", ")}]`);
    expect(seen).toEqual(DOORS.map(() => "undefined"));
  });

  test("cannot be reached by any import: platform, Node, our own modules, URLs", async () => {
    const specifiers = [
      "cloudflare:workers", "cloudflare:sockets", "cloudflare:email", "workerd:unsafe", "node:net", "node:dns", "node:child_process",
      "node:fs", "node:async_hooks", "node:vm", "fs", "#fuel", "#programs", "./main.js", "main.js", "program.js", "./program.js",
      "https://example.com/x.js", "data:text/javascript,export default 1", "file:///etc/passwd", "blob:x", "__proto__", "constructor", "",
    ]; // biome-ignore format: a list of names
    const seen = await result(`async () => {
      const codes = new Set();
      for (const specifier of ${JSON.stringify(specifiers)}) {
        try { await import(specifier); codes.add("imported " + specifier) } catch (error) { codes.add(error.code) }
      }
      try { await import({ toString() { return "cloudflare:workers" } }); codes.add("imported") } catch (error) { codes.add(error.code) }
      return [...codes];
    }`);
    expect(seen).toEqual(["UNAVAILABLE"]);
  });

  test("cannot be reached by a static import, re-export or import.meta: they are syntax errors before anything runs", async () => {
    for (const code of [
      `import { env } from "cloudflare:workers"; async () => env`,
      `export * from "node:net"; 1`,
      `export { connect } from "cloudflare:sockets"; 1`,
      `async () => import.meta.url`,
      `import defer * as x from "node:fs"; 1`,
      `import source x from "node:fs"; 1`,
    ]) {
      expect((await attack(code)).error, code).toMatch(/^Line 1, column \d+: /);
    }
  });
});

describe("code from strings", () => {
  test("is refused at every constructor of functions, direct and indirect eval, and string timers", async () => {
    const seen = await result(
      each({
        Function: `return new Function("return this")()`,
        constructor: `return ({}).constructor.constructor("return this")()`,
        async: `return (async () => {}).constructor("return 1")()`,
        generator: `return (function* () {}).constructor("yield 1")().next()`,
        asyncGenerator: `return (async function* () {}).constructor("yield 1")().next()`,
        promise: `return Promise.resolve().constructor.constructor("return process")()`,
        reflect: `return Reflect.construct(Function, ["return this"])()`,
        direct: `return eval("1 + 1")`,
        indirect: `return (0, eval)("globalThis")`,
        timer: `setTimeout("globalThis.hit = 1", 0); return "armed"`,
      }),
    );
    expect(seen).toEqual({
      Function: "EvalError",
      constructor: "EvalError",
      async: "EvalError",
      generator: "EvalError",
      asyncGenerator: "EvalError",
      promise: "EvalError",
      reflect: "EvalError",
      direct: "EvalError",
      indirect: "EvalError",
      timer: "TypeError",
    });
  });
});

describe("looking behind the curtain", () => {
  test("stack introspection shows no function, receiver or frame object of ours", async () => {
    const seen = await result(
      each({
        prepare: `Error.prepareStackTrace = (_error, frames) => frames`,
        define: `Object.defineProperty(Error, "prepareStackTrace", { value: (_error, frames) => frames })`,
        capture: `const box = {}; Error.captureStackTrace(box); return box.stack`,
        frames: `return t.fails().catch(({ stack }) => stack)`,
        callee: `return (function () { return typeof arguments.callee })()`,
        caller: `return (function named() { return typeof named.caller })()`,
        shimCaller: `return t.echo.caller`,
        shimArguments: `return t.echo.arguments`,
      }),
    );
    expect(seen).toEqual({
      prepare: "TypeError",
      define: "TypeError",
      capture: expect.stringMatching(/^Error(\n {4}at ([\w.]+ )?(\[as \w+\] )?\(?program\.js:\d+\)?)+$/),
      frames: `Error: Tool "fails" not found in t.`,
      callee: "TypeError",
      caller: "TypeError",
      shimCaller: "TypeError",
      shimArguments: "TypeError",
    });
  });

  test("the counter of fuel and the program's input have no name that a program can spell", async () => {
    expect(await failure("async () => $fuel.n = 1e12")).toMatch(/^\$fuel is not defined/);
    expect(await failure("async () => \\u0024fuel.n")).toMatch(/is not defined/);
    expect(await failure("async () => $\\u{66}uel.trip()")).toMatch(/is not defined/);
    expect(await result("async () => { const $fuel = { n: Infinity }, $fuel1 = $fuel; return $fuel1.n > 1 }")).toBe(
      true,
    );
    expect(await result("async () => typeof globalThis.$fuel")).toBe("undefined");
    // `this` is nothing, in the program's own frame and in what the counter calls.
    expect(await result("async function program() { return typeof this }")).toBe("undefined");
  });

  test("secrets of the host are in no global, error, stack or tool", async () => {
    const seen = await attack(
      `async () => {
        const texts = [];
        for (const run of [() => t.fails(), () => t.missing(), () => globalThis.env.SECRET]) {
          try { await run() } catch (error) { texts.push(error.message, error.stack ?? "", JSON.stringify(error)) }
        }
        return texts.join("\\n");
      }`,
      {
        fails: async () => {
          const secret = "token-4711";
          throw Object.assign(new Error("the remote said no"), {
            request: { headers: { authorization: secret } },
            config: secret,
          });
        },
      },
    );
    expect(seen.error).toBeUndefined();
    expect(seen.result).toContain("the remote said no");
    expect(seen.result).not.toContain("token-4711");
    expect(seen.result).not.toMatch(/direct-run|isolation\.workerd/);
  });

  test("bindings are visible only where the developer gave some, and only those", async () => {
    expect(await result("async () => typeof env")).toBe("undefined");
    const bound = await executorWith({ bindings: { REGION: "eu" } }).execute("async () => Object.entries(env)", []);
    expect(bound.result).toEqual([["REGION", "eu"]]);
  });
});

describe("clock and chance", () => {
  test("no path leads to the real clock: Date, performance, Intl, events, clones", async () => {
    const code = `async () => {
      const start = Date.now();
      for (let i = 0; i < 3_000_000; i++) Math.sqrt(i);
      const day = (text) => new Date(text).getTime();
      class Mine extends Date {}
      return [
        Date.now() - start, new Date().getTime() - start, +new Date(new Date().constructor.now()) - start,
        new (structuredClone(new Date()).constructor)().getTime() - start, new (Object.getPrototypeOf(new Date()).constructor)().getTime() - start,
        Reflect.construct(Date, []).getTime() - start, new Mine().getTime() - start, Date.prototype.constructor.now() - start,
        performance.now(), performance.timeOrigin - start, new Event("x").timeStamp,
        new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "long", fractionalSecondDigits: undefined }).format() ===
          new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "long" }).format(start),
        new Intl.DateTimeFormat("en", { fractionalSecondDigits: 3 }).formatToParts().map((part) => part.value).join("") ===
          new Intl.DateTimeFormat("en", { fractionalSecondDigits: 3 }).formatToParts(start).map((part) => part.value).join(""),
        Date() === new Date(start).toString(),
      ];
    }`;
    expect(await result(code)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, true, true, true]);
  });

  test("recorded time and chance cannot be taken off or replaced", async () => {
    const seen = await result(
      each({
        now: `Date.now = () => 1`,
        date: `globalThis.Date = class {}`,
        deleteDate: `delete globalThis.Date`,
        random: `Math.random = () => 4`,
        deleteRandom: `delete Math.random`,
        math: `globalThis.Math = { random: () => 4 }`,
        uuid: `crypto.randomUUID = () => "mine"`,
        crypto: `globalThis.crypto = {}`,
        performance: `performance.now = () => 1`,
        intl: `Object.defineProperty(Intl.DateTimeFormat.prototype, "format", { get() { return () => "x" } })`,
      }),
    );
    expect(new Set(Object.values(seen as object))).toEqual(new Set(["TypeError"]));
  });
});
