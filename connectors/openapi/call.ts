/** Turns the single argument of a tool into the request that it stands for. */
import { isRecord } from "../../src/connector/schema.ts";
import { CodemodeError } from "../../src/errors.ts";
import { requireStraight } from "./address.ts";
import type { Operation } from "./operation.ts";
import type { Parameter } from "./parameters.ts";
import { serializeQuerystring, withQuerystring } from "./querystring.ts";
import { serializeCookie, serializeHeader, serializePath } from "./serialize.ts";
import type { OpenApiRequestOptions } from "./types.ts";

/** Which further path parameters stand for several segments: descriptions cannot say so in words of OpenAPI. */
export type MultiSegment = (operation: Operation, parameter: string) => boolean;

/** A request and the media type that the program chose for its body. */
export interface Call {
  readonly request: OpenApiRequestOptions;
  readonly contentType: string | undefined;
}

function substitute(path: string, operation: Operation, parameter: Parameter, value: unknown): string {
  // No segment at all is the root of what is read: a listing. A write to it could be another operation.
  const isRoot = value === "" && parameter.multiSegment && operation.readOnly;
  const text = isRoot ? "" : serializePath(parameter, value);
  return path.replaceAll(`{${parameter.name}}`, () => text);
}

function givenParameters(operation: Operation, input: Record<string, unknown>): [Parameter, unknown][] {
  return operation.parameters.flatMap((parameter): [Parameter, unknown][] => {
    // A parameter may be called `constructor`, which every object has.
    const value = Object.hasOwn(input, parameter.key) ? input[parameter.key] : undefined;
    return value === undefined || (value === null && parameter.in !== "path") ? [] : [[parameter, value]];
  });
}

/**
 * The request of a call.
 *
 * @throws CodemodeError `INVALID_ARGUMENTS` for a value that its place cannot hold, `REQUEST_REFUSED` for one that would
 * lead out of the operation's path.
 */
export function toCall(
  operation: Operation,
  args: unknown,
  idempotencyKey: string,
  isMultiSegment: MultiSegment,
): Call {
  const input = isRecord(args) ? args : {};
  let { path } = operation;
  const params: [name: string, value: unknown][] = [];
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  let querystring = "";
  for (const [parameter, value] of givenParameters(operation, input)) {
    if (parameter.in === "path") {
      const multiSegment = parameter.multiSegment || isMultiSegment(operation, parameter.name);
      path = substitute(path, operation, { ...parameter, multiSegment }, value);
    }
    if (parameter.in === "query") params.push([parameter.name, value]);
    if (parameter.in === "header") {
      const text = serializeHeader(parameter, value);
      if (parameter.name.toLowerCase() === "cookie") cookies.push(text);
      else headers[parameter.name] = text;
    }
    if (parameter.in === "querystring") querystring = serializeQuerystring(parameter, value);
    if (parameter.in === "cookie") cookies.push(serializeCookie(parameter, value));
  }
  const missing = /\{([^{}]+)\}/.exec(path);
  if (missing !== null) {
    throw new CodemodeError("INVALID_ARGUMENTS", `args.${missing[1]}: needed for the path ${operation.path}.`);
  }
  requireStraight(path);
  if (cookies.length > 0) headers.cookie = cookies.join("; ");
  if (operation.idempotent) headers["Idempotency-Key"] = idempotencyKey;
  const chosen = operation.body?.chooser === undefined ? undefined : input[operation.body.chooser];
  return {
    request: {
      path: withQuerystring(path, querystring),
      method: operation.method,
      ...(params.length > 0 && { params: Object.fromEntries(params) }),
      ...(operation.body !== undefined && input.body !== undefined && { body: input.body }),
      ...(Object.keys(headers).length > 0 && { headers }),
    },
    contentType: typeof chosen === "string" ? chosen : undefined,
  };
}
