/** Promises that failed and that nobody awaited: without a word of them a run whose calls failed reads as one that did all. */

/** A program may make as many as it likes. */
const MAX_KEPT = 100;

export interface Rejections {
  /** Reports what is left of them; once the program has ended, for until then it may still look at one. */
  tell(report: (...said: unknown[]) => void): void;
}

/** Watches them from now on; while the platform's globals are still there. */
export function watchRejections(): Rejections {
  const unawaited = new Map<Promise<unknown>, unknown>();
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    if (unawaited.size < MAX_KEPT) unawaited.set(event.promise, event.reason);
  });
  globalThis.addEventListener("rejectionhandled", (event) => {
    unawaited.delete(event.promise);
  });
  return {
    tell(report) {
      for (const reason of unawaited.values()) report("Nobody awaited a promise that failed:", reason);
      unawaited.clear();
    },
  };
}
