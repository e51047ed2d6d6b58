/** Media types of bodies and answers: how each is written and which one is preferred. */
import { isRecord } from "../../src/connector/schema.ts";
import type { OpenedDocument } from "./document.ts";

export type MediaKind = "json" | "form" | "multipart" | "text" | "binary";

/** One media type that a body or an answer may have. */
export interface MediaType {
  /** `application/json; charset=utf-8`, as the description writes it. */
  readonly contentType: string;
  readonly kind: MediaKind;
  readonly schema: unknown;
  /** Per property of a form: `{ style?, explode?, contentType? }`. */
  readonly encoding: Readonly<Record<string, unknown>>;
}

/** The media type of a form without files. */
export const FORM = "application/x-www-form-urlencoded";

const KINDS: readonly (readonly [RegExp, MediaKind])[] = [
  [/^(application|text)\/json$|\+json$/, "json"],
  [/^application\/x-www-form-urlencoded$/, "form"],
  [/^multipart\//, "multipart"],
  [/^text\/|[/+]xml$|^application\/(javascript|yaml|x-yaml|graphql|sql|jose|jwt)$|\+yaml$/, "text"],
  // Several JSON texts, one after another.
  [/^application\/(x-)?(ndjson|jsonl|jsonlines)$|[/+]json-seq$/, "text"],
];

/** Preferred first. */
const PREFERENCE: readonly MediaKind[] = ["json", "form", "multipart", "text", "binary"];

/** `text/html; charset=utf-8` to `text/html`. */
export function essence(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}

/** What stands behind a content type; what is unknown is bytes. */
export function kindOf(contentType: string): MediaKind {
  // By far the commonest.
  if (contentType === "application/json") return "json";
  const type = essence(contentType);
  return KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? "binary";
}

/** Whether a description leaves open what is sent, as many that are made from code do: the schema is all that is known. */
export function isAnything(contentType: string): boolean {
  const type = essence(contentType);
  return type === "*/*" || type === "application/*";
}

/** What a JSON Patch (RFC 6902) is. */
const JSON_PATCH = {
  type: "array",
  items: { type: "object", properties: { op: { type: "string" }, path: { type: "string" } }, required: ["op", "path"] },
};

export function isJsonPatch(contentType: string): boolean {
  return essence(contentType) === "application/json-patch+json";
}

export function isPlainJson(contentType: string): boolean {
  return essence(contentType) === "application/json";
}

/** Of a JSON Patch some descriptions say what the other forms of a change take, as Kubernetes: an object. It is a list all the same. */
function orPatch(document: OpenedDocument, media: MediaType): MediaType {
  if (!isJsonPatch(media.contentType) || document.follow(media.schema)?.value.type !== "object") return media;
  return { ...media, schema: { anyOf: [media.schema, JSON_PATCH] } };
}

/** Among JSON, `application/json` first, and a JSON Patch last: a program that changes something writes the object as it shall be. */
function rank(media: MediaType): number {
  const within = media.kind !== "json" || isPlainJson(media.contentType) ? 0 : isJsonPatch(media.contentType) ? 2 : 1;
  return PREFERENCE.indexOf(media.kind) * 3 + within;
}

/** The media types of a `content` object, the preferred first. */
export function readContent(document: OpenedDocument, content: unknown): readonly MediaType[] {
  if (!isRecord(content)) return [];
  const types = Object.entries(content).map(([contentType, raw]): MediaType => {
    const media = document.follow(raw)?.value ?? {};
    return {
      contentType,
      kind: kindOf(contentType),
      schema: media.schema,
      encoding: isRecord(media.encoding) ? media.encoding : {},
    };
  });
  // ASP.NET names plain JSON and a patch for every body: what it says of the one is all there is.
  const read = types.some(({ contentType }) => isPlainJson(contentType))
    ? types
    : types.map((media) => orPatch(document, media));
  return read.length === 1 ? read : read.sort((a, b) => rank(a) - rank(b));
}

/** `Accept`: JSON where the API has it, everything else after it. */
export function acceptHeader(types: readonly MediaType[]): string {
  if (types.length === 0) return "application/json, */*;q=0.5";
  const json = types.filter(({ kind }) => kind === "json");
  const preferred = (json.length > 0 ? json : types).map(({ contentType }) =>
    isAnything(contentType) ? "application/json" : contentType,
  );
  return [...new Set([...preferred, "*/*;q=0.1"])].join(", ");
}
