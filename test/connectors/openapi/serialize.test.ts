/** Parameter styles, against the table of the OpenAPI specification. */
import { describe, expect, test } from "vitest";
import type { Parameter } from "../../../connectors/openapi/parameters.ts";
import {
  serializeCookie,
  serializeHeader,
  serializePath,
  serializeQuery,
} from "../../../connectors/openapi/serialize.ts";
import { failureOf } from "../../support/thrown.ts";

function parameter(given: Partial<Parameter>): Parameter {
  return {
    key: "color",
    name: "color",
    in: "query",
    required: false,
    style: "form",
    explode: false,
    allowReserved: false,
    multiSegment: false,
    schema: undefined,
    description: undefined,
    deprecated: false,
    ...given,
  };
}

const ARRAY = ["blue", "black", "brown"];
const OBJECT = { R: 100, G: 200, B: 150 };

describe("query", () => {
  test.each([
    ["form", false, "blue", "color=blue"],
    ["form", false, ARRAY, "color=blue,black,brown"],
    ["form", false, OBJECT, "color=R,100,G,200,B,150"],
    ["form", true, ARRAY, "color=blue&color=black&color=brown"],
    ["form", true, OBJECT, "R=100&G=200&B=150"],
    ["spaceDelimited", false, ARRAY, "color=blue%20black%20brown"],
    ["spaceDelimited", false, OBJECT, "color=R%20100%20G%20200%20B%20150"],
    ["pipeDelimited", false, ARRAY, "color=blue%7Cblack%7Cbrown"],
    ["pipeDelimited", true, ARRAY, "color=blue&color=black&color=brown"],
    ["deepObject", true, OBJECT, "color[R]=100&color[G]=200&color[B]=150"],
    ["deepObject", true, { a: { b: [1, { c: "x y" }] } }, "color[a][b][0]=1&color[a][b][1][c]=x%20y"],
    ["deepObject", true, { "a]=1&b[": { "c d": 2 } }, "color[a%5D%3D1%26b%5B][c%20d]=2"],
    ["json", false, { a: 1 }, "color=%7B%22a%22%3A1%7D"],
  ] as const)("%s, explode %s", (style, explode, value, expected) => {
    expect(serializeQuery(parameter({ style, explode }), value)).toBe(expected);
  });

  test("special characters cannot start another parameter, also with allowReserved", () => {
    expect(serializeQuery(parameter({}), "a&b=c#d+e,f")).toBe("color=a%26b%3Dc%23d%2Be%2Cf");
    expect(serializeQuery(parameter({ allowReserved: true }), "/a?b&c#d+e:f,g")).toBe("color=/a?b%26c%23d%2Be:f,g");
    expect(serializeQuery(parameter({ name: "a&b=[]" }), "x")).toBe("a%26b%3D%5B%5D=x");
  });

  test("absent, null and empty values are left out; a Date is ISO 8601", () => {
    for (const value of [undefined, null, []]) expect(serializeQuery(parameter({}), value)).toBe("");
    expect(serializeQuery(parameter({}), new Date(0))).toBe("color=1970-01-01T00%3A00%3A00.000Z");
    expect(serializeQuery(parameter({}), false)).toBe("color=false");
  });
});

describe("path", () => {
  test.each([
    ["simple", false, "a/b c", "a%2Fb%20c"],
    ["simple", false, ARRAY, "blue,black,brown"],
    ["simple", false, OBJECT, "R,100,G,200,B,150"],
    ["simple", true, OBJECT, "R=100,G=200,B=150"],
    ["label", false, "blue", ".blue"],
    ["label", false, ARRAY, ".blue,black,brown"],
    ["label", true, ARRAY, ".blue.black.brown"],
    ["label", false, OBJECT, ".R,100,G,200,B,150"],
    ["label", true, OBJECT, ".R=100.G=200.B=150"],
    ["matrix", false, "blue", ";color=blue"],
    ["matrix", false, ARRAY, ";color=blue,black,brown"],
    ["matrix", true, ARRAY, ";color=blue;color=black;color=brown"],
    ["matrix", false, OBJECT, ";color=R,100,G,200,B,150"],
    ["matrix", true, OBJECT, ";R=100;G=200;B=150"],
  ] as const)("%s, explode %s", (style, explode, value, expected) => {
    expect(serializePath(parameter({ in: "path", style, explode }), value)).toBe(expected);
  });

  test("an empty value is refused: it would name another resource", async () => {
    for (const value of ["", null, []]) {
      const error = await failureOf((async () => serializePath(parameter({ in: "path", style: "simple" }), value))());
      expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", message: expect.stringContaining("args.color") });
    }
  });
});

describe("header and cookie", () => {
  test("headers are simple and not percent-encoded", () => {
    const header = parameter({ in: "header", style: "simple" });
    expect(serializeHeader(header, ["a b", "c/d"])).toBe("a b,c/d");
    expect(serializeHeader({ ...header, explode: true }, OBJECT)).toBe("R=100,G=200,B=150");
  });

  test("a header cannot be broken out of", async () => {
    const error = await failureOf((async () => serializeHeader(parameter({ in: "header" }), "a\r\nX-Evil: 1"))());
    expect(error.code).toBe("INVALID_ARGUMENTS");
  });

  test("cookies are form, and encoded so that they cannot add others", () => {
    const cookie = parameter({ in: "cookie", explode: true });
    expect(serializeCookie(cookie, "a; admin=1")).toBe("color=a%3B%20admin%3D1");
    expect(serializeCookie(cookie, ["x", "y"])).toBe("color=x; color=y");
  });
});

describe("a parameter that is written as JSON does not lose what JSON cannot hold", () => {
  const inPath = (value: unknown) => serializePath(parameter({ style: "json" }), value);
  const inHeader = (value: unknown) => serializeHeader(parameter({ style: "json" }), value);
  const inCookie = (value: unknown) => serializeCookie(parameter({ style: "json" }), value);
  const inQuery = (value: unknown) => serializeQuery(parameter({ style: "json" }), value);
  const inForm = (value: unknown) => serializeQuery(parameter({ style: "form" }), value);

  test.each([
    ["a path", inPath],
    ["a header", inHeader],
    ["a cookie", inCookie],
    ["a query", inQuery],
    ["an item of a query", inForm],
  ])("in %s", async (_place, write) => {
    for (const part of [new Map([["a", 1]]), new Set([1]), Uint8Array.of(1), /x/, new Error("x"), 3n]) {
      const error = await failureOf((async () => write([{ part }]))());
      expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", message: expect.stringContaining("args.color: ") });
    }
    expect(write([{ part: [1, new Date(0)] }])).toContain("1970");
  });
});
