/** The input of a code tool, `{ code }`, as one schema that every framework reads: Standard Schema and its JSON Schema. */
import type { JSONSchema7 } from "json-schema";
import type { CodeInput } from "./run-code.ts";

/** JSON Schema of `{ code }`. */
export const CODE_INPUT_JSON_SCHEMA = {
  type: "object",
  properties: {
    code: { type: "string", description: "The program: an async arrow function in TypeScript or JavaScript." },
  },
  required: ["code"],
  additionalProperties: false,
} as const satisfies JSONSchema7;

/** JSON Schema of the answer of a code tool. */
export const CODE_OUTPUT_JSON_SCHEMA = {
  type: "object",
  properties: {
    result: { description: "What the program returned." },
    logs: { type: "array", items: { type: "string" }, description: "What the program printed, one line each." },
  },
  required: ["result"],
} as const satisfies JSONSchema7;

type Outcome =
  | { readonly value: CodeInput; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path: readonly string[] }[] };

function validate(value: unknown): Outcome {
  const code: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "code") : undefined;
  if (typeof code === "string") return { value: { code } };
  return { issues: [{ message: "code must be a string", path: ["code"] }] };
}

/** Standard Schema v1 with its JSON Schema extension: what the AI SDK and TanStack AI both take, without Zod. */
export interface CodeInputSchema {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: "durable-codemode";
    readonly validate: (value: unknown) => Outcome;
    readonly jsonSchema: {
      readonly input: (options: { readonly target: string }) => Record<string, unknown>;
      readonly output: (options: { readonly target: string }) => Record<string, unknown>;
    };
    readonly types?: { readonly input: CodeInput; readonly output: CodeInput } | undefined;
  };
}

/** The schema of {@link CodeInput}. */
export const codeInputSchema: CodeInputSchema = {
  "~standard": {
    version: 1,
    vendor: "durable-codemode",
    validate,
    // A fresh copy each time: frameworks add to what they are given.
    jsonSchema: {
      input: () => structuredClone(CODE_INPUT_JSON_SCHEMA),
      output: () => structuredClone(CODE_INPUT_JSON_SCHEMA),
    },
  },
};
