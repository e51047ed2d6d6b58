/** Checks the settings of the default `request`: what nobody can have meant is told before anything is sent. */
import { CodemodeError } from "../../src/errors.ts";
import { checkRange } from "../../src/options.ts";
import { MAX_TIMER_MS } from "../../src/wire/messages.ts";
import type { OpenApiHttpOptions } from "./types.ts";

/** A name with its port, a wildcard before it, or the whole address without a path. */
const HOST = /^(?:https?:\/\/)?(?:\*\.)?[^\s/?#@*]+\/?$/i;

function checkHosts(hosts: unknown): void {
  if (hosts === undefined) return;
  if (!Array.isArray(hosts)) {
    throw new CodemodeError("INVALID_INPUT", 'allowedHosts must be a list of hosts: ["api.example.com"].');
  }
  const wrong: unknown = hosts.find((host) => typeof host !== "string" || !HOST.test(host));
  if (wrong === undefined) return;
  throw new CodemodeError(
    "INVALID_INPUT",
    `allowedHosts has ${JSON.stringify(wrong)}, which is no host. Write "api.example.com", "*.example.com" or "http://localhost:8080".`,
  );
}

/** @throws CodemodeError `INVALID_INPUT` for a setting that is on or off and is neither. */
export function checkSwitch(name: string, value: unknown): void {
  if (value === undefined || typeof value === "boolean") return;
  throw new CodemodeError("INVALID_INPUT", `${name} is true or false, got ${JSON.stringify(value) ?? typeof value}.`);
}

const AUTH_TYPES: readonly unknown[] = ["bearer", "basic", "apiKey"];
const KEY_PLACES: readonly unknown[] = ["header", "query", "cookie"];

/** A misspelt one would send the secret to another place than was meant, or have programs asked for it. */
function checkAuth(auth: unknown): void {
  if (auth === undefined || typeof auth === "function") return;
  const has = (key: string): unknown => Reflect.get(Object(auth), key);
  if (!AUTH_TYPES.includes(has("type"))) {
    throw new CodemodeError("INVALID_INPUT", 'auth is a function or { type: "bearer" | "basic" | "apiKey", ... }.');
  }
  if (has("type") !== "apiKey" || (KEY_PLACES.includes(has("in")) && typeof has("name") === "string")) return;
  throw new CodemodeError(
    "INVALID_INPUT",
    'auth of the type "apiKey" needs in: "header", "query" or "cookie", and the name of the key there.',
  );
}

/** @throws CodemodeError `INVALID_INPUT` that names the setting. */
export function checkHttp({ timeoutMs, maxResponseBytes, retry, allowedHosts, auth }: OpenApiHttpOptions): void {
  checkAuth(auth);
  checkRange("timeoutMs", timeoutMs, 1, MAX_TIMER_MS, 1);
  checkRange("maxResponseBytes", maxResponseBytes, 1, Number.MAX_SAFE_INTEGER, 1);
  checkRange("retry.maxRetries", retry?.maxRetries, 0, Number.MAX_SAFE_INTEGER, 0);
  checkRange("retry.baseDelayMs", retry?.baseDelayMs, 0, MAX_TIMER_MS, 0);
  checkRange("retry.maxDelayMs", retry?.maxDelayMs, 0, MAX_TIMER_MS, 0);
  checkHosts(allowedHosts);
}
