/** What leaves for a call: the method, address, headers and body of a request, and of the one that a redirect asks for. */
import { CodemodeError } from "../../src/errors.ts";
import { addressOf, type Territory } from "./address.ts";
import { type EncodedBody, encodeBody, guessMedia } from "./body.ts";
import { essence, isAnything, isJsonPatch, isPlainJson, type MediaType } from "./media.ts";
import { BODILESS_METHODS, requireSendable, SAFE_METHODS } from "./methods.ts";
import type { Operation, OperationBody } from "./operation.ts";
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
export interface Outgoing {
  /** For messages: what the program asked for. Not the base URL, whose path may hold a key, nor the query. */
  readonly name: string;
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: EncodedBody["body"] | undefined;
  /** False from the first redirect to another host on. */
  readonly trusted: boolean;
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

/** The preferred one; but of several ways to change something, a list is a JSON Patch. */
function byDefault(types: OperationBody["types"], body: unknown): MediaType {
  const [preferred] = types;
  const patch = Array.isArray(body) && !isPlainJson(preferred.contentType);
  return (patch ? types.find(({ contentType }) => isJsonPatch(contentType)) : undefined) ?? preferred;
}

function mediaOf(request: OpenApiRequestOptions, context: SendContext, headers: Headers): MediaType {
  const chosen = context.contentType ?? headers.get("content-type") ?? undefined;
  const types = context.operation?.body?.types;
  if (types === undefined) return guessMedia(chosen, request.body);
  if (isAnything(chosen ?? types[0].contentType)) return guessMedia(undefined, request.body);
  if (chosen === undefined) return byDefault(types, request.body);
  return types.find(({ contentType }) => essence(contentType) === essence(chosen)) ?? guessMedia(chosen, request.body);
}

/** The request of a call. */
export async function prepare(request: OpenApiRequestOptions, context: SendContext, method: string): Promise<Outgoing> {
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
export function redirected(outgoing: Outgoing, status: number, location: URL, http: OpenApiHttpOptions): Outgoing {
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
