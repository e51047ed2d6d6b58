/** Names: tools keep their words, aliases know the released names, connectors hide nothing. */

import { describe, expect, test } from "vitest";
import { isCodemodeError } from "../src/errors.ts";
import {
  assertConnectorName,
  byMethod,
  callableName,
  legacyToolName,
  RESERVED_GLOBALS,
  sanitizeToolName,
} from "../src/names.ts";
import { makeNamespace } from "../src/sandbox/shim/namespaces.ts";
import fc from "./support/fast-check.ts";
import { thrownBy } from "./support/thrown.ts";

/** The middle column was produced by `sanitizeToolName` of @cloudflare/codemode 0.5.6. */
const TOOL_NAMES: readonly (readonly [name: string, released: string, ours: string])[] = [
  ["create_issue", "create_issue", "create_issue"],
  ["get-user", "get_user", "get_user"],
  ["repo.list", "repo_list", "repo_list"],
  ["a b", "a_b", "a_b"],
  ["a\tb", "a_b", "a_b"],
  ["a--b", "a__b", "a__b"],
  ["-x", "_x", "_x"],
  ["a: b", "a_b", "a_b"],
  ["hello!", "hello", "hello"],
  ["$ok", "$ok", "$ok"],
  ["2fa", "_2fa", "_2fa"],
  ["class", "class_", "class_"],
  ["delete", "delete_", "delete_"],
  ["inspect", "inspect", "inspect_"],
  ["__proto__", "__proto__", "__proto___"],
  ["undefined", "undefined_", "undefined_"],
  ["abstract", "abstract_", "abstract_"],
  ["await", "await_", "await_"],
  ["", "_", "_"],
  ["!!!", "_", "_"],
  ["pulls/create", "pullscreate", "pulls_create"],
  ["x/y-z", "xy_z", "x_y_z"],
  ["GET_/users/{id}/posts", "GET_usersidposts", "GET_users_id_posts"],
  ["get user's repo", "get_users_repo", "get_user_s_repo"],
  ["café", "caf", "café"],
  ["搜索", "_", "搜索"],
];

describe("a tool's name", () => {
  test.each(TOOL_NAMES)("%j is released as %j and ours as %j", (name, released, ours) => {
    expect(legacyToolName(name)).toBe(released);
    expect(sanitizeToolName(name)).toBe(ours);
  });

  test("of any text becomes an identifier that a program can declare, and stays it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        for (const identifier of [sanitizeToolName(name), legacyToolName(name)]) {
          expect(() => new Function(`"use strict"; let ${identifier} = 1;`)).not.toThrow();
        }
        expect(sanitizeToolName(sanitizeToolName(name))).toBe(sanitizeToolName(name));
      }),
    );
  });
});

describe("a callable name", () => {
  const connector = makeNamespace("shop", async () => "ran");
  const LOOKED_UP = [
    ...Object.getOwnPropertyNames(Object.prototype),
    ..."then catch finally toJSON inspect prototype".split(" "),
  ];

  test.each(LOOKED_UP)("of %s is one that a program can call", (name) => {
    expect(Reflect.get(connector, callableName(name))).toBeTypeOf("function");
    expect(Reflect.get(connector, callableName(name))).toHaveProperty("name", `shop.${callableName(name)}`);
  });

  test("of any other is itself", () => {
    for (const name of ["list", "keys", "hasOwnProperty", "then_"]) expect(callableName(name)).toBe(name);
  });
});

describe("assertConnectorName", () => {
  test.each(["github", "my_db", "$x", "Github2", "docs", "memory", "location"])("accepts %s", (name) => {
    expect(() => assertConnectorName(name)).not.toThrow();
  });

  test.each([
    ["", /identifier/],
    ["my-db", /identifier.*"my_db"/],
    ["2fa", /identifier.*"_2fa"/],
    ["a b", /identifier/],
    ["class", /reserved word.*"class_"/],
    ["await", /reserved word/],
    ["Promise", /global.*"PromiseConnector"/],
    ["setTimeout", /global/],
    ["Error", /global/],
    ["console", /global/],
    ["globalThis", /global/],
    ["fetch", /global/],
    ["toString", /global/],
    ["__proto__", /global/],
    ["codemode", /built-in/],
  ])("refuses %j and says what to rename it to", (name, message) => {
    const thrown = thrownBy(() => assertConnectorName(name));
    expect(isCodemodeError(thrown) && thrown.code).toBe("INVALID_NAME");
    expect(thrown).toHaveProperty("message", expect.stringMatching(message));
    const suggestion = isCodemodeError(thrown) ? String(thrown.data.suggestion) : "";
    expect(() => assertConnectorName(suggestion)).not.toThrow();
  });

  test("knows every global of the language", () => {
    const ofTheLanguage = Object.getOwnPropertyNames(globalThis).filter((name) => {
      const value: unknown = Reflect.get(globalThis, name);
      return /^[A-Z]/.test(name) && typeof value === "function" && /\[native code\]/.test(String(value));
    });
    expect(ofTheLanguage.length).toBeGreaterThan(40);
    expect(ofTheLanguage.filter((name) => !RESERVED_GLOBALS.has(name))).toEqual([]);
  });
});

test("tools of one global are found by the name that programs call, and of two with one name both are said", () => {
  expect([...byMethod(Object.entries({ "get-item": 1, delete: 2 }), "shop")]).toEqual([
    ["get_item", 1],
    ["delete_", 2],
  ]);
  expect(thrownBy(() => byMethod(Object.entries({ "get-item": 1, get_item: 2 }), "shop"))).toMatchObject({
    code: "INVALID_NAME",
    message: 'shop: the tools "get-item" and "get_item" would both be called "get_item". Rename one of them.',
    data: { tools: ["get-item", "get_item"], name: "get_item" },
  });
});
