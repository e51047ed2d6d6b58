/** The default `request`: one call over HTTP, authenticated, bounded, kept within the allowed hosts. */
import { isRecord } from "../../src/connector/schema.ts";
import { CodemodeError } from "../../src/errors.ts";
import { addressOf, requireAllowed, type Territory } from "./address.ts";
import { failureOf, headResult, readAnswer } from "./answer.ts";
import { type EncodedBody, encodeBody, guessMedia } from "./body.ts";
import { authenticate, confided } from "./credentials.ts";
import { essence, isAnything, type MediaType } from "./media.ts";
import { BODILESS_METHODS, type Operation, SAFE_METHODS } from "./operation.ts";
import { redactorOf } from "./redact.ts";
import { retryDelay, wait } from "./retry.ts";
import type { OpenApiHttpOptions, OpenApiRequestOptions } from "./types.ts";

/** What a request needs to know beside its options. */
export interface SendContext {
  /** The connector's name, for what only its developer can mend. */
  readonly connector: string;
  readonly territory: Territory;
  readonly http: OpenApiHttpOptions;
  readonly operation: Operation | undefined;
  /** Media type that the program chose for the body. */
  readonly contentType: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Long enough for a slow report, short enough that a dead server does not hold a run. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** A journalled value ends at 1 MB; this leaves room for answers that only `replay: "reexecute"` tools may have. */
const DEFAULT_MAX_RESPONSE_BYTES = 8_000_000;

const MAX_REDIRECTS = 5;

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]);

/** With them a request that is free as a GET could be a DELETE for the server, or one to another path. */
const REFUSED_HEADERS = new Set([
  "x-http-method-override",
  "x-http-method",
  "x-method-override",
  "x-original-url",
  "x-rewrite-url",
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
]);

/** What must not follow a redirect to another host. */
const PRIVATE_HEADERS = ["authorization", "cookie", "proxy-authorization", "idempotency-key"];

/** One request on its way, rebuilt for every attempt and every redirect. */
interface Outgoing {
  /** For messages: what the program asked for. Not the base URL, whose path may hold a key, nor the query. */
  readonly name: string;
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: EncodedBody["body"] | undefined;
  /** False from the first redirect to another host on. */
  readonly trusted: boolean;
}

/** Methods of some description that this platform's `fetch` does not know: said before anything is sent. */
function requireSendable(method: string, url: URL): void {
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

/** What the connector's own headers say of the request, and a program may say better. */
const YIELDING_HEADERS = new Set(["accept", "user-agent"]);

/** The developer's headers (a tenant, a version) are not the program's to change; cookies of both are sent. */
function confide(headers: Headers, own: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(own)) {
    const given = headers.get(name);
    if (given !== null && YIELDING_HEADERS.has(name.toLowerCase())) continue;
    headers.set(name, given !== null && name.toLowerCase() === "cookie" ? `${given}; ${value}` : value);
  }
}

function headersOf(request: OpenApiRequestOptions, context: SendContext, method: string, url: URL): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (REFUSED_HEADERS.has(name.toLowerCase())) {
      throw new CodemodeError("REQUEST_REFUSED", `The header "${name}" cannot be set by a program.`, { header: name });
    }
    try {
      headers.set(name, value);
    } catch {
      throw new CodemodeError("INVALID_ARGUMENTS", `args.headers[${JSON.stringify(name)}]: not a valid header.`);
    }
  }
  if (context.territory.isOwn(url)) confide(headers, context.http.headers);
  if (!headers.has("user-agent")) headers.set("user-agent", "durable-codemode");
  if (!headers.has("accept")) headers.set("accept", context.operation?.accept ?? "application/json, */*;q=0.5");
  if (!SAFE_METHODS.has(method) && context.idempotencyKey !== undefined && !headers.has("idempotency-key")) {
    headers.set("idempotency-key", context.idempotencyKey);
  }
  return headers;
}

function mediaOf(request: OpenApiRequestOptions, context: SendContext, headers: Headers): MediaType {
  const chosen = context.contentType ?? headers.get("content-type") ?? undefined;
  const types = context.operation?.body?.types;
  if (types === undefined) return guessMedia(chosen, request.body);
  if (isAnything(chosen ?? types[0].contentType)) return guessMedia(undefined, request.body);
  if (chosen === undefined) return types[0];
  return types.find(({ contentType }) => essence(contentType) === essence(chosen)) ?? guessMedia(chosen, request.body);
}

