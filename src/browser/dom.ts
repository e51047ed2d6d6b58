/** The few members of the DOM that the iframe sandbox uses: the project is typed for Workers, which have none. */

export interface FrameElement {
  readonly sandbox: { add(token: string): void };
  readonly style: { display: string };
  srcdoc: string;
  readonly contentWindow: {
    postMessage(message: unknown, targetOrigin: string, transfer: readonly unknown[]): void;
  } | null;
  setAttribute(name: string, value: string): void;
  addEventListener(type: "load" | "error", listener: () => void, options: { readonly once: true }): void;
  remove(): void;
}

interface ParentElement {
  append(child: FrameElement): void;
}

export interface Page {
  createElement(tag: "iframe"): FrameElement;
  readonly body: ParentElement | null;
  readonly documentElement: ParentElement & { readonly dataset: Readonly<Record<string, string | undefined>> };
}

/** A dedicated Worker as the page that started it sees it. */
export interface WorkerHandle {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  postMessage(message: unknown, transfer: readonly unknown[]): void;
}

/** A message event with what decides whether to trust it. */
export interface WindowMessage {
  readonly source: unknown;
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
}
