/** The value codec: what goes in comes out as the same kind of thing, and what cannot is refused by its path. */

import { describe, expect, test } from "vitest";
import { CodemodeError } from "../../src/errors.ts";
import {
  decodeValue,
  encodeFailure,
  encodeValue,
  exceedsBytes,
  isFailure,
  toError,
  toFailure,
} from "../../src/wire/values.ts";
import fc from "../support/fast-check.ts";
import { thrownBy } from "../support/thrown.ts";

const roundTrip = (value: unknown): unknown => decodeValue(encodeValue(value, "The value"));

const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 });

const typedArrays = fc.oneof(
  bytes.map((list) => Uint8Array.from(list)),
  bytes.map((list) => Int16Array.from(list)),
  fc.array(fc.double(), { maxLength: 10 }).map((list) => Float64Array.from(list)),
  fc
    .array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 10 })
    .map((list) => BigInt64Array.from(list)),
  bytes.map((list) => Uint8Array.from(list).buffer),
);

const scalars = fc.oneof(
  fc.constantFrom(undefined, null, Number.NaN, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true, false),
  fc.string({ unit: "binary" }),
  fc.double(),
  fc.bigInt(),
  fc.date({ noInvalidDate: false }),
  fc.constantFrom(/a+b/gi, /[\n"']/u, /(?<year>\d{4})/y),
  typedArrays,
);

/** Any tree of values that programs hold. No key is `__proto__`, which a literal cannot make. */
const values = fc.letrec<{ tree: unknown }>((tie) => {
  const tree = tie("tree");
  const keys = fc.string().filter((key) => key !== "__proto__");
  return {
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      scalars,
      fc.array(tree, { maxLength: 5 }),
      fc.dictionary(keys, tree, { maxKeys: 5, noNullPrototype: true }),
      fc.array(fc.tuple(tree, tree), { maxLength: 4 }).map((pairs) => new Map(pairs)),
      fc.array(tree, { maxLength: 4 }).map((items) => new Set(items)),
    ),
  };
}).tree;

describe("round trips", () => {
  test("G1 any value of any kind is the same value of the same kind after its record", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(roundTrip(value)).toStrictEqual(value);
      }),
      { numRuns: 400 },
    );
  });

  test("G1 a record is written the same a second time, so that a replayed value compares equal to its record", () => {
    fc.assert(
      fc.property(values, (value) => {
        const text = encodeValue(value, "The value");
        expect(encodeValue(decodeValue(text), "The value")).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ["undefined", undefined],
    ["NaN", Number.NaN],
    ["-0", -0],
    ["a bigint", 2n ** 70n],
    ["an invalid Date", new Date(Number.NaN)],
    ["a sparse array", Object.assign(new Array(3), { 0: 1, 2: 3 })],
    ["a Map with an object as key", new Map([[{ a: 1 }, new Set([1n])]])],
    ["a RegExp with its flags", /x/dgimsuy],
    ["an empty object", {}],
    ["an undefined property", { a: undefined }],
    ["text that looks like a record", '[{"a":1},["Date","2020"]]'],
    [
      "control-looking data",
      { __codemode_control__: "pause", status: "paused", ok: false, name: "Error", message: "no" },
    ],
  ])("%s keeps its kind", (_, value) => {
    expect(roundTrip(value)).toStrictEqual(value);
  });

  test("-0 stays -0 and is told from 0", () => {
    expect(Object.is(roundTrip(-0), -0)).toBe(true);
    expect(Object.is(roundTrip({ zero: 0 }), -0)).toBe(false);
    expect(encodeValue(-0, "")).not.toBe(encodeValue(0, ""));
  });

  test("a typed array that is a window of a larger buffer is that window", () => {
    const window = new Uint8Array(new Uint8Array([9, 1, 2, 3, 9]).buffer, 1, 3);
    const back = roundTrip({ window });
    expect(back).toMatchObject({ window: expect.any(Uint8Array) });
    expect([...(back as { window: Uint8Array }).window]).toEqual([1, 2, 3]);
  });

  test("shared references stay shared and cycles stay cycles", () => {
    const shared = { n: 1 };
    const cyclic: Record<string, unknown> = { first: shared, second: shared, list: [] };
    cyclic.self = cyclic;
    (cyclic.list as unknown[]).push(cyclic.list);
    const back = roundTrip(cyclic) as typeof cyclic;
    expect(back.first).toBe(back.second);
    expect(back.self).toBe(back);
    expect((back.list as unknown[])[0]).toBe(back.list);
  });

  test("Maps and Sets with different contents have different records", () => {
    expect(encodeValue(new Map([[1, 2]]), "")).not.toBe(encodeValue(new Map([[1, 3]]), ""));
    expect(encodeValue(new Set([1]), "")).not.toBe(encodeValue(new Set([2]), ""));
    expect(encodeValue(new Map(), "")).not.toBe(encodeValue({}, ""));
  });

  test("an object without a prototype is read back with its properties", () => {
    const bare: Record<string, unknown> = Object.assign(Object.create(null), { a: 1 });
    expect(Object.entries(roundTrip(bare) as object)).toEqual([["a", 1]]);
  });

  test("a class instance becomes a plain object of its own properties, or what its toJSON says", () => {
    class Money {
      readonly amount = 5n;
      readonly at = new Date(7);
      #secret = "hidden";
      get doubled() {
        return this.amount * 2n + BigInt(this.#secret.length * 0);
      }
    }
    class Named {
      toJSON() {
        return { name: "Ada" };
      }
    }
    expect(roundTrip({ money: new Money() })).toStrictEqual({ money: { amount: 5n, at: new Date(7) } });
    expect(roundTrip([new Named()])).toStrictEqual([{ name: "Ada" }]);
  });

  test("data whose keys are names of the language is data", () => {
    const hostile = JSON.parse('{"constructor":{"prototype":{"polluted":1}},"then":1,"toString":"no"}');
    expect(JSON.stringify(roundTrip(hostile))).toBe(JSON.stringify(hostile));
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  test("an own __proto__ key pollutes nothing", () => {
    const hostile = JSON.parse('{"__proto__":{"polluted":true},"a":1}');
    const outcome = (() => {
      try {
        return roundTrip(hostile);
      } catch (error) {
        return error;
      }
    })();
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    expect(Reflect.get(Object(outcome), "polluted")).toBeUndefined();
  });

  test.each([
    '=[{"__proto__":{"polluted":true}}]',
    '=[{"\\u005f_proto__":{"polluted":true}}]',
    '=[{"__pr\\u006Fto__":{"polluted":true}}]',
    '[[1],{"\\u005f_proto__":2},{"polluted":3},true]',
  ])("G7 nor is one read that only a hostile guest writes: %s", (text) => {
    expect(() => decodeValue(text)).toThrow("__proto__");
  });

  test("a text that speaks of __proto__ or has control characters is data", () => {
    const value = [{ text: "\u001b[1m__proto__\u0000 \\u005f_proto__" }];
    expect(roundTrip(value)).toEqual(value);
  });
});

describe("errors", () => {
  test.each([
    ["Error", new Error("plain")],
    ["TypeError", new TypeError("typed")],
    ["RangeError", new RangeError("ranged")],
    ["SyntaxError", new SyntaxError("")],
  ])("G2 an error of class %s is one of that class again, as a value and as a failure", (_, error) => {
    for (const back of [roundTrip(error), toError(decodeValue(encodeFailure(error)) as never)]) {
      expect(back).toBeInstanceOf(error.constructor);
      expect(back).toMatchObject({ name: error.name, message: error.message });
    }
  });

  test("G2 name, message, code, cause and data of a tool's error are kept", () => {
    class Conflict extends Error {
      override readonly name = "Conflict";
      readonly code = "E_CONFLICT";
      readonly data = { at: new Date(5) };
    }
    const back = roundTrip(new Conflict("taken", { cause: new TypeError("deep", { cause: { id: 7n } }) })) as Conflict;
    expect(back).toBeInstanceOf(Error);
    expect(back).toMatchObject({ name: "Conflict", message: "taken", code: "E_CONFLICT", data: { at: new Date(5) } });
    expect(back.cause).toBeInstanceOf(TypeError);
    expect((back.cause as Error).cause).toStrictEqual({ id: 7n });
  });

  test("G2 an AggregateError keeps every error that it collected", () => {
    const back = roundTrip(new AggregateError([new RangeError("one"), "two"], "all failed")) as AggregateError;
    expect(back).toBeInstanceOf(AggregateError);
    expect(back.message).toBe("all failed");
    expect(back.errors[0]).toBeInstanceOf(RangeError);
    expect(back.errors[1]).toBe("two");
  });

  test("G2 whatever is thrown is recorded as a failure that has a sentence", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          values,
          fc.constantFrom("", new Error(""), Symbol("s"), () => 1),
        ),
        (thrown) => {
          const failure = decodeValue(encodeFailure(thrown));
          expect(isFailure(failure)).toBe(true);
          if (!(thrown instanceof Error)) expect((failure as { message: string }).message).not.toBe("");
        },
      ),
    );
  });

  test("an error with hostile getters is still a failure", () => {
    const hostile = new Error("shown");
    Object.defineProperty(hostile, "cause", {
      get() {
        throw new Error("from the getter");
      },
    });
    expect(() => encodeFailure(hostile)).not.toThrow();
    expect(decodeValue(encodeFailure(hostile))).toMatchObject({ name: "Error", message: "shown" });
  });

  test("an error whose cause is itself is recorded", () => {
    const loop = new Error("loop");
    loop.cause = loop;
    expect(decodeValue(encodeFailure(loop))).toMatchObject({ message: "loop" });
  });

  test("an error that carries what cannot be written keeps its name, message and code", () => {
    const error = Object.assign(new TypeError("with a function", { cause: () => 1 }), { code: "E_FN" });
    expect(decodeValue(encodeFailure(error))).toEqual({ name: "TypeError", message: "with a function", code: "E_FN" });
  });

  test("an error whose data does not let itself be looked at keeps its name, message and code", () => {
    const data = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error("not this");
        },
      },
    );
    const error = Object.assign(new RangeError("mine"), { code: "E_MINE", data });
    expect(decodeValue(encodeFailure(error))).toEqual({ name: "RangeError", message: "mine", code: "E_MINE" });
  });

  test("a failure's name cannot reach a class that is no error", () => {
    for (const name of ["Function", "Object", "constructor", "__proto__"]) {
      expect(toError({ name, message: "m" })).toBeInstanceOf(Error);
    }
    expect(toFailure(Object.assign(new Error("m"), { name: 5 })).name).toBe("Error");
  });
});

