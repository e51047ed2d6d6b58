/** What every connector must do, whatever its tools come from: one suite that each family runs. */
import { describe, expect, test } from "vitest";
import type { CodemodeConnector } from "../../src/connector/connector.ts";
import { isCodemodeError } from "../../src/errors.ts";

/** Local references of a schema that lead nowhere within it. */
export function danglingReferences(schema: unknown): string[] {
  const dangling: string[] = [];
  const leads = (reference: string): boolean => {
    let at: unknown = schema;
    for (const segment of reference.slice(1).split("/").slice(1)) {
      const key = decodeURIComponent(segment).replaceAll("~1", "/").replaceAll("~0", "~");
      if (typeof at !== "object" || at === null || !(key in at)) return false;
      at = Reflect.get(at, key);
    }
    return true;
  };
  const visited = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || visited.has(value)) return;
    visited.add(value);
    const reference: unknown = Reflect.get(value, "$ref");
    if (typeof reference === "string" && !leads(reference)) dangling.push(reference);
    for (const child of Object.values(value)) visit(child);
  };
  visit(schema);
  return dangling;
}

const CALL = { executionId: "contract", seq: 0 };

/** A tool that needs an argument, to be called without it. */
async function toolThatNeedsSomething(connector: CodemodeConnector): Promise<string | undefined> {
  const { descriptors } = await connector.describe();
  return Object.keys(descriptors).find((name) => (descriptors[name]?.inputSchema.required?.length ?? 0) > 0);
}

/**
 * Runs the contract against a connector. `makeConnector` gives a new instance each time, with at least one tool that
 * has a required argument, and with the approval policy that the family has by default.
 */
export function describeConnectorContract(
  name: string,
  makeConnector: () => CodemodeConnector | Promise<CodemodeConnector>,
) {
  describe(`${name} keeps the connector contract`, () => {
    test("its name is a JavaScript identifier", async () => {
      expect((await makeConnector()).name()).toMatch(/^[A-Za-z_$][\w$]*$/);
    });

    test("describe() says the same each time, on each instance, and survives JSON", async () => {
      const connector = await makeConnector();
      const first = await connector.describe();
      expect(Object.keys(first.descriptors)).not.toHaveLength(0);
      expect(await connector.describe()).toEqual(first);
      expect(await (await makeConnector()).describe()).toEqual(first);
      expect(JSON.parse(JSON.stringify(first))).toEqual(first);
    });

    test("every schema is an object whose references lead somewhere", async () => {
      const { descriptors } = await (await makeConnector()).describe();
      for (const [tool, { inputSchema, outputSchema }] of Object.entries(descriptors)) {
        expect({ tool, input: danglingReferences(inputSchema), output: danglingReferences(outputSchema) }).toEqual({
          tool,
          input: [],
          output: [],
        });
        expect(typeof inputSchema).toBe("object");
      }
    });

    test("every described tool can be assessed", async () => {
      const connector = await makeConnector();
      const { descriptors } = await connector.describe();
      for (const tool of Object.keys(descriptors)) {
        expect({ tool, kind: (await connector.assess(tool, {}, CALL)).kind }).not.toEqual({ tool, kind: "unknown" });
      }
    });

    test("a tool that reads asks nobody and is safe to repeat", async () => {
      const connector = await makeConnector();
      const { annotations = {} } = await connector.describe();
      for (const [tool, annotation] of Object.entries(annotations)) {
        if (annotation.readOnly !== true) continue;
        expect({ tool, asks: annotation.requiresApproval ?? false }).toEqual({ tool, asks: false });
        const assessment = await connector.assess(tool, {}, CALL);
        if (assessment.kind === "valid") expect(assessment.policy).toMatchObject({ approval: false, repeatable: true });
      }
    });

    test("a misspelt tool is unknown and near names are given", async () => {
      const connector = await makeConnector();
      const [tool = ""] = Object.keys((await connector.describe()).descriptors).sort((a, b) => b.length - a.length);
      expect(await connector.assess(`${tool}x`, {}, CALL)).toEqual({
        kind: "unknown",
        near: expect.arrayContaining([tool]),
      });
      const error: unknown = await connector.executeTool(`${tool}x`, {}).catch((thrown: unknown) => thrown);
      expect(isCodemodeError(error) && error.code).toBe("UNKNOWN_TOOL");
      expect(await connector.revertAction(`${tool}x`, {}, undefined)).toBe(false);
    });

    test("arguments that do not fit are refused with the path of what is wrong", async () => {
      const connector = await makeConnector();
      const tool = await toolThatNeedsSomething(connector);
      expect(tool, "the contract needs a tool with a required argument").toBeDefined();
      for (const args of [{}, [], "text", 7]) {
        expect(await connector.assess(tool ?? "", args, CALL)).toMatchObject({
          kind: "invalid",
          path: expect.stringMatching(/^args/),
          message: expect.stringMatching(/./),
        });
      }
    });

    test("lifecycle hooks may be called again and do not throw", async () => {
      const connector = await makeConnector();
      for (let again = 0; again < 2; again += 1) {
        await connector.onPassEnd("contract", "paused");
        await connector.disposeExecution("contract", "completed");
      }
    });
  });
}
