/** Waits until every microtask has run: a message to oneself is a task of its own, and tasks wait for microtasks. */

/**
 * A function whose promise resolves after all microtasks are done. A socket pair does this in about 15 microseconds;
 * `setTimeout(0)` takes more than a millisecond on some versions of the platform, and `queueMicrotask` does not drain.
 */
export function makeTick(): () => Promise<void> {
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
  return () =>
    new Promise((resolve) => {
      resume = resolve;
      near.send("");
    });
}
