/** One run seen from the page, with a sandbox that the test plays: an honest one, a silent one and one that forges. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ToGuest, ToPage } from "../../../src/browser/messages.ts";
import { IframeSandboxExecutor } from "../../../src/browser.ts";
import { DEFAULT_LIMITS } from "../../../src/limits.ts";
import { encodeValue } from "../../../src/wire/values.ts";

/** What the page does with an iframe, and its end of the channel that the test has. */
interface Sandbox {
  /** `load` or `error`, as the browser would tell it. */
  tell(event: "load" | "error"): void;
  /** What the page sent, once there is something. */
  heard(): Promise<ToGuest>;
  send(message: unknown): void;
  removed(): boolean;
  readonly element: { readonly srcdoc: string; readonly style: { readonly display: string } };
  /** Of the iframe's `sandbox` attribute. */
  readonly tokens: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  /** What was posted to the window. */
  readonly handed: readonly unknown[];
}

const opened: Sandbox[] = [];

/** What arrives, for whoever waits for it or will. */
function makeInbox() {
  const messages: ToGuest[] = [];
  const takers: ((message: ToGuest) => void)[] = [];
  return {
    next: () =>
      new Promise<ToGuest>((resolve) => {
        const message = messages.shift();
        if (message === undefined) takers.push(resolve);
        else resolve(message);
      }),
    put(message: ToGuest) {
      const taker = takers.shift();
      if (taker === undefined) messages.push(message);
      else taker(message);
    },
  };
}

/** An iframe of which the test is the inside. */
function makeFrame() {
  const listeners = new Map<string, () => void>();
  const inbox = makeInbox();
  const tokens: string[] = [];
  const attributes: Record<string, string> = {};
  const handed: unknown[] = [];
  let port: MessagePort | undefined;
  let removed = false;
  const element = {
    sandbox: { add: (token: string) => tokens.push(token) },
    style: { display: "" },
    srcdoc: "",
    contentWindow: {
      postMessage(message: unknown, _origin: string, transfer: readonly MessagePort[]) {
        handed.push(message);
        port = transfer[0];
        if (port !== undefined) port.onmessage = ({ data }: { readonly data: ToGuest }) => inbox.put(data);
      },
    },
    setAttribute(name: string, value: string) {
      attributes[name] = value;
    },
    addEventListener: (type: string, listener: () => void) => listeners.set(type, listener),
    remove() {
      removed = true;
      port?.close();
    },
  };
  opened.push({
    tell: (event) => listeners.get(event)?.(),
    heard: () => inbox.next(),
    send: (message) => port?.postMessage(message),
    removed: () => removed,
    element,
    tokens,
    attributes,
    handed,
  });
  return element;
}

beforeEach(() => {
  vi.stubGlobal("document", { createElement: makeFrame, body: { append() {} } });
});
afterEach(() => {
  vi.unstubAllGlobals();
  opened.length = 0;
});

/** A run whose sandbox has been handed its program. */
async function begin(fns: Record<string, (...args: unknown[]) => Promise<unknown>> = {}, timeout = 60_000) {
  const running = new IframeSandboxExecutor({ timeout }).execute("async () => 1", [{ name: "shop", fns }]);
  const [sandbox] = opened;
  if (sandbox === undefined) throw new Error("No iframe was made.");
  sandbox.tell("load");
  expect(await sandbox.heard()).toMatchObject({ type: "run", namespaces: [{ name: "shop" }] });
  return { running, sandbox };
}

const done = (value: unknown): ToPage => ({ type: "done", ok: true, value: encodeValue(value, "The result") });
const call = (id: number, method: string, namespace = "shop"): ToPage => ({
  type: "call",
  id,
  namespace,
  method,
  args: "[[]]",
});

