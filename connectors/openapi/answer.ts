/** Reads answers: bounded, decoded by their media type, failures as errors that a program can act on. */
import { isRecord } from "../../src/connector/schema.ts";
import { untilAborted } from "../../src/connector/until-aborted.ts";
import { CodemodeError } from "../../src/errors.ts";
import { kindOf } from "./media.ts";
import type { Redactor } from "./redact.ts";
import { askedDelay } from "./retry.ts";

/** Enough of a failure's body to see what is wrong; it is recorded with the error. */
const MAX_ERROR_BODY_CHARS = 4_000;

/** A failure's body is read up to here, so that a long one costs nothing. */
const MAX_ERROR_BODY_BYTES = 64_000;

/** How an answer is read. */
interface Reading {
  readonly redactor: Redactor;
  /** Ends it, also where the answer's own stream knows nothing of it. */
  readonly signal: AbortSignal;
}

/**
 * Says that no more of an answer is wanted, and does not wait for it: a stream of the developer's own may never be done with that, or
 * fail at it. Of one that was read to its end, or broke, nothing is left to hang up.
 */
export function hangUp(stream: Pick<ReadableStream, "cancel"> | null): void {
  stream?.cancel().catch(() => {});
}

interface ReadBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly whole: boolean;
}

/** Reads up to `limit` bytes and hangs up after them. Bytes are counted as they come: what a header says may be false. */
async function readBytes(response: Response, limit: number, signal: AbortSignal): Promise<ReadBytes> {
  if (response.body === null) return { bytes: new Uint8Array(), whole: true };
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  try {
    while (length <= limit) {
      const { done, value } = await untilAborted(reader.read(), signal);
      if (done) break;
      chunks.push(value);
      length += value.byteLength;
    }
  } finally {
    hangUp(reader);
  }
  const bytes = new Uint8Array(Math.min(length, limit));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk.subarray(0, Math.max(0, limit - at)), at);
    at += Math.min(chunk.byteLength, Math.max(0, limit - at));
  }
  return { bytes, whole: length <= limit };
}

function decoderOf(contentType: string): TextDecoder {
  const charset = /charset="?([^\s;"]+)/i.exec(contentType)?.[1];
  try {
    return new TextDecoder(charset ?? "utf-8");
  } catch {
    return new TextDecoder();
  }
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function jsonOrText(text: string, redactor: Redactor): unknown {
  const parsed = parseJson(text);
  return parsed === undefined ? redactor.text(text) : redactor.json(parsed.value);
}

/** An answer that names no type: JSON or text where it is that, bytes otherwise. */
function decodeUntyped(bytes: Uint8Array, redactor: Redactor): unknown {
  try {
    return jsonOrText(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes), redactor);
  } catch {
    return redactor.bytes(bytes);
  }
}

function decode(bytes: Uint8Array, contentType: string | null, redactor: Redactor): unknown {
  if (bytes.byteLength === 0) return null;
  if (contentType === null) return decodeUntyped(bytes, redactor);
  const kind = kindOf(contentType);
  if (kind === "binary" || kind === "multipart") return redactor.bytes(bytes);
  const text = decoderOf(contentType).decode(bytes);
  if (kind !== "json") return redactor.text(text);
  if (text.trim() === "") return null;
  const parsed = parseJson(text);
  if (parsed !== undefined) return redactor.json(parsed.value);
  throw new CodemodeError("CONNECTION_LOST", "The server says that its answer is JSON, and it is not.", {
    contentType,
    start: redactor.text(text).slice(0, 200),
  });
}

function tooLarge(limit: number): CodemodeError {
  return new CodemodeError(
    "REQUEST_REFUSED",
    `The answer is larger than ${limit} bytes. Ask for less: a page, a filter, fewer fields.`,
    { maxResponseBytes: limit },
  );
}

/** Answers of `HEAD` are their headers. */
export function headResult(response: Response, redactor: Redactor): unknown {
  const headers = [...response.headers].map(([name, value]): [string, string] => [name, redactor.text(value)]);
  return { status: response.status, headers: Object.fromEntries(headers) };
}

/**
 * The value of a successful answer: JSON as its value, text as a string, all else as bytes, nothing as null.
 *
 * @throws CodemodeError `REQUEST_REFUSED` when it is too large, `CONNECTION_LOST` when it is not what it says.
 */
