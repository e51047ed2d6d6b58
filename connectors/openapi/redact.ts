/** Takes secrets out of whatever comes back, for servers that echo what they were sent. */
import { isRecord } from "../../src/connector/schema.ts";
import { CodemodeError } from "../../src/errors.ts";

const MARK = "[redacted]";

/** Shorter texts occur by chance; replacing them would damage answers and hide nothing worth hiding. */
const SHORTEST_SECRET = 4;

/** Removes the secrets of one request. */
export interface Redactor {
  text(text: string): string;
  /** A parsed JSON value, in place: parsing undoes escapes (`\\u002B`) behind which a text would still hide a secret. */
  json(value: unknown): unknown;
  /** In place, length kept: the answer may be a file whose offsets matter. */
  bytes(bytes: Uint8Array): Uint8Array;
}

/** The ways in which servers spell a value that they repeat. */
function spellings(secret: string): string[] {
  const escaped = JSON.stringify(secret).slice(1, -1);
  const html = secret
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
  return [
    secret,
    escaped,
    escaped.replaceAll("/", "\\/"),
    encodeURIComponent(secret),
    new URLSearchParams({ s: secret }).toString().slice(2),
    html,
  ];
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const [first] = wanted;
  if (first === undefined) return -1;
  for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, offset) => bytes[at + offset] === byte)) return at;
  }
  return -1;
}

/** A redactor for these secrets. */
export function redactorOf(secrets: readonly string[]): Redactor {
  const wanted = [...new Set(secrets.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(spellings))]
    // The longest first: a secret may contain another.
    .sort((a, b) => b.length - a.length);
  const text = (given: string) => wanted.reduce((cleaned, spelling) => cleaned.replaceAll(spelling, MARK), given);
  const json = (value: unknown): unknown => {
    if (typeof value === "string") return text(value);
    if (typeof value === "number") return wanted.includes(String(value)) ? MARK : value;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) value[index] = json(item);
      return value;
    }
    if (!isRecord(value)) return value;
    for (const [key, item] of Object.entries(value)) {
      const cleanKey = text(key);
      if (cleanKey !== key) delete value[key];
      value[cleanKey] = json(item);
    }
    return value;
  };
  return {
    text,
    json: (value) => {
      try {
        return wanted.length === 0 ? value : json(value);
      } catch {
        throw new CodemodeError("REQUEST_REFUSED", "The answer is nested too deeply to be looked through for secrets.");
      }
    },
    bytes: (bytes) => {
      for (const spelling of wanted) {
        const needle = new TextEncoder().encode(spelling);
        for (let at = indexOf(bytes, needle, 0); at !== -1; at = indexOf(bytes, needle, at + needle.length)) {
          bytes.fill(0x2a, at, at + needle.length);
        }
      }
      return bytes;
    },
  };
}
