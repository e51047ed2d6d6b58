/** What the HTTP API says of a request that it does not take: where the fault is, and what would be taken. */
import * as v from "valibot";

/** One fault of a body, by the key that it is at. */
function fault(issue: v.BaseIssue<unknown>): string {
  const at = v.getDotPath(issue);
  if (at === null) return "The body must be an object";
  if (issue.kind === "validation") return `${at} ${issue.message}`;
  if (issue.expected === "never") return `${at} is not known`;
  return issue.received === "undefined"
    ? `${at} is missing`
    : `${at}: expected ${issue.expected}, got ${issue.received}`;
}

/** Why a body was refused; undefined for an error of another kind. */
export function whyRefused(error: unknown): string | undefined {
  if (v.isValiError(error)) return `${[...new Set(error.issues.map(fault))].join("; ")}.`;
  if (error instanceof SyntaxError) return `The body must be JSON: ${error.message.replace(/\.$/, "")}.`;
  return undefined;
}

/**
 * Whether a page of another site sent a request: a browser sends plain text anywhere without asking first, so any page that
 * is open could run programs here, and approve them. Programs such as curl send neither header.
 */
export function isFromAnotherSite(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  if (site !== null && site !== "same-origin" && site !== "none") return true;
  return origin !== null && origin !== new URL(request.url).origin;
}

/**
 * Whether a request is to become a socket. An Agent takes any, and what is sent there may set its state; a browser lets pages of
 * every site open one.
 */
export function isForSocket(request: Request): boolean {
  return request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])$/i;

/**
 * Whether a request without encryption names this Worker by a name of somebody else: a page may let its own name point to this
 * machine once it is loaded, and would then be the same site here, with all that the API can do. A certificate rules that out;
 * so do an address and `localhost`, which nobody can point elsewhere.
 */
export function isUnderForeignName(request: Request): boolean {
  const { protocol, hostname } = new URL(request.url);
  if (protocol !== "http:") return false;
  return !ADDRESS.test(hostname) && hostname !== "localhost" && !hostname.endsWith(".localhost");
}
