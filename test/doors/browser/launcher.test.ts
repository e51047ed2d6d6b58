/** The only script of the sandboxed document: what starts the program's Worker, what does not, and what the page hears of one that fails. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { WindowMessage, WorkerHandle } from "../../../src/browser/dom.ts";

const NONCE = "of this document";

/** A window that keeps what it is told, and its Workers. */
function makeWindow() {
  let hear = (_message: WindowMessage) => {};
  const started: Started[] = [];
  const parent = {};
  const window = {
    parent,
    refuses: undefined as unknown,
    Worker: function Worker(this: unknown, url: string) {
      if (window.refuses !== undefined) throw window.refuses;
      const worker = new Started(url);
      started.push(worker);
      return worker;
    },
    addEventListener: (_type: "message", listener: (message: WindowMessage) => void) => {
      hear = listener;
    },
  };
  return { window, parent, started, tell: (message: WindowMessage) => hear(message) };
}

class Started implements WorkerHandle {
  onmessage: WorkerHandle["onmessage"] = null;
  onerror: WorkerHandle["onerror"] = null;
  readonly handed: (readonly unknown[])[] = [];
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  postMessage(_message: unknown, transfer: readonly unknown[]): void {
    this.handed.push(transfer);
  }
}

let sandbox: ReturnType<typeof makeWindow>;

beforeEach(async () => {
  sandbox = makeWindow();
  vi.stubGlobal("window", sandbox.window);
  vi.stubGlobal("document", { documentElement: { dataset: { nonce: NONCE } } });
  vi.resetModules();
  await import("../../../src/browser/launcher.ts");
});

afterEach(() => void vi.unstubAllGlobals());

/** A port that keeps what the page would hear. */
function makePort() {
  const heard: unknown[] = [];
  const port = { postMessage: (message: unknown) => heard.push(message) } as unknown as MessagePort;
  return { port, heard };
}

const DATA = { nonce: NONCE, worker: "'the program'" };

it("starts one Worker, of the source that it is given, and hands it the port when that is heard of", async () => {
  const { port, heard } = makePort();
  sandbox.tell({ source: sandbox.parent, data: DATA, ports: [port] });
  const [worker] = sandbox.started;
  const blob = await fetch(worker?.url ?? "");
  expect(blob.headers.get("content-type")).toBe("text/javascript");
  expect(await blob.text()).toBe(DATA.worker);
  expect(worker?.handed).toEqual([]);
  worker?.onmessage?.({ data: undefined });
  expect(worker?.handed).toEqual([[port]]);
  // What comes from here on is the program's.
  expect([worker?.onmessage, worker?.onerror]).toEqual([null, null]);
  sandbox.tell({ source: sandbox.parent, data: DATA, ports: [makePort().port] });
  expect(sandbox.started).toHaveLength(1);
  expect(heard).toEqual([]);
});

it.each<[string, Partial<WindowMessage>]>([
  ["of another window, though it knows the nonce", { source: {} }],
  ["without the nonce", { data: { worker: DATA.worker } }],
  ["with another nonce", { data: { ...DATA, nonce: "" } }],
  ["without a port", { ports: [] }],
  ["without a Worker", { data: { nonce: NONCE } }],
  ["that is null", { data: null }],
  ["that is a text", { data: "start" }],
])("starts nothing for a message %s, and still does for the page's own", (_what, other) => {
  const own = { source: sandbox.parent, data: DATA, ports: [makePort().port] };
  sandbox.tell({ ...own, ...other });
  expect(sandbox.started).toEqual([]);
  sandbox.tell(own);
  expect(sandbox.started).toHaveLength(1);
});

it.each([
  ["an error", new TypeError("no Workers here"), "no Workers here"],
  ["what is no error", "nothing", "nothing"],
])("tells the page of a Worker that is refused at once, by %s", (_what, refuses, message) => {
  const { port, heard } = makePort();
  sandbox.window.refuses = refuses;
  sandbox.tell({ source: sandbox.parent, data: DATA, ports: [port] });
  expect(heard).toEqual([{ type: "failed", message }]);
});

it.each([
  ["without a word", {}, "the Worker was refused"],
  ["with its error", { message: "Unexpected token" }, "Unexpected token"],
])("tells the page of a Worker that fails before it is heard of, %s", (_what, event, message) => {
  const { port, heard } = makePort();
  sandbox.tell({ source: sandbox.parent, data: DATA, ports: [port] });
  sandbox.started[0]?.onerror?.(event);
  expect(heard).toEqual([{ type: "failed", message }]);
});
