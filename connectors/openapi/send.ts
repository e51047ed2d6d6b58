/** The default `request`: one call over HTTP, authenticated, bounded, kept within the allowed hosts. */
import { isRecord } from "../../src/connector/schema.ts";
import { untilAborted } from "../../src/connector/until-aborted.ts";
import { CodemodeError } from "../../src/errors.ts";
import { requireAllowed } from "./address.ts";
import { failureOf, hangUp, headResult, readAnswer } from "./answer.ts";
import { authenticate, confided } from "./credentials.ts";
import { methodOf, SAFE_METHODS } from "./methods.ts";
import { type Outgoing, prepare, redirected, type SendContext } from "./outgoing.ts";
import { redactorOf } from "./redact.ts";
import { retryDelay, wait } from "./retry.ts";
import type { OpenApiRequestOptions } from "./types.ts";

/** Long enough for a slow report, short enough that a dead server does not hold a run. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** A journalled value ends at 1 MB; this leaves room for answers that only `replay: "reexecute"` tools may have. */
const DEFAULT_MAX_RESPONSE_BYTES = 8_000_000;

const MAX_REDIRECTS = 5;

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
  // Who authenticates, or the hop before, may have taken longer than anybody waits: what was given up is not sent any more.
  signal.throwIfAborted();
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
    hangUp(response.body);
    const target = URL.canParse(location, outgoing.url.href) ? new URL(location, outgoing.url) : undefined;
    if (target === undefined) throw new CodemodeError("CONNECTION_LOST", "The server redirects to what is no URL.");
    requireAllowed(context.territory, target, "The server's redirect");
    if (count === MAX_REDIRECTS) {
      throw new CodemodeError("REQUEST_REFUSED", `The server redirected more than ${MAX_REDIRECTS} times.`);
    }
    outgoing = redirected(outgoing, response.status, target, context.http);
  }
}

/** The answer, for as long as somebody waits: a `fetch` or an `auth` of the developer's own may not heed the signal. */
async function inTime(answer: Promise<Response>, signal: AbortSignal): Promise<Response> {
  try {
    return await untilAborted(answer, signal);
  } catch (error) {
    // One that comes too late is hung up; that it fails by then is of no interest.
    answer.then(({ body }) => hangUp(body)).catch(() => {});
    throw error;
  }
}

function cancelled(unsure = ""): CodemodeError {
  return new CodemodeError("CANCELLED", `The request was given up because the execution ended.${unsure}`);
}

/** Says what became of an attempt that threw, with nothing in it that was secret. */
function explain(
  error: unknown,
  context: SendContext,
  timeout: AbortSignal,
  outgoing: Outgoing,
  sent: readonly string[],
): CodemodeError {
  const unsure = SAFE_METHODS.has(outgoing.method) ? "" : " Whether it took effect is not known.";
  if (context.signal?.aborted === true) return cancelled(unsure);
  const redactor = redactorOf(sent);
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
    const response = await inTime(follow(outgoing, context, signal, sent), signal);
    const redactor = redactorOf(sent);
    if (response.ok) {
      if (outgoing.method === "HEAD") return { value: headResult(response, redactor) };
      const limit = http.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES;
      return { value: await readAnswer(response, { limit, redactor, signal }) };
    }
    const waitMs = retriesLeft ? retryDelay(response, count, http.retry) : undefined;
    if (waitMs === undefined) throw await failureOf(response, outgoing.name, { redactor, signal });
    hangUp(response.body);
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
