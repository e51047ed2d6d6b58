/** Real descriptions: every operation derives, under a name of its own, with schemas that can be used. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Validator } from "@cfworker/json-schema";
import { describe, expect, test, vi } from "vitest";
import { GITHUB_DESCRIPTION } from "../../support/github.ts";
import { failureOf } from "../../support/thrown.ts";
import { danglingReferences } from "../contract.ts";
import { make } from "./make.ts";

const require = createRequire(import.meta.url);
const EXAMPLES = dirname(require.resolve("@readme/oas-examples/package.json"));

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;
}

function read(path: string): Document & object {
  return JSON.parse(readFileSync(path, "utf8"));
}

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch"];

function countOperations(document: Document): number {
  return Object.values(document.paths).flatMap((item) => Object.keys(item).filter((key) => METHODS.includes(key)))
    .length;
}

/** Every schema is closed under its references and can be read by the validator that checks arguments. */
function usable(name: string, schema: object | undefined): void {
  expect({ name, dangling: danglingReferences(schema) }).toEqual({ name, dangling: [] });
  if (schema !== undefined) new Validator(schema, "2020-12", false);
}

describe("GitHub's REST description", () => {
  const document = read(GITHUB_DESCRIPTION);

  test("every operation is a tool with usable schemas, under its own words and its released name", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const connector = make({ spec: document });
    const { descriptors } = await connector.describe();
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
    expect(Object.keys(descriptors)).toHaveLength(countOperations(document) + 1);
    expect(Object.keys(descriptors).length).toBeGreaterThan(1_000);
    for (const [name, { inputSchema, outputSchema }] of Object.entries(descriptors)) {
      expect(name).toMatch(/^[a-z]\w*$/);
      usable(name, inputSchema);
      usable(name, outputSchema);
    }
    const ids = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    for (const id of ids.filter((found) => found !== undefined)) {
      const tool = await connector.assess(id.replaceAll("-", "_").replace("/", ""), null, { executionId: "e", seq: 0 });
      expect({ id, kind: tool.kind }).not.toEqual({ id, kind: "unknown" });
    }
  });

  test("its whole list of tools is smaller than the description, however often schemas are reached", async () => {
    const { descriptors } = await make({ spec: document }).describe();
    expect(JSON.stringify(descriptors).length).toBeLessThan(JSON.stringify(document).length);
  });

  test("calls are checked against it", async () => {
    const connector = make({ spec: document });
    const assess = (args: unknown) => connector.assess("pulls_create", args, { executionId: "e", seq: 0 });
    expect(await assess({ owner: "o", repo: "r", body: { head: "x", base: "main" } })).toMatchObject({
      kind: "valid",
      policy: { approval: true },
    });
    expect(await assess({ owner: "o", repo: "r", body: { head: "x" } })).toMatchObject({
      kind: "invalid",
      path: "args.body",
    });
  });
});

const FILES = ["2.0", "3.0", "3.1"]
  .flatMap((version) =>
    readdirSync(join(EXAMPLES, version, "json"))
      .filter((file) => file.endsWith(".json"))
      .map((file) => `${version}/json/${file}`),
  )
  .filter((file) => file !== "3.1/json/webhooks.json");

describe("the examples of readme.com", () => {
  test("one of webhooks alone has nothing to call, and says so", async () => {
    const error = await failureOf(make({ spec: read(join(EXAMPLES, "3.1/json/webhooks.json")) }).describe());
    expect(error).toMatchObject({ code: "INVALID_SCHEMA", message: expect.stringContaining('no "paths"') });
  });

  test.each(FILES)("%s", async (file) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const document = read(join(EXAMPLES, file));
    const { descriptors } = await make({ spec: document }).describe();
    warn.mockRestore();
    expect(Object.keys(descriptors).length).toBeGreaterThanOrEqual(countOperations(document));
    for (const [name, { inputSchema, outputSchema }] of Object.entries(descriptors)) {
      usable(name, inputSchema);
      usable(name, outputSchema);
    }
  });
});
