/** Converts Swagger 2 to OpenAPI 3 by a library, and puts back what the library leaves out. */
import { upgradeFromTwoToThree } from "@scalar/openapi-upgrader/2.0-to-3.0";
import { atPointer } from "../../src/connector/pointer.ts";
import { isRecord } from "../../src/connector/schema.ts";
import { FORM } from "./media.ts";

/** How OpenAPI 3 says what Swagger 2 says of a list in a form. `tsv` has no successor. */
const STYLES: Readonly<Record<string, { readonly style: string; readonly explode: boolean }>> = {
  csv: { style: "form", explode: false },
  ssv: { style: "spaceDelimited", explode: false },
  pipes: { style: "pipeDelimited", explode: false },
  multi: { style: "form", explode: true },
};

/** The encodings of the lists in an operation's form, by field; lists are `csv` unless they say otherwise. */
function listEncodings(spec: object, parameters: readonly unknown[]): Record<string, unknown> {
  const found = parameters.map((given) =>
    isRecord(given) && typeof given.$ref === "string" ? atPointer(spec, given.$ref.slice(1)) : given,
  );
  const encodings = found.flatMap((parameter): [string, unknown][] => {
    if (!isRecord(parameter) || parameter.in !== "formData" || parameter.type !== "array") return [];
    const format = STYLES[String(parameter.collectionFormat ?? "csv")];
    return typeof parameter.name === "string" && format !== undefined ? [[parameter.name, format]] : [];
  });
  return Object.fromEntries(encodings);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Writes into the converted description how its forms join lists. */
function keepListEncodings(spec: Record<string, unknown>, converted: Record<string, unknown>): void {
  for (const [path, item] of Object.entries(isRecord(spec.paths) ? spec.paths : {})) {
    if (!isRecord(item)) continue;
    for (const [method, operation] of Object.entries(item)) {
      if (!isRecord(operation)) continue;
      const encoding = listEncodings(spec, [...listOf(item.parameters), ...listOf(operation.parameters)]);
      if (Object.keys(encoding).length === 0) continue;
      const place = ["paths", path, method, "requestBody", "content", FORM];
      const media = place.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), converted);
      if (isRecord(media)) media.encoding = encoding;
    }
  }
}

/** The description in OpenAPI 3; undefined when the library gives nothing. */
export function convertSwagger(spec: Record<string, unknown>): Record<string, unknown> | undefined {
  // The converter works in place, and the description belongs to the caller.
  const converted: unknown = upgradeFromTwoToThree(structuredClone(spec));
  if (!isRecord(converted)) return undefined;
  keepListEncodings(spec, converted);
  return converted;
}
