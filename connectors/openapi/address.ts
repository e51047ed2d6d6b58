/** Decides where a request goes, and refuses every place that it must not go to. */
import { isRecord } from "../../src/connector/schema.ts";
import { CodemodeError } from "../../src/errors.ts";
import { climbs } from "./climbs.ts";
import type { Operation } from "./operation.ts";
import { serializeQuery, type Written } from "./serialize.ts";
import type { OpenApiHttpOptions, OpenApiRequestOptions } from "./types.ts";

/** The hosts of a connector: which may be called, and which are shown its credentials. */
export interface Territory {
  /** The description's `servers`, as it has them. */
  readonly servers: unknown;
  /** Base URL of requests that name no server of their own; undefined where neither description nor options give one. */
  readonly baseUrl: string | undefined;
  isAllowed(url: URL): boolean;
  /** Whether this is a host of the API itself, not one that is merely allowed. */
  isOwn(url: URL): boolean;
  /** For messages. */
  readonly hosts: readonly string[];
}

type AddressOptions = Pick<OpenApiHttpOptions, "baseUrl" | "serverVariables" | "allowedHosts">;

function isAbsolute(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

function fillVariables(template: string, declared: unknown, given: Readonly<Record<string, string>>): string {
  const variables = isRecord(declared) ? declared : {};
  return template.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable = isRecord(variables[name]) ? variables[name] : {};
    const value = given[name] ?? variable.default;
    if (value === undefined) return whole;
    if (Array.isArray(variable.enum) && variable.enum.length > 0 && !variable.enum.includes(value)) {
      throw new CodemodeError(
        "INVALID_INPUT",
        `serverVariables.${name}: "${String(value)}" is none of ${variable.enum.join(", ")}.`,
        { variable: name },
      );
    }
    return String(value);
  });
}

/** The whole URLs of a `servers` list, in order. Relative ones say nothing without the document's own address. */
function serverUrls(servers: unknown, given: Readonly<Record<string, string>> = {}): string[] {
  if (!Array.isArray(servers)) return [];
  return servers.flatMap((server) => {
    if (!isRecord(server) || typeof server.url !== "string") return [];
    const url = fillVariables(server.url, server.variables, given);
    return isAbsolute(url) && URL.canParse(url) ? [url] : [];
  });
}

/** The first; the encrypted one, where the description has the same place both ways (`schemes: ["http", "https"]`). */
function preferred(urls: readonly string[]): string | undefined {
  const [first] = urls;
  if (first === undefined) return undefined;
  return urls.find((url) => /^https:/i.test(url) && samePlace(url, first)) ?? first;
}

function samePlace(one: string, other: string): boolean {
  const [place, otherPlace] = [one, other].map((url) => {
    const { host, pathname } = new URL(url);
    return `${host}${pathname.replace(/\/$/, "")}`;
  });
  return place === otherPlace;
}

function relativeUrls(servers: unknown): string[] {
  if (!Array.isArray(servers)) return [];
  return servers.flatMap((server) =>
    isRecord(server) && typeof server.url === "string" && server.url.startsWith("/") ? [server.url] : [],
  );
}

