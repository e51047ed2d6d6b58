/** Writes request bodies: JSON, forms, multipart, text and bytes. */
import { isRecord } from "../../src/connector/schema.ts";
import { CodemodeError } from "../../src/errors.ts";
import { propertyEncoding, writeForm } from "./form.ts";
import { jsonText } from "./json-text.ts";
import { essence, FORM, kindOf, type MediaType } from "./media.ts";
import { isPlainObject } from "./serialize.ts";

/** A body ready to leave. It can be sent twice, since a redirect or a retry may ask for that. */
export interface EncodedBody {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

/** How a body is named in errors. */
const PLACE = "args.body";

function refuse(problem: string): never {
  throw new CodemodeError("INVALID_ARGUMENTS", `${PLACE}: ${problem}`);
}

async function bytesOf(value: unknown): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (value instanceof Blob) return new Uint8Array(await value.arrayBuffer());
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (!ArrayBuffer.isView(value)) return undefined;
  const copy = new Uint8Array(value.byteLength);
  copy.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  return copy;
}

/** An object is no text of any kind: XML or YAML is the program's to write. */
function toText(contentType: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (["number", "boolean", "bigint"].includes(typeof value)) return String(value);
  return refuse(`${contentType} takes text.`);
}

function toForm(media: MediaType, value: unknown): string {
  if (typeof value === "string" || value instanceof URLSearchParams) return String(value);
  return isPlainObject(value) ? writeForm(media, value, "body") : refuse("a form is an object of fields.");
}

/** One part of a multipart body before it is written. */
interface Part {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly contentType: string | undefined;
  readonly filename: string | undefined;
}

/** `{ data, filename?, contentType? }`: bytes with a name. */
interface NamedFile {
  readonly data: unknown;
  readonly filename?: unknown;
  readonly contentType?: unknown;
}

function isNamedFile(value: unknown): value is NamedFile {
  return (
    isRecord(value) &&
    (value.data instanceof Blob || value.data instanceof ArrayBuffer || ArrayBuffer.isView(value.data))
  );
}

async function toPart(media: MediaType, name: string, value: unknown): Promise<Part> {
  const declared = propertyEncoding(media, name).contentType;
  // A list of types in the description leaves the choice open; the first is as good as any.
  const contentType = typeof declared === "string" ? declared.split(",")[0]?.trim() : undefined;
  const named: NamedFile = isNamedFile(value) ? value : { data: value };
  const bytes = await bytesOf(named.data);
  if (bytes !== undefined) {
    const given = typeof named.contentType === "string" ? named.contentType : undefined;
    const ofBlob = named.data instanceof Blob && named.data.type !== "" ? named.data.type : undefined;
    return {
      name,
      content: bytes,
      contentType: given ?? ofBlob ?? contentType ?? "application/octet-stream",
      filename: typeof named.filename === "string" ? named.filename : name,
    };
  }
  if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    return {
      name,
      content: jsonText(value, PLACE),
      contentType: contentType ?? "application/json",
      filename: undefined,
    };
  }
  const content = value instanceof Date ? value.toISOString() : String(value);
  return { name, content, contentType, filename: undefined };
}

function quoted(text: string): string {
  return `"${text.replace(/["\r\n]/g, (char) => encodeURIComponent(char))}"`;
}

function headOf(part: Part): string {
  const filename = part.filename === undefined ? "" : `; filename=${quoted(part.filename)}`;
  const type = part.contentType === undefined ? "" : `\r\nContent-Type: ${part.contentType.replace(/[\r\n]/g, "")}`;
  return `Content-Disposition: form-data; name=${quoted(part.name)}${filename}${type}\r\n\r\n`;
}

/** Written by hand: `FormData` gives a part a content type only together with a file name. */
async function toMultipart(media: MediaType, value: unknown): Promise<EncodedBody> {
  if (!isPlainObject(value)) return refuse("a multipart body is an object of parts.");
  const given = Object.entries(value).filter(([, part]) => part !== undefined && part !== null);
  const flat = given.flatMap(([name, part]) =>
    Array.isArray(part)
      ? part.map((item): [string, unknown] => [name, item])
      : [[name, part] satisfies [string, unknown]],
  );
  const boundary = `codemode-${crypto.randomUUID()}`;
  const chunks: (string | Uint8Array)[] = [];
  for (const [name, part] of flat) {
    const { content, ...head } = await toPart(media, name, part);
    chunks.push(`--${boundary}\r\n${headOf({ content, ...head })}`, content, "\r\n");
  }
  chunks.push(`--${boundary}--\r\n`);
  const body = new Uint8Array(await new Blob(chunks).arrayBuffer());
  return { body, contentType: `${essence(media.contentType)}; boundary=${boundary}` };
}

async function toBytes(contentType: string, value: unknown): Promise<EncodedBody> {
  const bytes = await bytesOf(value);
  // `image/*` says what is allowed, not what is sent.
  const chosen = contentType.includes("*") ? "application/octet-stream" : contentType;
  if (bytes !== undefined) return { body: bytes, contentType: chosen };
  if (typeof value === "string")
    return { body: value, contentType: contentType.includes("*") ? "text/plain" : contentType };
  return refuse(`${contentType} takes bytes (a Uint8Array) or text.`);
}

/**
 * Writes a body in a media type.
 *
 * @throws CodemodeError `INVALID_ARGUMENTS` when the type cannot hold the value.
 */
export async function encodeBody(media: MediaType, value: unknown): Promise<EncodedBody> {
  const { kind, contentType } = media;
  if (kind === "json") return { body: jsonText(value, PLACE), contentType };
  if (kind === "form") return { body: toForm(media, value), contentType };
  if (kind === "multipart") return toMultipart(media, value);
  if (kind === "text" && (await bytesOf(value)) === undefined) return { body: toText(contentType, value), contentType };
  return toBytes(contentType, value);
}

function isJsonText(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

/** The media type of a body that no description covers: bytes are bytes, text is what it looks like, all else is JSON. */
export function guessMedia(contentType: string | undefined, value: unknown): MediaType {
  const media = { schema: undefined, encoding: {} };
  if (typeof value === "string") {
    // Written already: encoding it again would send a JSON string of JSON.
    return {
      ...media,
      kind: "text",
      contentType: contentType ?? (isJsonText(value) ? "application/json" : "text/plain"),
    };
  }
  const bytes = value instanceof Blob || value instanceof ArrayBuffer || ArrayBuffer.isView(value);
  const written = value instanceof URLSearchParams ? FORM : "application/json";
  const chosen = contentType ?? (bytes ? "application/octet-stream" : written);
  return { ...media, contentType: chosen, kind: kindOf(chosen) };
}
