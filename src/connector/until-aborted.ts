/** Stops waiting for what does not stop by itself: a client that hangs while it connects, what ignores a signal. */

/** The promise, or the signal's reason as soon as it aborts; what the promise comes to then is of no interest. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
