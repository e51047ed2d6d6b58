/** Schemas that extend one another: a discriminator's base stands for its heirs, and nothing turns in a circle. */
import { describe, expect, test } from "vitest";
import type { OpenApiDocuments } from "../../../connectors/openapi/index.ts";
import { generateTypesFromJsonSchema } from "../../../src/catalog/types/declare.ts";
import { danglingReferences } from "../contract.ts";
import { description, make } from "./make.ts";

const CALL = { executionId: "e", seq: 0 };
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const object = (properties: object, required: string[] = []) => ({ type: "object", properties, required });
const TEXT = { type: "string" };

/** A connector whose only operation takes a `Pet`, and what the model sees of it. */
async function petstore(schemas: object, documents?: OpenApiDocuments) {
  const content = { "application/json": { schema: ref("Pet") } };
  const post = { operationId: "send", requestBody: { required: true, content }, responses: {} };
  const connector = make({
    spec: description({ "/": { post } }, { components: { schemas } }),
    ...(documents !== undefined && { documents }),
  });
  const { send } = (await connector.describe()).descriptors;
  if (send === undefined) throw new Error("no operation was derived");
  expect(danglingReferences(send.inputSchema)).toEqual([]);
  return {
    types: generateTypesFromJsonSchema({ send }),
    assess: (body: unknown) => connector.assess("send", { body }, CALL),
  };
}

const BASE = { ...object({ kind: TEXT, friend: ref("Pet") }, ["kind"]), discriminator: { propertyName: "kind" } };
const CAT = { allOf: [ref("Pet"), object({ lives: { type: "integer" } }, ["lives"])] };

describe("a base that names no heirs", () => {
  test("stands for all of them and itself, their own heirs included; where it is extended it stands for itself", async () => {
    const { types, assess } = await petstore({
      Pet: BASE,
      Cat: CAT,
      Dog: {
        allOf: [{ ...ref("Pet"), description: "What all pets have" }],
        properties: { barks: { type: "boolean" } },
      },
      Persian: { allOf: [ref("Cat"), object({ fur: TEXT })] },
      Unrelated: object({}),
    });
    expect(types).toContain("body: AnyPet;");
    expect(types).toContain("type AnyPet = Cat | Dog | Persian | Pet;");
    expect(types).toContain("friend?: AnyPet;");
    expect(types).toMatch(/type Cat = Pet & \{/);
    expect(await assess({ kind: "cat", lives: 9, friend: { kind: "dog" } })).toMatchObject({ kind: "valid" });
    expect(await assess({ lives: 9 })).toMatchObject({ kind: "invalid" });
  });

  test("stands for what its mapping names, by component and in other documents", async () => {
    const mapping = { cat: "Cat", dog: "./dog.yaml" };
    const { types } = await petstore(
      {
        Pet: { ...BASE, discriminator: { propertyName: "kind", mapping } },
        Cat: object({ lives: { type: "integer" } }),
      },
      { "./dog.yaml": object({ barks: { type: "boolean" } }) },
    );
    expect(types).toContain("type AnyPet = Cat | Dog | Pet;");
    expect(types).toContain("barks?: boolean");
  });

  test("keeps its name where a component is already called so", async () => {
    const { types } = await petstore({ Pet: BASE, Cat: CAT, AnyPet: object({ mine: TEXT }) });
    expect(types).toMatch(/body: AnyPet_?2;/);
  });

  test("without heirs, or without a discriminator, is what it says", async () => {
    expect((await petstore({ Pet: BASE })).types).not.toContain("Any");
    expect((await petstore({ Pet: object({ kind: TEXT }), Cat: CAT })).types).not.toContain("Any");
  });
});

describe("a base that lists heirs which extend it", () => {
  test("is their union, and they extend what is shared: types and checks come to an end", async () => {
    const { types, assess } = await petstore({ Pet: { ...BASE, oneOf: [ref("Cat")] }, Cat: CAT });
    expect(types).toMatch(/type Cat = SharedPet & \{/);
    expect(await assess({ kind: "cat", lives: 9 })).toMatchObject({ kind: "valid" });
    expect(await assess({ kind: "cat", lives: "nine" })).toMatchObject({ kind: "invalid", path: "args.body.lives" });
  });
});