describe("a run", () => {
  it("answers with what its program returned and printed, and takes its sandbox away", async () => {
    const { running, sandbox } = await begin();
    sandbox.send({ type: "started" });
    sandbox.send({ type: "console", lines: [{ level: "warn", text: "hm" }] });
    sandbox.send(done([1]));
    expect(await running).toEqual({ result: [1], logs: ["[warn] hm"] });
    expect(sandbox.removed()).toBe(true);
  });

  it("says that its sandbox did not start, and why, as the browser or the sandbox tells it", async () => {
    const { running, sandbox } = await begin();
    sandbox.tell("error");
    expect((await running).error).toMatch(/^The sandbox did not start: the iframe did not load\./);
    expect(sandbox.removed()).toBe(true);
    opened.length = 0;
    const other = await begin();
    other.sandbox.send({ type: "failed", message: "the Worker was refused" });
    expect((await other.running).error).toMatch(/^The sandbox did not start: the Worker was refused\./);
  });

  it("ends where nothing is heard of its sandbox in time", async () => {
    const { running, sandbox } = await begin({}, 20);
    expect((await running).error).toMatch(/^The sandbox did not start: nothing was heard of it for 20 ms\./);
    expect(sandbox.removed()).toBe(true);
  });

  it("cannot be had where there is no page to put an iframe into: an error, and nothing is thrown", async () => {
    vi.stubGlobal("document", undefined);
    const { error } = await new IframeSandboxExecutor().execute("async () => 1", []);
    expect(error).toEqual(expect.any(String));
  });
});

