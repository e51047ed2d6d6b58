/** Waits for a server that is restarting: a few attempts to connect, further and further apart. */

/** A local server is back within a second; one that takes longer than all of these is down. */
const DELAYS_MS = [0, 200, 800, 2_000] as const;

/** A server that took so long to say no is not restarting: it will not say yes in the next second either. */
const MAX_ATTEMPTS_MS = 10_000;

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** The first connection that can be made; the last failure when none can. */
export async function reconnect<T>(connect: () => Promise<T>, signal: AbortSignal): Promise<T> {
  let failure: unknown;
  const end = Date.now() + MAX_ATTEMPTS_MS;
  for (const delay of DELAYS_MS) {
    await wait(delay, signal);
    try {
      return await connect();
    } catch (error) {
      failure = error;
      if (Date.now() > end) break;
    }
  }
  throw failure;
}
