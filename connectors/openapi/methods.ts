/** What is known of the methods of HTTP: which read, which carry no body, which programs may name, which can be sent. */
import { CodemodeError } from "../../src/errors.ts";

/** What changes nothing by definition: `QUERY` is a read with a body. */
export const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);

/** A body has no meaning in HTTP with these, and `fetch` refuses to send one. */
export const BODILESS_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]);

/** Methods of some description that this platform's `fetch` does not know: said before anything is sent. */
export function requireSendable(method: string, url: URL): void {
  if (METHODS.has(method)) return;
  try {
    new Request(url, { method });
  } catch {
    throw new CodemodeError("REQUEST_REFUSED", `This platform cannot send ${method} requests; nothing was sent.`, {
      method,
    });
  }
}

/**
 * The method in upper case.
 *
 * @throws CodemodeError `INVALID_ARGUMENTS` for what is no method of HTTP.
 */
export function methodOf(method: unknown): string {
  const upper = typeof method === "string" ? method.toUpperCase() : "GET";
  if (METHODS.has(upper) && (method === undefined || typeof method === "string")) return upper;
  throw new CodemodeError("INVALID_ARGUMENTS", `args.method: use one of ${[...METHODS].join(", ")}.`);
}
