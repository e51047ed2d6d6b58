/** Waits for what somebody else has promised, and no longer than it is given. */
import { MAX_TIMER_MS } from "../wire/messages.ts";

/** What the promise settles with, or what `onLate` answers (or throws) where it has not within that many milliseconds. */
export async function inTime<T>(ms: number, promise: Promise<T>, onLate: () => T): Promise<T> {
  const time = Promise.withResolvers<void>();
  const timer = setTimeout(time.resolve, Math.min(ms, MAX_TIMER_MS));
  try {
    return await Promise.race([promise, time.promise.then(onLate)]);
  } finally {
    clearTimeout(timer);
  }
}
