/** Attacks by size at the product's own limits, none lowered: a million calls, huge keys and names, values without a floor (G8, G10). */
import { describe, expect, test } from "vitest";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import type { ProxyToolOutput } from "../../src/journal/public.ts";
import { DEFAULT_LIMITS, MAX_ROW_BYTES } from "../../src/limits.ts";
import { MAX_NAME_CHARS } from "../../src/wire/messages.ts";
import { completed, paused } from "../support/drive.ts";
import { type Toolbox, withRuntime } from "../support/runtime.ts";

const ran: unknown[] = [];

const TOOLS: Toolbox = {
  t: {
    echo: { readOnly: true, execute: (value: unknown) => value },
    /** Walks its arguments, as a host does that has a schema. */
    typed: {
      readOnly: true,
      inputSchema: {
        type: "object",
        properties: { value: { $ref: "#/definitions/any" } },
        definitions: { any: { anyOf: [{ type: "array", items: { $ref: "#/definitions/any" } }, {}] } },
      },
      execute: ({ value }: { value: unknown }) => value,
    },
    matched: {
      readOnly: true,
      inputSchema: { type: "object", properties: { text: { type: "string", pattern: "^(a+)+$" } } },
      execute: ({ text }: { text: string }) => text.length,
    },
    save: { requiresApproval: true, execute: (value: unknown) => ran.push(value) },
  },
};

/** Runs a program, lets the test look at it, and runs an honest one on the same runtime, which must work. */
function attack(
  body: string,
  look: (outcome: ProxyToolOutput, runtime: CodemodeRuntimeHandle) => Promise<void> | void,
): Promise<void> {
  return withRuntime(TOOLS, async (runtime) => {
    await look(await runtime.execute({ code: `async () => { ${body} }` }), runtime);
    expect(completed(await runtime.execute({ code: "async () => t.echo({ n: 1 })" })).result).toEqual({ n: 1 });
  });
}

describe("a million calls", () => {
  const { maxCalls, maxCallsInFlight } = DEFAULT_LIMITS;

  test.each([
    ["one after the other", "for (let i = 0; i < 1e6; i++) await t.echo(i)"],
    ["a thousand at a time", "for (;;) await Promise.all(Array.from({ length: 1000 }, (_, i) => t.echo(i)))"],
    ["that are steps", `for (let i = 0; i < 1e6; i++) await codemode.step("s", () => i)`],
    ["that are searches", `for (let i = 0; i < 1e6; i++) await codemode.search("echo").catch(() => {})`],
  ])(
    "%s end with TOO_MANY_CALLS after those that one run may make, all of which are recorded",
    async (_how, body) => {
      await attack(body, ({ calls, ...outcome }) => {
        expect(outcome).toMatchObject({ status: "error", code: "TOO_MANY_CALLS" });
        expect(calls).toHaveLength(maxCalls);
      });
    },
    120_000,
  );

  test("at once: those over the limit fail, each by its code, and the others are answered", async () => {
    const body = `const codes = {}, all = []; let answered = 0;
      const count = ({ code }) => { codes[code] = (codes[code] ?? 0) + 1; };
      for (let i = 0; i < 1e6; i++) all.push(t.echo(i).then(() => { answered += 1; }, count));
      await Promise.all(all);
      return { answered, codes };`;
    await attack(body, (outcome) => {
      expect(completed(outcome).result).toEqual({
        answered: maxCallsInFlight,
        codes: { TOO_MANY_CALLS_IN_FLIGHT: 1e6 - maxCallsInFlight },
      });
      expect(outcome.calls).toHaveLength(maxCallsInFlight);
    });
  }, 240_000);

  test("that are timers which the program clears again are open no longer, also when it does so at once", async () => {
    const body = `for (let i = 0; i < ${maxCallsInFlight} + 500; i++) clearTimeout(setTimeout(() => {}, 1e6)); return "end";`;
    await attack(body, (outcome) => expect(completed(outcome).result).toBe("end"));
  });

  test("that nobody awaits, beside a hundred thousand console lines, end, and what is kept of both is bounded", async () => {
    const body = `for (let i = 0; i < 1e5; i++) { void t.echo(i).catch(() => {}); console.log("line", i); } return "end";`;
    await attack(body, (outcome) => {
      const { logs = [], calls, result } = completed(outcome);
      expect([result, calls?.length]).toEqual(["end", maxCallsInFlight]);
      expect(logs.join("\n").length).toBeLessThan(DEFAULT_LIMITS.maxConsoleChars + DEFAULT_LIMITS.maxConsoleLineChars);
      expect(logs.at(-1)).toBe("[warn] (console limit reached; later output is not kept)");
    });
  }, 240_000);
});

