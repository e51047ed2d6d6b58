/**
 * The only script of the sandboxed document: starts the program's Worker and hands it the port. No program runs in the
 * document itself, because a document can leave by navigating; a Worker cannot.
 */
import type { Page, WindowMessage, WorkerHandle } from "./dom.ts";

declare const document: Page;
declare const window: {
  readonly parent: unknown;
  readonly Worker: new (url: string) => WorkerHandle;
  addEventListener(type: "message", listener: (event: WindowMessage) => void): void;
};

const { nonce } = document.documentElement.dataset;
let started = false;

/** Only the embedding page knows the nonce; any window can post a message here. */
function startOf({
  source,
  data,
  ports,
}: WindowMessage): { readonly worker: string; readonly port: MessagePort } | undefined {
  const [port] = ports;
  if (started || source !== window.parent || port === undefined || typeof data !== "object" || data === null)
    return undefined;
  const worker: unknown = Reflect.get(data, "worker");
  return Reflect.get(data, "nonce") === nonce && typeof worker === "string" ? { worker, port } : undefined;
}

function launch(source: string, port: MessagePort): void {
  const worker = new window.Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const fail = (message = "the Worker was refused") => port.postMessage({ type: "failed", message });
  worker.onerror = (event) => fail(event.message);
  // The first message comes before any program runs; later ones are the program's and mean nothing.
  worker.onmessage = () => {
    worker.onmessage = null;
    worker.onerror = null;
    worker.postMessage(null, [port]);
  };
}

window.addEventListener("message", (event) => {
  const start = startOf(event);
  if (start === undefined) return;
  started = true;
  try {
    launch(start.worker, start.port);
  } catch (error) {
    start.port.postMessage({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  }
});
