/** Authenticates a request as late as possible, and remembers what must never be seen again. */
import { CodemodeError } from "../../src/errors.ts";
import type { SuppliedParameter } from "./parameters.ts";
import type { OpenApiAuth, OpenApiSecret } from "./types.ts";

/** A request with its credentials, and the secrets that are now in it. */
export interface Authenticated {
  readonly request: Request;
  readonly secrets: readonly string[];
}

async function read(secret: OpenApiSecret): Promise<string> {
  const value: unknown = typeof secret === "function" ? await secret() : secret;
  if (typeof value === "string" && value !== "") return value;
  throw new Error("a secret is empty");
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** The parameter that `auth` fills in itself, so that programs are not asked for a secret. */
export function suppliedBy(auth: OpenApiAuth | undefined): SuppliedParameter | undefined {
  return typeof auth === "object" && auth.type === "apiKey" ? { in: auth.in, name: auth.name } : undefined;
}

function withHeader(request: Request, name: string, value: string): Request {
  request.headers.set(name, value);
  return request;
}

/** Written into the text: `searchParams.set` would encode all other parameters anew, and their styles with them. */
function withQuery(address: string, name: string, value: string): URL {
  const url = new URL(address);
  const others = url.search
    .slice(1)
    .split("&")
    .filter((part) => part !== "" && !new URLSearchParams(part).has(name));
  url.search = [...others, `${encodeURIComponent(name)}=${encodeURIComponent(value)}`].join("&");
  return url;
}

function withApiKey(request: Request, place: "header" | "query" | "cookie", name: string, value: string): Request {
  if (place === "header") return withHeader(request, name, value);
  if (place === "query") return new Request(withQuery(request.url, name, value), request);
  const others = request.headers.get("cookie");
  return withHeader(request, "cookie", `${others === null ? "" : `${others}; `}${name}=${encodeURIComponent(value)}`);
}

/** Names of headers that hold credentials; what others hold (a tenant, a version) may be part of any answer. */
const CREDENTIAL_HEADER = /auth|token|secret|cookie|passw|session|signature|credential|(^|-)key($|-)/i;

/** Shorter parts (`Bearer`, the `dark` of `theme=dark`) are words that answers are full of. */
const SHORTEST_PART = 8;

/** The texts under which a header's value is repeated: whole, and in the parts of `Bearer abc` and `a=b; c=d`. */
function repetitionsOf(value: string): string[] {
  const parts = value.split(/[\s;,]+/);
  const values = parts.map((part) => part.slice(part.indexOf("=") + 1));
  return [value, ...[...parts, ...values].filter(({ length }) => length >= SHORTEST_PART)];
}

/** The credentials among the developer's own headers. */
export function confided(headers: Readonly<Record<string, string>> = {}): string[] {
  const credentials = Object.entries(headers).filter(([name]) => CREDENTIAL_HEADER.test(name));
  return credentials.flatMap(([, value]) => repetitionsOf(value));
}

/** What a function of the developer's own put into a request: its new header values and query parameters. */
function additions(before: Request, after: Request): string[] {
  const known = new Set([...before.headers.values(), ...new URL(before.url).searchParams.values()]);
  const found = [...after.headers.values(), ...new URL(after.url).searchParams.values()].filter(
    (value) => !known.has(value),
  );
  return found.flatMap(repetitionsOf);
}

async function apply(auth: OpenApiAuth, request: Request): Promise<Authenticated> {
  if (typeof auth === "function") {
    const before = new Request(request.url, { headers: request.headers });
    const after = await auth(request);
    return { request: after, secrets: additions(before, after) };
  }
  if (auth.type === "bearer") {
    const token = await read(auth.token);
    return { request: withHeader(request, "authorization", `Bearer ${token}`), secrets: [token] };
  }
  if (auth.type === "basic") {
    // Written so, there is none: the user name is the key. One that was to be read and is empty is missing.
    const password = auth.password === "" ? "" : await read(auth.password);
    const username = await read(auth.username);
    const pair = base64(`${username}:${password}`);
    return { request: withHeader(request, "authorization", `Basic ${pair}`), secrets: [pair, password || username] };
  }
  const value = await read(auth.value);
  return { request: withApiKey(request, auth.in, auth.name, value), secrets: [value] };
}

/**
 * The request with its credentials.
 *
 * @throws CodemodeError `REQUEST_FAILED` when they cannot be had. The reason goes to the host's console alone: it may
 * quote a secret, and errors are recorded and shown to programs.
 */
export async function authenticate(
  auth: OpenApiAuth | undefined,
  request: Request,
  connector: string,
): Promise<Authenticated> {
  if (auth === undefined) return { request, secrets: [] };
  try {
    return await apply(auth, request);
  } catch (error) {
    console.error(`Connector "${connector}": its \`auth\` failed.`, error);
    throw new CodemodeError(
      "REQUEST_FAILED",
      `The connector "${connector}" could not authenticate the request, and nothing was sent. Its operator must look at it.`,
      { connector },
    );
  }
}