/** A host that is written as its address. Only `http:` says more than the host does. */
function asPattern(host: string): string {
  return host.replace(/^https:\/\//i, "").replace(/\/$/, "");
}

/** A host pattern covers encrypted requests; `http://host` covers unencrypted ones too. */
function matches(url: URL, pattern: string): boolean {
  const plain = pattern.startsWith("http://");
  if (url.protocol !== "https:" && !(plain && url.protocol === "http:")) return false;
  const host = pattern.slice(plain ? "http://".length : 0).toLowerCase();
  return host.startsWith("*.") ? url.host.endsWith(host.slice(1)) : url.host === host;
}

/**
 * Where a connector may go.
 *
 * @throws CodemodeError `INVALID_INPUT` for a `baseUrl` or a server variable that cannot be used.
 */
export function territoryOf(servers: readonly unknown[], options: AddressOptions): Territory {
  const { baseUrl, serverVariables } = options;
  if (baseUrl !== undefined && !(isAbsolute(baseUrl) && URL.canParse(baseUrl))) {
    throw new CodemodeError(
      "INVALID_INPUT",
      `baseUrl "${baseUrl}" is not a whole http or https URL. Write "https://${baseUrl.replace(/^\/*/, "")}", say.`,
    );
  }
  const own = baseUrl === undefined ? servers.flatMap((list) => serverUrls(list, serverVariables)) : [baseUrl];
  const ownUrls = own.map((url) => new URL(url));
  const ownHosts = new Set(ownUrls.map(({ host }) => host));
  const defaults = [...new Set(ownUrls.map(({ protocol, host }) => (protocol === "http:" ? `http://${host}` : host)))];
  const named = options.allowedHosts;
  // Naming hosts is no wish to encrypt what the API itself does not.
  const hosts =
    named === undefined
      ? defaults
      : named.map(asPattern).map((host) => (defaults.includes(`http://${host}`) ? `http://${host}` : host));
  return {
    servers: servers[0],
    baseUrl: baseUrl ?? preferred(own),
    hosts,
    isAllowed: (url) => hosts.some((pattern) => matches(url, pattern)),
    isOwn: (url) => ownHosts.has(url.host),
  };
}

/** The base URL of one operation: its own server where it names one and `baseUrl` does not replace all of them. */
function baseOf(territory: Territory, operation: Operation | undefined, options: AddressOptions): string {
  const own = options.baseUrl === undefined ? serverUrls(operation?.servers, options.serverVariables) : [];
  const base = preferred(own) ?? territory.baseUrl;
  if (base !== undefined) return base;
  const [relative] = [operation?.servers, territory.servers].flatMap(relativeUrls);
  const [only, such] =
    relative === undefined ? ["", ""] : [`, only "${relative}"`, `: "https://host${relative}" with the API's host`];
  throw new CodemodeError(
    "INVALID_INPUT",
    `the API description names no server with a whole URL${only}. Set \`baseUrl\` on the connector${such}.`,
  );
}

/** @throws CodemodeError `REQUEST_REFUSED` for a path with `.` or `..` as a segment, in whatever spelling. */
export function requireStraight(path: string): void {
  if (!climbs(path)) return;
  throw new CodemodeError("REQUEST_REFUSED", 'A path must not contain "." or ".." as a segment.', {});
}

function queryOf(operation: Operation | undefined, params: Readonly<Record<string, unknown>> = {}): string {
  return Object.entries(params)
    .map(([name, value]) => {
      const declared = operation?.parameters.find((parameter) => parameter.in === "query" && parameter.name === name);
      return serializeQuery(declared ?? undeclared(name), value);
    })
    .filter((part) => part !== "")
    .join("&");
}

function undeclared(name: string): Written {
  return { key: `params.${name}`, name, style: "form", explode: true, allowReserved: false };
}

/** Refuses a place outside of the allow-list; the message names hosts only, since a URL may carry a secret. */
export function requireAllowed(territory: Territory, url: URL, what: string): void {
  if (url.username !== "" || url.password !== "") {
    throw new CodemodeError("REQUEST_REFUSED", `${what} carries a user name or password in its URL; leave it out.`);
  }
  if (territory.isAllowed(url)) return;
  throw new CodemodeError(
    "REQUEST_REFUSED",
    `${what} goes to ${url.protocol}//${url.host}, which this connector may not call. Allowed: ${territory.hosts.join(", ") || "no host"}.`,
    { host: url.host, allowed: territory.hosts },
  );
}

/**
 * The URL of a request.
 *
 * @throws CodemodeError `REQUEST_REFUSED` for another host or a path with `.` or `..` in it.
 */
export function addressOf(
  territory: Territory,
  request: OpenApiRequestOptions,
  operation: Operation | undefined,
  options: AddressOptions,
): URL {
  const { path } = request;
  requireStraight(path);
  const base = isAbsolute(path)
    ? ""
    : baseOf(territory, operation, options)
        .replace(/[?#].*$/, "")
        .replace(/\/+$/, "");
  const joined = isAbsolute(path) || path.startsWith("/") ? `${base}${path}` : `${base}/${path}`;
  if (!URL.canParse(joined)) throw new CodemodeError("INVALID_ARGUMENTS", "args.path: not a path and not a URL.");
  const url = new URL(joined);
  requireAllowed(territory, url, "The request");
  const query = queryOf(operation, request.params);
  if (query !== "") url.search = url.search === "" ? query : `${url.search}&${query}`;
  url.hash = "";
  return url;
}