export async function readAnswer(
  response: Response,
  { limit, redactor, signal }: Reading & { readonly limit: number },
): Promise<unknown> {
  const announced = Number(response.headers.get("content-length") ?? 0);
  if (announced > limit) {
    hangUp(response.body);
    throw tooLarge(limit);
  }
  const { bytes, whole } = await readBytes(response, limit, signal);
  if (!whole) throw tooLarge(limit);
  return decode(bytes, response.headers.get("content-type"), redactor);
}

/** The first ones say enough; all of them are in the error's data. */
const MAX_ERRORS_IN_WORDS = 3;

/** Which field is meant is said at the beginning of what has no words. */
const MAX_WRITTEN_CHARS = 300;

const SENTENCES = ["title", "detail", "message"] as const;

function sentencesOf(said: Record<string, unknown>): unknown[] {
  return SENTENCES.map((key) => said[key]);
}

/** What is no text, as it is: `{"name":["is too long"]}`. Nothing where there is nothing in it. */
function written(part: unknown): string[] {
  if (typeof part !== "object" || part === null || Object.keys(part).length === 0) return [];
  return [JSON.stringify(part).slice(0, MAX_WRITTEN_CHARS)];
}

/** One of several errors. Beside its sentence it mostly names a field, which the sentence does not. */
function oneOfSeveral(item: unknown): unknown[] {
  if (!isRecord(item)) return typeof item === "string" ? [item] : written(item);
  return Object.keys(item).every((key) => SENTENCES.some((known) => known === key)) ? sentencesOf(item) : written(item);
}

/** What an error body says in words: problem+json, and the shapes that most APIs use instead. */
function wordsOf(body: unknown): string | undefined {
  if (typeof body === "string") return body.replace(/\s+/g, " ").trim().slice(0, 300) || undefined;
  if (!isRecord(body)) return written(body)[0];
  const { detail, error, errors } = body;
  const candidates = [
    ...sentencesOf(body),
    error,
    body.error_description,
    ...(isRecord(error) ? sentencesOf(error) : []),
    ...(Array.isArray(errors) ? errors.slice(0, MAX_ERRORS_IN_WORDS).flatMap(oneOfSeveral) : written(errors)),
    ...written(detail),
  ];
  const words = candidates.filter((candidate) => typeof candidate === "string" && candidate !== "");
  return words.length > 0 ? [...new Set(words)].join(": ").slice(0, 500) : written(body)[0];
}

async function errorBody(response: Response, { redactor, signal }: Reading): Promise<unknown> {
  const contentType = response.headers.get("content-type") ?? "";
  const { bytes } = await readBytes(response, MAX_ERROR_BODY_BYTES, signal);
  if (bytes.byteLength === 0) return undefined;
  if (contentType !== "" && kindOf(contentType) === "binary") return `(${bytes.byteLength} bytes of ${contentType})`;
  const text = decoderOf(contentType).decode(bytes);
  if (text.length <= MAX_ERROR_BODY_CHARS) return jsonOrText(text, redactor);
  return redactor.text(text).slice(0, MAX_ERROR_BODY_CHARS);
}

/** How long the server asks to wait, in words; a program cannot see headers. */
function waitOf(retryAfterMs: number | undefined): string {
  return retryAfterMs === undefined ? "" : `. Ask again after ${Math.ceil(retryAfterMs / 1_000)} s`;
}

/** The error of an answer that is no success. `what` names the request without its query. */
export async function failureOf(response: Response, what: string, reading: Reading): Promise<CodemodeError> {
  const body = await errorBody(response, reading);
  const problem = isRecord(body) ? body : {};
  const words = wordsOf(body);
  const retryAfterMs = askedDelay(response);
  const details = ["type", "title", "detail", "instance"].flatMap((key) =>
    typeof problem[key] === "string" ? [[key, problem[key]] as const] : [],
  );
  return new CodemodeError(
    "REQUEST_FAILED",
    reading.redactor.text(
      `${what} answered ${response.status}${words === undefined ? "" : `: ${words}`}${waitOf(retryAfterMs)}`,
    ),
    {
      status: response.status,
      ...Object.fromEntries(details),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(body !== undefined && { body }),
    },
  );
}
