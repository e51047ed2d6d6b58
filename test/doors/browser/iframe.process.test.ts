/** The iframe sandbox in a real Chromium: what programs can do, what they cannot, and that every run ends. */
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM_ARGS, ensureChromium } from "../../../scripts/ensure-chromium.ts";
import type { page, RunOptions } from "./page.ts";
import { openSite, type Site } from "./site.ts";

type PageApi = typeof page;

let site: Site;
let browser: Browser;
let tab: Page;

beforeAll(async () => {
  const executablePath = await ensureChromium();
  site = await openSite();
  browser = await chromium.launch({ executablePath, args: [...CHROMIUM_ARGS] });
  tab = await browser.newPage();
  await tab.goto(site.origin);
  await tab.waitForFunction(() => "page" in globalThis);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** Asks the page; the name is looked up there, because a function of a module cannot be sent. */
function ask<K extends keyof PageApi>(
  name: K,
  ...args: Parameters<PageApi[K]>
): Promise<Awaited<ReturnType<PageApi[K]>>> {
  return tab.evaluate(
    ([method, given]) => Reflect.apply(Reflect.get(Reflect.get(globalThis, "page"), method), undefined, given),
    [name, args] as const,
  );
}

const run = (options: RunOptions | string) => ask("run", typeof options === "string" ? { code: options } : options);

describe("what a program can do", () => {
  it("calls host functions and returns a value", async () => {
    const outcome = await run("async () => { const sum = await shop.add(2, 3); return { sum }; }");
    expect(outcome).toMatchObject({ result: { sum: 5 }, failed: false, calls: ["add"] });
  });

  it("calls in parallel", async () => {
    const outcome = await run("async () => Promise.all([1, 2, 3].map((n) => shop.add(n, n)))");
    expect(outcome.result).toEqual([2, 4, 6]);
  });

  it("may be TypeScript, a fenced block or bare statements", async () => {
    const typed = "async (): Promise<number> => { const n: number = (await shop.add(1, 1)) as number; return n; }";
    expect((await run(typed)).result).toBe(2);
    expect((await run("```ts\nconst n: number = 4;\nn + 1\n```")).result).toBe(5);
  });

  it("is strict code, and may end in a comment", async () => {
    expect((await run("async () => (function () { return typeof this; })()")).result).toBe("undefined");
    expect((await run("async () => 1 // done")).result).toBe(1);
  });

  it("calls a function whose name is no identifier by its sanitized name and by its own", async () => {
    const outcome = await run(`async () => [await shop.list_items(), await shop["list-items"]()]`);
    expect(outcome.result).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
  });

  it("keeps the kind of values in both directions", async () => {
    const kinds = await ask("kinds");
    expect(Object.entries(kinds).filter(([, kept]) => !kept)).toEqual([]);
  });

  it("prints lines with levels, readable objects included", async () => {
    const { logs } = await run(
      `async () => { console.log("a", { b: [1] }); console.warn("c"); console.error(new Error("d")); }`,
    );
    expect(logs).toEqual(["a { b: [1] }", "[warn] c", "[error] Error: d"]);
  });

  it("catches a tool's error with its name, message and code", async () => {
    const { result } = await run(
      `async () => { try { await shop.fail("no", "E_NO"); } catch (e) { return [e instanceof TypeError, e.message, e.code]; } }`,
    );
    expect(result).toEqual([true, "no", "E_NO"]);
  });

  it("uses what a prelude put on the namespace", async () => {
    const { result } = await run({
      code: "async () => shop.twice(4)",
      prelude: "shop.twice = async (n) => (await shop.add(n, n));",
    });
    expect(result).toBe(8);
  });

  it("sees namespaces that can be listed, awaited and printed", async () => {
    const { result, failed } = await run(
      `async () => [Object.keys(shop).includes("add"), (await shop) === shop, JSON.stringify(shop)]`,
    );
    expect({ result, failed }).toEqual({ result: [true, true, "{}"], failed: false });
  });

  it("gets functions given as one record under codemode, and connectors under their own names", async () => {
    expect(await ask("plainFunctions")).toMatchObject({ result: 1 });
    expect(await ask("connectors")).toMatchObject({ result: { method: "close", args: { id: 1 } } });
  });
});

describe("how a program fails", () => {
  it.each([
    ["an error", `throw new Error("broken")`, "broken"],
    ["an error without a message", "throw new RangeError()", "RangeError"],
    ["an empty string", `throw ""`, "(an empty string was thrown)"],
    ["undefined", "throw undefined", "(thrown) undefined"],
    ["a tool's empty failure", "await shop.failEmpty()", "(an empty string was thrown)"],
  ])("with an error that is there and says something: %s", async (_what, statement, error) => {
    expect(await run(`async () => { ${statement}; }`)).toMatchObject({ failed: true, error });
  });

  it("names line and column of what does not parse, and runs nothing", async () => {
    const outcome = await run("async () => {\n  await shop.add(1, 2);\n  const = 3;\n}");
    expect(outcome).toMatchObject({ failed: true, calls: [], frames: 0 });
    expect(outcome.error).toMatch(/line 3/i);
  });

  it("with near names for a function that does not exist, also one of Object.prototype", async () => {
    expect((await run("async () => shop.ad(1)")).error).toContain("add");
    for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      const outcome = await run(`async () => { const f = Reflect.get(shop, ${JSON.stringify(name)}); return f("x"); }`);
      expect(outcome.failed, name).toBe(true);
    }
  });

  it("with a sentence for values that cannot leave the sandbox or come in", async () => {
    expect((await run("async () => () => 1")).error).toContain("The program's result");
    expect((await run("async () => shop.echo(Symbol('x'))")).error).toContain("The arguments of shop.echo");
    expect((await run("async () => shop.unsayable()")).error).toContain("The result of shop.unsayable");
  });

  it("before it runs, when names cannot be globals or clash", async () => {
    const errors = await ask("badNames");
    expect(errors).toHaveLength(4);
    expect(errors[0]).toContain("not-a-name");
    expect(errors[1]).toContain("class");
    expect(errors[2]).toContain("Two providers");
    expect(errors[3]).toContain("x_y");
  });

  it("keeps what was printed before it failed", async () => {
    expect((await run(`async () => { console.log("before"); throw new Error("x"); }`)).logs).toEqual(["before"]);
  });
});

describe("that every run ends", () => {
  it("stops a program that loops for ever, with what it printed, and the next one works", async () => {
    const outcome = await run({ code: `async () => { console.log("in"); while (true); }`, timeout: 1_500 });
    expect(outcome).toMatchObject({ failed: true, logs: ["in"], frames: 0 });
    expect(outcome.error).toContain("timed out");
    expect((await run("async () => 1")).result).toBe(1);
  });

  it("stops a program that waits for what never comes", async () => {
    // Starting the frame counts, and on a busy machine takes half a second.
    expect((await run({ code: "async () => new Promise(() => {})", timeout: 1_500 })).error).toContain("timed out");
  });

  it("does not count the time that host functions take", async () => {
    const { result, failed } = await run({
      code: "async () => { await shop.wait(1_500); return shop.wait(1_000); }",
      // Starting the frame counts, and on a busy machine takes half a second.
      timeout: 2_000,
    });
    expect({ result, failed }).toEqual({ result: 1_000, failed: false });
  });

  it("says what a page must allow when the sandbox cannot start", async () => {
    const outcome = await run({ code: "async () => 1", csp: "default-src 'none'", timeout: 500 });
    expect(outcome.error).toContain("The sandbox did not start");
  });

  it("takes the iframe away", async () => {
    expect((await run("async () => 1")).frames).toBe(0);
  });
});

describe("what a program cannot do", () => {
  /** Each gives a promise that settles when the attempt was made. */
  const attempts: Readonly<Record<string, string>> = {
    fetch: `fetch(URL_)`,
    "fetch without cors": `fetch(URL_, { mode: "no-cors" })`,
    XMLHttpRequest: `new Promise((done) => { const x = new XMLHttpRequest(); x.onloadend = done; x.open("GET", URL_); x.send(); })`,
    WebSocket: `new Promise((done) => { const s = new WebSocket(URL_.replace("http", "ws")); s.onerror = s.onclose = s.onopen = done; })`,
    EventSource: `new Promise((done) => { const s = new EventSource(URL_); s.onerror = s.onopen = done; })`,
    importScripts: `importScripts(URL_)`,
    import: `(0, eval)("import(" + JSON.stringify(URL_) + ")")`,
    "a Worker of an address": `new Promise((done) => { const w = new Worker(URL_); w.onerror = w.onmessage = done; })`,
    "a Worker of its own": `new Promise((done) => {
      const text = "fetch(" + JSON.stringify(URL_) + ").then(() => postMessage('reached'), () => postMessage('refused'))";
      const w = new Worker(URL.createObjectURL(new Blob([text]))); w.onmessage = w.onerror = done; })`,
    sendBeacon: `navigator.sendBeacon(URL_, "x")`,
    "an image": `new Promise((done) => { const i = new Image(); i.onload = i.onerror = done; i.src = URL_; })`,
    "leaving the page": `(location.href = URL_, parent.location = URL_, top.location = URL_)`,
    "a window": `open(URL_)`,
    WebTransport: `new WebTransport(URL_.replace("http", "https")).ready`,
  };

  it("reaches nothing, by any door", async () => {
    for (const [what, attempt] of Object.entries(attempts)) {
      site.strays.length = 0;
      const code = `async () => { const URL_ = ${JSON.stringify(`${site.origin}/stray?${encodeURIComponent(what)}`)};
        try { await ${attempt}; return "attempted"; } catch (error) { return "refused: " + error; } }`;
      const outcome = await run({ code, timeout: 3_000 });
      // A round trip of the page's own, after which a request of the program would have arrived.
      await tab.evaluate((url) => fetch(url), `${site.origin}/mark`);
      expect({ what, strays: site.strays }, String(outcome.result ?? outcome.error)).toEqual({
        what,
        strays: ["/mark"],
      });
    }
  });

  it("sees no document, no storage, no page", async () => {
    const { result } = await run(
      `async () => ["document", "window", "parent", "localStorage", "RTCPeerConnection"].map((name) => typeof globalThis[name])`,
    );
    expect(result).toEqual(["undefined", "undefined", "undefined", "undefined", "undefined"]);
  });

  it("sees nothing of the sandbox's own code", async () => {
    const names = "async () => [typeof waiting, typeof serve, typeof e, typeof t, typeof n, typeof r]";
    expect((await run(names)).result).toEqual(Array(6).fill("undefined"));
  });

  it("is not answered by messages forged on the page's window or the iframe's", async () => {
    expect(await run("async () => [await shop.forge(), await shop.add(1, 1)]")).toMatchObject({
      result: ["posted", 2],
      failed: false,
    });
  });

  it("cannot end or answer its run by messages of its own", async () => {
    const { result } = await run(`async () => {
      postMessage({ type: "done", ok: true, value: '["forged"]' });
      self.dispatchEvent(new MessageEvent("message", { data: { type: "settled", id: 0, ok: true, value: '["forged"]' } }));
      return await shop.echo("real");
    }`);
    expect(result).toBe("real");
  });

  it("cannot end its Worker, which would look like a program that never answers, or have it take another port", async () => {
    const { result } = await run("async () => [typeof close, typeof self.close, self.onmessage]");
    expect(result).toEqual(["undefined", "undefined", null]);
  });

  it("does not get at the port by replacing what the sandbox uses", async () => {
    const { result } = await run(`async () => {
      const seen = [];
      for (const name of ["postMessage", "close", "addEventListener"]) {
        MessagePort.prototype[name] = function () { seen.push(name); };
      }
      return [await shop.echo("real"), seen];
    }`);
    expect(result).toEqual(["real", []]);
  });

  it("cannot make a call after its run has ended", async () => {
    const outcome = await run(`async () => { setTimeout(() => shop.add(1, 1), 20); return "done"; }`);
    expect(outcome.result).toBe("done");
    await tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 80)));
    expect((await run("async () => 1")).calls).toEqual([]);
  });
});

describe("createBrowserCodeTool", () => {
  it("describes the tools that can run at once and runs programs over them", async () => {
    const tool = await ask("codeTool", "async () => codemode.find_it({ q: 'x' })");
    expect(tool).toMatchObject({ name: "codemode", ran: { result: "found x" } });
    const description = String(Reflect.get(Object(tool), "description"));
    expect(description).toContain("find_it");
    expect(description).toContain("Finds $& it");
    expect(description).not.toContain("pay");
  });

  it("checks arguments against the schema and names the path", async () => {
    const tool = await ask("codeTool", "async () => codemode.find_it({ q: 1 })");
    expect(JSON.stringify(Reflect.get(Object(tool), "ran"))).toContain("args.q");
  });

  it("throws with the program's error and output", async () => {
    const tool = await ask("codeTool", `async () => { console.log("seen"); throw new Error("broken"); }`);
    expect(Reflect.get(Object(tool), "ran")).toEqual({
      thrown: "Code execution failed: broken\n\nConsole output:\nseen",
    });
  });
});
