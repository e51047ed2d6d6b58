/** Waits until every microtask has run: a message to oneself is a task of its own, and tasks wait for microtasks. */

export interface Ticker {
  /** Resolves after all microtasks are done. One at a time. */
  tick(): Promise<void>;
  /** A pair left open would keep the isolate from ending. */
  close(): void;
}

/** The program's globals do not have it. */
const Pair = WebSocketPair;

/** Messages that are on their way before they are asked for, at most: who took a tick mostly takes another. */
const MAX_AHEAD = 64;

/**
 * A socket pair does this in about 10 microseconds, and in 3 when the next messages are on their way already; `setTimeout(0)`
 * takes more than a millisecond on some versions of the platform, and `queueMicrotask` does not wait for other microtasks.
 */
export function makeTicker(): Ticker {
  const pair = new Pair();
  const [near, far] = [pair[0], pair[1]];
  let resume: (() => void) | undefined;
  let sent = 0;
  let ahead = 1;
  near.accept();
  far.accept();
  // Each message is a task of its own, also when several wait; one that nobody waits for any more means nothing.
  far.addEventListener("message", () => {
    const wake = resume;
    resume = undefined;
    sent -= 1;
    wake?.();
  });
  return {
    tick: () =>
      new Promise((resolve) => {
        resume = resolve;
        if (sent > 0) return;
        for (; sent < ahead; sent += 1) near.send("");
        ahead = Math.min(ahead * 2, MAX_AHEAD);
      }),
    close() {
      near.close();
      far.close();
    },
  };
}
