/** Waits until every microtask has run: a message to oneself is a task of its own, and tasks wait for microtasks. */

export interface Ticker {
  /** Resolves after all microtasks are done. One at a time. */
  tick(): Promise<void>;
  /** A pair left open would keep the isolate from ending. */
  close(): void;
}

/**
 * A socket pair does this in about 15 microseconds; `setTimeout(0)` takes more than a millisecond on some versions of the
 * platform, and `queueMicrotask` does not wait for other microtasks.
 */
export function makeTicker(): Ticker {
  const pair = new WebSocketPair();
  const [near, far] = [pair[0], pair[1]];
  let resume: (() => void) | undefined;
  near.accept();
  far.accept();
  far.addEventListener("message", () => {
    const wake = resume;
    resume = undefined;
    wake?.();
  });
  return {
    tick: () =>
      new Promise((resolve) => {
        resume = resolve;
        near.send("");
      }),
    close() {
      near.close();
      far.close();
    },
  };
}