describe("refusals", () => {
  test.each([
    ["a function", { a: { list: [1, () => 1] } }, ".a.list[1]"],
    ["a symbol", { a: Symbol("s") }, ".a"],
    ["a function in a Map", new Map([["k", () => 1]]), /k/],
    [
      "a function in a class instance",
      {
        deep: new (class Holder {
          fn = () => 1;
        })(),
      },
      /deep/,
    ],
  ])("%s is refused with its path", (_, value, path) => {
    const caught = thrownBy(() => encodeValue(value, "The result of mail.send"));
    expect(caught).toBeInstanceOf(CodemodeError);
    expect(caught).toMatchObject({
      code: "UNSERIALIZABLE",
      message: expect.stringMatching(/^The result of mail\.send cannot be recorded/),
      data: { path: path instanceof RegExp ? expect.stringMatching(path) : path },
    });
  });

  test("a promise is refused, not recorded as an empty object, and the error says to await it", () => {
    expect(() => encodeValue({ p: Promise.resolve(1) }, "The value")).toThrow(
      expect.objectContaining({
        code: "UNSERIALIZABLE",
        message: expect.stringContaining("(at .p): it is a promise; await it first."),
      }),
    );
  });

  test.each<readonly [string, unknown, string]>([
    ["a function", () => 1, "it is a function."],
    ["a symbol", Symbol("s"), "it is a symbol."],
    [
      "a Response",
      new Response("x"),
      "it is no plain data, but such as a Response or a stream; take from it what is needed.",
    ],
    ["a symbol as a key", { [Symbol("s")]: 1 }, "it has a symbol as a key."],
  ])("what cannot be recorded is told in plain words: %s", (_, value, words) => {
    expect(() => encodeValue({ a: value }, "The value")).toThrow(`The value cannot be recorded (at .a): ${words}`);
  });

  test("any text at all is either a record or an error, and never a hang", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          decodeValue(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 500 },
    );
  });
});

test("bytes are counted as UTF-8, exactly at the limit", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: -2, max: 2 }), (text, delta) => {
      const size = new TextEncoder().encode(text).byteLength;
      expect(exceedsBytes(text, size + delta)).toBe(delta < 0);
    }),
  );
});
