/** Writes a parameter that is the whole query string (`in: querystring` of OpenAPI 3.2), by its media type. */
import { CodemodeError } from "../../src/errors.ts";
import { writeForm } from "./form.ts";
import { jsonText } from "./json-text.ts";
import type { Parameter } from "./parameters.ts";
import { isPlainObject } from "./serialize.ts";

function refuse({ key }: Parameter, what: string): never {
  throw new CodemodeError("INVALID_ARGUMENTS", `args.${key}: the query string is ${what}.`);
}

/**
 * The query string without its `?`: a form as its fields, JSON and text as one percent-encoded text.
 *
 * @throws CodemodeError `INVALID_ARGUMENTS` when the media type cannot hold the value.
 */
export function serializeQuerystring(parameter: Parameter, value: unknown): string {
  const { media, key } = parameter;
  if (media === undefined) return refuse(parameter, "not described, so nothing can be sent");
  if (media.kind === "json") return encodeURIComponent(jsonText(value, `args.${key}`));
  // A text would be sent as it is, and could say anything that the schema does not.
  if (media.kind === "form") {
    return isPlainObject(value) ? writeForm(media, value, key) : refuse(parameter, "a form: an object of fields");
  }
  return typeof value === "string" ? encodeURIComponent(value) : refuse(parameter, `${media.contentType}: a text`);
}

/** The path with the query string behind it, and behind a query that the path has already. */
export function withQuerystring(path: string, query: string): string {
  if (query === "") return path;
  const [place = "", fragment] = path.split(/#(.*)/s);
  const joined = `${place}${place.includes("?") ? "&" : "?"}${query}`;
  return fragment === undefined ? joined : `${joined}#${fragment}`;
}
