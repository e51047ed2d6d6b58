/** When a request that is safe to repeat is sent again, and how long to wait before. */
import type { OpenApiRetry } from "./types.ts";

/** "Too many requests" and "service unavailable": the server did nothing and asks to come back. */
const RETRIED_STATUSES: ReadonlySet<number> = new Set([429, 503]);

const DEFAULT_BASE_DELAY_MS = 500;

/** A rate limit that lasts longer is for the program or a person to plan around. */
const DEFAULT_MAX_DELAY_MS = 20_000;

/** `Retry-After` in milliseconds: seconds or a date. */
export function askedDelay(response: Response): number | undefined {
  const header = response.headers.get("retry-after")?.trim();
  if (header === undefined || header === "") return undefined;
  if (/^\d+(\.\d+)?$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** How long to wait before attempt `count + 2`, or undefined when there is to be none. */
export function retryDelay(response: Response, count: number, retry: OpenApiRetry = {}): number | undefined {
  if (!RETRIED_STATUSES.has(response.status)) return undefined;
  const longest = retry.maxDelayMs ?? DEFAULT_MAX_DELAY_MS;
  const asked = askedDelay(response);
  if (asked !== undefined) return asked <= longest ? asked : undefined;
  const backoff = (retry.baseDelayMs ?? DEFAULT_BASE_DELAY_MS) * 2 ** count;
  // Half fixed, half by chance, so that many clients do not come back at once.
  return Math.min(longest, backoff * (0.5 + Math.random() / 2));
}

/** Waits, or returns early when nobody waits for the result any longer. */
export function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    signal?.addEventListener("abort", done, { once: true });
  });
}