async function prepare(request: OpenApiRequestOptions, context: SendContext, method: string): Promise<Outgoing> {
  const url = addressOf(context.territory, request, context.operation, context.http);
  requireSendable(method, url);
  const headers = headersOf(request, context, method, url);
  const name = `${method} ${nameOfPlace(url, request.path)}`;
  if (request.body === undefined) return { name, url, method, headers, body: undefined, trusted: true };
  if (BODILESS_METHODS.has(method)) {
    throw new CodemodeError("INVALID_ARGUMENTS", `args.body: ${method} requests have no body; use \`params\`.`);
  }
  const encoded = await encodeBody(mediaOf(request, context, headers), request.body);
  try {
    headers.set("content-type", encoded.contentType);
  } catch {
    throw new CodemodeError("INVALID_ARGUMENTS", "args.contentType: not a media type that a header can hold.");
  }
  return { name, url, method, headers, body: encoded.body, trusted: true };
}

function nameOfPlace({ host, pathname }: URL, path: string): string {
  const [asked = ""] = path.split(/[?#]/);
  return `${host}${/^https?:/i.test(asked) ? pathname : asked.replace(/^\/?/, "/")}`;
}

/** Where a redirect leads: 303 is always a GET, 301 and 302 are one after a POST, 307 and 308 repeat the request. */
function redirected(outgoing: Outgoing, status: number, location: URL, http: OpenApiHttpOptions): Outgoing {
  const headers = new Headers(outgoing.headers);
  const sameHost = location.origin === outgoing.url.origin;
  // The developer's own headers are for the API alone, whatever they are called.
  const confided = [...PRIVATE_HEADERS, ...Object.keys(http.headers ?? {})].filter(
    (name) => !/^(accept|user-agent)$/i.test(name),
  );
  if (!sameHost) for (const name of confided) headers.delete(name);
  const becomesGet =
    (status === 303 && outgoing.method !== "HEAD") ||
    ((status === 301 || status === 302) && outgoing.method === "POST");
  if (becomesGet) {
    for (const name of ["content-type", "content-encoding", "content-language"]) headers.delete(name);
  }
  return {
    name: outgoing.name,
    url: location,
    method: becomesGet ? "GET" : outgoing.method,
    headers,
    body: becomesGet ? undefined : outgoing.body,
    trusted: outgoing.trusted && sameHost,
  };
}

/** Sends one hop and never follows a redirect by itself. Notes in `sent` which secrets went along. */
async function hop(outgoing: Outgoing, context: SendContext, signal: AbortSignal, sent: string[]): Promise<Response> {
  const { territory, http } = context;
  const bare = new Request(outgoing.url, {
    method: outgoing.method,
    headers: outgoing.headers,
    redirect: "manual",
    signal,
    ...(outgoing.body !== undefined && { body: outgoing.body }),
  });
  const shown = outgoing.trusted && territory.isOwn(outgoing.url) ? http.auth : undefined;
  const { request, secrets } = await authenticate(shown, bare, context.connector);
  sent.push(...secrets, ...confided(http.headers));
  requireAllowed(territory, new URL(request.url), "The authenticated request");
  const ready = request.redirect === "manual" ? request : new Request(request, { redirect: "manual" });
  try {
    return await (http.fetch ?? fetch)(ready);
  } catch (error) {
    throw new NetworkFailure(reasonOf(error));
  }
}

/** Set aside from other errors, which pass through: what it becomes depends on who gave up. */
class NetworkFailure extends Error {}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  const code: unknown = cause instanceof Error ? Reflect.get(cause, "code") : undefined;
  return typeof code === "string" ? `${error.message} (${code})` : error.message;
}

async function follow(first: Outgoing, context: SendContext, signal: AbortSignal, sent: string[]): Promise<Response> {
  let outgoing = first;
  for (let count = 0; ; count += 1) {
    const response = await hop(outgoing, context, signal, sent);
    const location = response.headers.get("location");
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
    await response.body?.cancel();
    const target = URL.canParse(location, outgoing.url.href) ? new URL(location, outgoing.url) : undefined;
    if (target === undefined) throw new CodemodeError("CONNECTION_LOST", "The server redirects to what is no URL.");
    requireAllowed(context.territory, target, "The server's redirect");
    if (count === MAX_REDIRECTS) {
      throw new CodemodeError("REQUEST_REFUSED", `The server redirected more than ${MAX_REDIRECTS} times.`);
    }
    outgoing = redirected(outgoing, response.status, target, context.http);
  }
}

function cancelled(): CodemodeError {
  return new CodemodeError("CANCELLED", "The request was given up because the execution ended.");
}

/** Says what became of an attempt that threw, with nothing in it that was secret. */
function explain(
  error: unknown,
  context: SendContext,
  timeout: AbortSignal,
  outgoing: Outgoing,
  sent: readonly string[],
): CodemodeError {
  if (context.signal?.aborted === true) return cancelled();
  const redactor = redactorOf(sent);
  const unsure = SAFE_METHODS.has(outgoing.method) ? "" : " Whether it took effect is not known.";
  if (timeout.aborted) {
    const timeoutMs = context.http.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    return new CodemodeError("REQUEST_FAILED", `${outgoing.name} had no whole answer after ${timeoutMs} ms.${unsure}`, {
      timeoutMs,
    });
  }
  if (error instanceof CodemodeError) {
    const data = redactor.json(structuredClone(error.data));
    // Of several requests that a program makes at once, the words say which.
    const where = error.message.startsWith(outgoing.name) ? "" : `${outgoing.name}: `;
    return new CodemodeError(error.code, redactor.text(`${where}${error.message}`), isRecord(data) ? data : {});
  }
  // An answer that broke off in the middle is thrown by its reader as a plain error.
  const reason = error instanceof NetworkFailure ? ` (${redactor.text(error.message)})` : "";
  return new CodemodeError("CONNECTION_LOST", `${outgoing.name} failed: the connection was lost${reason}.${unsure}`);
}

/** One attempt: its value, or how long to wait before the next. */
type Attempt = { readonly value: unknown } | { readonly waitMs: number };

async function attempt(
  outgoing: Outgoing,
  context: SendContext,
  retriesLeft: boolean,
  count: number,
): Promise<Attempt> {
  const { http } = context;
  const timeout = AbortSignal.timeout(http.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const signal = context.signal === undefined ? timeout : AbortSignal.any([context.signal, timeout]);
  const sent: string[] = [];
  try {
    const response = await follow(outgoing, context, signal, sent);
    const redactor = redactorOf(sent);
    if (response.ok) {
      if (outgoing.method === "HEAD") return { value: headResult(response, redactor) };
      return { value: await readAnswer(response, http.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES, redactor) };
    }
    const waitMs = retriesLeft ? retryDelay(response, count, http.retry) : undefined;
    if (waitMs === undefined) throw await failureOf(response, outgoing.name, redactor);
    await response.body?.cancel();
    return { waitMs };
  } catch (error) {
    throw explain(error, context, timeout, outgoing, sent);
  }
}

/**
 * Sends a request and gives the value of its answer.
 *
 * @throws CodemodeError `REQUEST_FAILED` when the API answers with an error or not in time, `REQUEST_REFUSED` for what
 * is not allowed (a host, a redirect, a size), `CONNECTION_LOST`, `CANCELLED`, `INVALID_ARGUMENTS`.
 */
export async function send(request: OpenApiRequestOptions, context: SendContext): Promise<unknown> {
  const { operation } = context;
  // A description may add methods; without one, programs have the common ones.
  const method =
    operation !== undefined && operation.method === request.method ? operation.method : methodOf(request.method);
  const outgoing = await prepare(request, context, method);
  const repeatable = SAFE_METHODS.has(method) || operation?.idempotent === true;
  const maxRetries = repeatable ? (context.http.retry?.maxRetries ?? 3) : 0;
  for (let count = 0; ; count += 1) {
    if (context.signal?.aborted === true) throw cancelled();
    const outcome = await attempt(outgoing, context, count < maxRetries, count);
    if ("value" in outcome) return outcome.value;
    await wait(outcome.waitMs, context.signal);
  }
}
