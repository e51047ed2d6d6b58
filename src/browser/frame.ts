/** The hidden iframe of one run: a document with a policy, a launcher, and one port to the program's Worker. */
import type { Page } from "./dom.ts";
import guest from "./guest.ts?bundle";
import launcher from "./launcher.ts?bundle";
import type { Start } from "./messages.ts";

declare const document: Page;

/** An open sandbox. */
export interface Frame {
  /** The page's end of the channel. */
  readonly port: MessagePort;
  /** Ends the Worker, also one that loops for ever. */
  remove(): void;
}

function attribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

/** `crypto.randomUUID` is for secure origins only; a page on a plain intranet address has this. */
function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}

/** In a function of its own: what a script declares at its top is in the scope of every program. */
const WORKER = `(()=>{"use strict";${guest}})();`;

/** The Worker is made of a blob; a policy that says nothing of Workers would refuse it. */
function withWorkers(csp: string): string {
  return /(^|;)\s*worker-src\s/i.test(csp) ? csp : `${csp.replace(/;?\s*$/, "")}; worker-src blob:`;
}

function documentText(csp: string, nonce: string): string {
  const script = launcher.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
  return `<!doctype html><html data-nonce="${nonce}"><head><meta http-equiv="Content-Security-Policy" content="${attribute(withWorkers(csp))}"></head><body><script>${script}</script></body></html>`;
}

/**
 * Opens a sandbox. Nothing is ever read from window messages: the page listens to its port only, and the port is handed over
 * once, to the document that knows the nonce.
 */
export function openFrame(csp: string, onFailed: (message: string) => void): Frame {
  const { port1, port2 } = new MessageChannel();
  const nonce = randomHex(16);
  const frame = document.createElement("iframe");
  frame.sandbox.add("allow-scripts");
  frame.style.display = "none";
  frame.setAttribute("aria-hidden", "true");
  frame.srcdoc = documentText(csp, nonce);
  frame.addEventListener("error", () => onFailed("the iframe did not load"), { once: true });
  frame.addEventListener(
    "load",
    () => {
      const start: Start = { nonce, worker: WORKER };
      frame.contentWindow?.postMessage(start, "*", [port2]);
    },
    { once: true },
  );
  (document.body ?? document.documentElement).append(frame);
  return {
    port: port1,
    remove() {
      port1.close();
      frame.remove();
    },
  };
}