describe("huge keys", () => {
  /** A key that fits, with all around it, into one value, and twice into one row: as arguments and as the result. */
  const CHARS = MAX_ROW_BYTES / 2 - 100;

  test.each([
    ["of an object", `t.echo({ ["k".repeat(5e6)]: 1 })`],
    ["of a map", `t.echo(new Map([["k".repeat(5e6), 1]]))`],
    ["of a step's result", `codemode.step("s", () => ({ ["k".repeat(5e6)]: 1 }))`],
    ["a million of them", `t.echo(Object.fromEntries(Array.from({ length: 1e6 }, (_, i) => ["k" + i, i])))`],
  ])("%s are VALUE_TOO_LARGE, which the program can catch", async (_what, call) => {
    await attack(`return ${call}.catch((error) => error.code)`, (outcome) => {
      expect(completed(outcome).result).toBe("VALUE_TOO_LARGE");
    });
  });

  test.each([
    ["an object", "{ [key]: 1 }", "Object.keys(back)[0]"],
    ["a map", "new Map([[key, 1]])", "[...back.keys()][0]"],
    ["a result", "{ value: { [key]: 1 } }", "Object.keys(back)[0]"],
  ])("as long as a value may be come back whole: of %s", async (what, value, read) => {
    const tool = what === "a result" ? "typed" : "echo";
    const body = `const key = "k".repeat(${CHARS}); const back = await t.${tool}(${value}); return ${read} === key`;
    await attack(body, (outcome) => expect(completed(outcome).result).toBe(true));
  });

  test("that are the arguments and the result of one call share a row, and the effect is known to have taken place", async () => {
    const body = `const args = { ["k".repeat(${DEFAULT_LIMITS.maxValueBytes - 100})]: 1 }; return t.echo(args).catch((error) => error.message)`;
    await attack(body, (outcome) => {
      const { result, calls } = completed(outcome);
      expect(result).toMatch(/^The result of t\.echo is over 8\d{5} bytes\. Ask for less/);
      expect(calls).toMatchObject([{ state: "applied" }]);
    });
  });

  test("in a result share a row with the program: what has no room there is answered and not kept", async () => {
    const comment = "x".repeat(DEFAULT_LIMITS.maxProgramBytes - 500);
    const chars = DEFAULT_LIMITS.maxValueBytes - 100;
    await attack(`return "k".repeat(${chars}); /* ${comment} */`, (outcome) => {
      expect(String(completed(outcome).result)).toHaveLength(chars);
    });
  });

  test("of an action that waits are shown whole, and run as they were shown", async () => {
    ran.length = 0;
    await attack(`return t.save({ ["k".repeat(${CHARS})]: 1 })`, async (outcome, runtime) => {
      const { executionId, pending } = paused(outcome);
      const [action] = pending;
      expect(Object.keys(Object(action?.args)).map((key) => key.length)).toEqual([CHARS]);
      expect(ran).toEqual([]);
      completed(await runtime.approve({ executionId, seq: 0, digest: String(action?.digest) }));
      expect(ran).toEqual([action?.args]);
    });
  });

  test("on the console are cut", async () => {
    await attack(`console.log({ ["k".repeat(5e6)]: 1 }); return 1`, (outcome) => {
      const [line = ""] = completed(outcome).logs ?? [];
      expect(line.endsWith("... (line cut)")).toBe(true);
      expect(line.length).toBeLessThan(DEFAULT_LIMITS.maxConsoleLineChars + 20);
    });
  });
});