describe("the iframe of a run", () => {
  /** The iframe that is made under a policy, and the policy as its document has it. */
  async function frameUnder(csp?: string) {
    const running = new IframeSandboxExecutor({ timeout: 60_000, ...(csp !== undefined && { csp }) }).execute("1", []);
    const sandbox = opened.pop();
    if (sandbox === undefined) throw new Error("No iframe was made.");
    sandbox.tell("load");
    await sandbox.heard();
    sandbox.send(done(1));
    await running;
    return {
      sandbox,
      policy: /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(sandbox.element.srcdoc)?.[1],
    };
  }

  it("may run scripts and nothing else, and is not seen or read out", async () => {
    const { sandbox } = await frameUnder();
    expect(sandbox.tokens).toEqual(["allow-scripts"]);
    expect(sandbox.element.style.display).toBe("none");
    expect(sandbox.attributes).toEqual({ "aria-hidden": "true" });
  });

  it("has a word of its own, which is handed over with the program's Worker, once", async () => {
    const words = [await frameUnder(), await frameUnder()].map(({ sandbox }) => {
      const word = /<html data-nonce="([0-9a-f]{32})">/.exec(sandbox.element.srcdoc)?.[1];
      expect(sandbox.handed).toEqual([{ nonce: word, worker: expect.stringMatching(/^\(\(\)=>\{"use strict";/) }]);
      return word;
    });
    expect(new Set(words).size).toBe(2);
  });

  it("ends its script where the script ends", async () => {
    const { sandbox } = await frameUnder();
    expect(sandbox.element.srcdoc.split("</script").length).toBe(2);
    expect(sandbox.element.srcdoc).not.toContain("<!--");
  });

  it.each([
    [undefined, "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; worker-src blob:"],
    ["default-src 'none'", "default-src 'none'; worker-src blob:"],
    ["default-src 'none'; ", "default-src 'none'; worker-src blob:"],
    ["worker-src 'self'", "worker-src 'self'"],
    ["default-src 'none';Worker-Src blob: https:", "default-src 'none';Worker-Src blob: https:"],
    ["report-uri /worker-src ", "report-uri /worker-src; worker-src blob:"],
    [`report-uri /?a&b"<script>`, "report-uri /?a&amp;b&quot;&lt;script>; worker-src blob:"],
  ])("keeps to the policy %j, which lets it make its Worker", async (csp, policy) => {
    expect((await frameUnder(csp)).policy).toBe(policy);
  });

  it("is put into the document where there is no body yet", async () => {
    const append = vi.fn();
    vi.stubGlobal("document", { createElement: makeFrame, body: null, documentElement: { append } });
    const { sandbox } = await frameUnder();
    expect(append.mock.calls).toEqual([[sandbox.element]]);
  });
});

describe("a sandbox that forges", () => {
  it.each([
    ["what is no message of the protocol", { type: "settled", id: 0, ok: true, value: "[1]" }, "no honest program"],
    ["nothing", null, "no honest program"],
    ["a result that is no value", { type: "done", ok: true, value: "]" }, "something that is not a value"],
  ])("ends its own run by an error with %s", async (_what, message, says) => {
    const { running, sandbox } = await begin();
    sandbox.send(message);
    const { result, error } = await running;
    expect(result).toBeUndefined();
    expect(error).toContain(says);
    expect(sandbox.removed()).toBe(true);
  });

  it("gets no more time by beginning again", async () => {
    const { running, sandbox } = await begin({}, 150);
    sandbox.send({ type: "started" });
    const again = setInterval(() => sandbox.send({ type: "started" }), 20);
    expect((await running).error).toContain("timed out");
    clearInterval(again);
  });

  it("calls what is not there, or with what is no list, and hears so", async () => {
    const one = vi.fn(async (...args: unknown[]) => args);
    const { running, sandbox } = await begin({ one });
    sandbox.send({ type: "started" });
    sandbox.send(call(1, "one", "bank"));
    expect(await sandbox.heard()).toMatchObject({
      id: 1,
      ok: false,
      failure: { code: "UNKNOWN_TOOL", message: 'There is no "bank" in this sandbox.' },
    });
    sandbox.send({ type: "call", id: 2, namespace: "shop", method: "one", args: encodeValue("all", "The arguments") });
    expect(await sandbox.heard()).toMatchObject({ id: 2, ok: true });
    expect(one.mock.calls).toEqual([["all"]]);
    sandbox.send({ type: "call", id: 3, namespace: "shop", method: "one", args: "]" });
    expect(await sandbox.heard()).toMatchObject({ id: 3, ok: false });
    sandbox.send(done(1));
    expect((await running).result).toBe(1);
  });

  it("makes no more calls at once than a program may, and hears of those that are refused", async () => {
    const open: (() => void)[] = [];
    const wait = () => new Promise<void>((resolve) => open.push(resolve));
    const { running, sandbox } = await begin({ wait });
    sandbox.send({ type: "started" });
    const { maxCallsInFlight } = DEFAULT_LIMITS;
    for (let id = 0; id <= maxCallsInFlight; id += 1) sandbox.send(call(id, "wait"));
    expect(await sandbox.heard()).toMatchObject({
      id: maxCallsInFlight,
      ok: false,
      failure: { code: "TOO_MANY_CALLS_IN_FLIGHT" },
    });
    expect(open).toHaveLength(maxCallsInFlight);
    open[0]?.();
    expect(await sandbox.heard()).toMatchObject({ id: 0, ok: true });
    sandbox.send(done(1));
    expect((await running).result).toBe(1);
  });
});

describe("the program's time", () => {
  it("stands still while any of its calls is open, and goes on when the last has ended", async () => {
    const open: (() => void)[] = [];
    const wait = () => new Promise<void>((resolve) => open.push(resolve));
    const { running, sandbox } = await begin({ wait }, 150);
    const ended = vi.fn();
    void running.then(ended);
    sandbox.send({ type: "started" });
    sandbox.send(call(0, "wait"));
    sandbox.send(call(1, "wait"));
    await vi.waitFor(() => expect(open).toHaveLength(2));
    open[0]?.();
    await sandbox.heard();
    // More than the program has: only time shows that it is not counted.
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(ended).not.toHaveBeenCalled();
    open[1]?.();
    await sandbox.heard();
    expect((await running).error).toContain("timed out");
  });

  it("is over for good when the run has ended: a call that comes back late changes nothing", async () => {
    const late = Promise.withResolvers<string>();
    const { running, sandbox } = await begin({ wait: () => late.promise });
    sandbox.send({ type: "started" });
    sandbox.send(call(0, "wait"));
    sandbox.send(done("first"));
    expect((await running).result).toBe("first");
    const [said, timers] = [vi.spyOn(MessagePort.prototype, "postMessage"), vi.spyOn(globalThis, "setTimeout")];
    late.resolve("late");
    // A turn of the event loop, after which an answer would have been sent.
    await new Promise((resolve) => setImmediate(resolve));
    expect([said.mock.calls, timers.mock.calls]).toEqual([[], []]);
    for (const spy of [said, timers]) spy.mockRestore();
  });

  it("is watched by no timer once the run has ended", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { running, sandbox } = await begin();
      sandbox.send({ type: "started" });
      sandbox.send(done(1));
      await running;
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