describe("nesting without a floor", () => {
  const DEEP: Readonly<Record<string, string>> = {
    arrays: "let deep = []; for (let i = 0; i < 1e5; i++) deep = [deep];",
    objects: "let deep = {}; for (let i = 0; i < 1e5; i++) deep = { deep };",
    maps: "let deep = new Map(); for (let i = 0; i < 1e5; i++) deep = new Map([[deep, deep]]);",
    "instances of a class":
      "class Deep { constructor(of) { this.of = of } } let deep; for (let i = 0; i < 1e5; i++) deep = new Deep(deep);",
  };

  test.each(Object.entries(DEEP))(
    "of %s is UNSERIALIZABLE as arguments, as a step's result and as the run's",
    async (_what, make) => {
      const code = ".catch((error) => error.code)";
      const body = `${make} return [await t.echo(deep)${code}, await t.typed({ value: deep })${code}, await codemode.step("s", () => deep)${code}]`;
      await attack(body, (outcome) => {
        expect(completed(outcome).result).toEqual(Array.from({ length: 3 }, () => "UNSERIALIZABLE"));
      });
      await attack(`${make} return deep`, (outcome) => {
        expect(outcome).toMatchObject({ status: "error", code: "UNSERIALIZABLE" });
      });
    },
  );

  test("that still can be written comes back as deep from a host that checks it against a schema", async () => {
    const body = `let deep = []; for (let i = 0; i < 100; i++) deep = [deep];
      let back = await t.typed({ value: deep }), depth = 0; while (back.length > 0) { back = back[0]; depth += 1 } return depth`;
    await attack(body, (outcome) => expect(completed(outcome).result).toBe(100));
  });

  test("of causes is an error that is told without them, and on the console it is one line", async () => {
    const make = `let error = new Error("first"); for (let i = 0; i < 1e5; i++) error = new Error("last", { cause: error });`;
    await attack(`${make} console.log(error); throw error`, (outcome) => {
      expect(outcome).toMatchObject({ status: "error", code: "PROGRAM_ERROR", error: "last" });
    });
    await attack(
      `${make} return codemode.step("s", () => { throw error }).catch(({ message }) => message)`,
      (outcome) => {
        expect(completed(outcome).result).toBe("last");
      },
    );
  });
});

test("an expression of a tool's schema that would match for ever is not matched, and its call is made", async () => {
  await attack(`return t.matched({ text: "a".repeat(60) + "!" })`, (outcome) => {
    expect(completed(outcome).result).toBe(61);
  });
});

describe("very long names", () => {
  test("of steps and tools are taken up to their limit, and refused by a code beyond it", async () => {
    const body = `const told = [];
      for (const chars of [${MAX_NAME_CHARS}, ${MAX_NAME_CHARS} + 1, 5e6]) {
        const name = "x".repeat(chars);
        told.push([codemode.step(name, () => "ran"), t[name]({}), codemode.run(name), codemode.describe("t." + name)]);
      }
      const code = (call) => call.catch((error) => error.code);
      return Promise.all(told.map((calls) => Promise.all(calls.map(code))));`;
    await attack(body, (outcome) => {
      expect(completed(outcome).result).toEqual([
        ["ran", "UNKNOWN_TOOL", "UNKNOWN_TARGET", "UNKNOWN_TARGET"],
        ["INVALID_ARGUMENTS", "UNKNOWN_TOOL", "UNKNOWN_TARGET", "UNKNOWN_TARGET"],
        ["INVALID_ARGUMENTS", "UNKNOWN_TOOL", "VALUE_TOO_LARGE", "VALUE_TOO_LARGE"],
      ]);
    });
  });

  test.each([
    ["a name", `error.name = "n".repeat(5e6)`],
    ["a code", `error.code = "c".repeat(5e6)`],
    ["a code a little over the limit of names", `error.code = "c".repeat(${MAX_NAME_CHARS} + 1)`],
  ])("of errors are cut: with %s, a program's own error stays its own", async (_what, set) => {
    await attack(`const error = new Error("why"); ${set}; throw error`, (outcome) => {
      expect(outcome).toMatchObject({ status: "error", code: "PROGRAM_ERROR", error: "why" });
    });
    await attack(
      `return codemode.step("s", () => { const error = new Error("why"); ${set}; throw error }).catch(({ message }) => message)`,
      (outcome) => {
        expect(completed(outcome).result).toBe("why");
      },
    );
  });
});
