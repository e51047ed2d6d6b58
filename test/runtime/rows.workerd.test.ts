/** The largest rows that the limits allow, as they are stored: a Durable Object refuses one over 2 MB, the local one does not (G10). */
import { afterAll, describe, expect, test } from "vitest";
import { HIGHEST_LIMITS, MAX_ROW_BYTES } from "../../src/limits.ts";
import { completed, failed, paused } from "../support/drive.ts";
import { facetIn } from "../support/facet.ts";
import { newPlace, type TestOptions, type Toolbox } from "../support/runtime.ts";

/** Where a row ends on Cloudflare. */
const ROW_BYTES = 2_000_000;

/** Longest note that a decision may have, of characters that JSON writes with six bytes each. */
const NOTE = "\u0001".repeat(10_000);

const HIGHEST: TestOptions = {
  limits: Object.fromEntries(Object.entries(HIGHEST_LIMITS).map(([name, { most }]) => [name, most])),
};

const strict = { type: "object", properties: { text: { type: "string" } }, additionalProperties: false };

const TOOLS: Toolbox = {
  data: {
    make: { inputSchema: { type: "object" }, execute: ({ chars }: { chars: number }) => "é".repeat(chars) },
    strict: { inputSchema: strict, execute: () => "ran" },
    fail: {
      execute: () => {
        throw new Error("\u0001".repeat(400_000));
      },
    },
    ask: { requiresApproval: true, execute: ({ chars }: { chars: number }) => "x".repeat(chars) },
  },
};

const largest = { bytes: 0 };

/** Bytes of the largest row on disk: its texts in UTF-8, and as much for each cell as SQLite needs at most beside them. */
async function largestRow(ctx: DurableObjectState): Promise<number> {
  const facet = facetIn(ctx);
  const { tables } = await facet.dump();
  const bytesOf = (cell: unknown) => 9 + (typeof cell === "string" ? new TextEncoder().encode(cell).byteLength : 8);
  const rows = Object.values(tables).flatMap((table) => table.rows);
  const found = Math.max(...rows.map((row) => row.reduce<number>((sum, cell) => sum + bytesOf(cell), 0)));
  largest.bytes = Math.max(largest.bytes, found);
  return found;
}

type Body = Parameters<ReturnType<typeof newPlace>["run"]>[1];

function within(options: TestOptions, body: Body): Promise<unknown> {
  return newPlace().run(
    TOOLS,
    async (runtime, ctx) => {
      await body(runtime, ctx);
      expect(await largestRow(ctx)).toBeLessThan(ROW_BYTES);
    },
    options,
  );
}

/** A program of so many bytes. */
function program(body: string, bytes: number): string {
  const code = `async () => { ${body} }`;
  const own = new TextEncoder().encode(`${code}/**/`).byteLength;
  return `${code}/*${"x".repeat(bytes - own)}*/`;
}

const FULL = "[warn] (console limit reached; later output is not kept)";
const SHOUT = `for (let i = 0; i < 1000; i++) console.log("\\u0001".repeat(9_000));`;

describe.each<[string, TestOptions, number]>([
  ["at the limits that are set without others", {}, 1_000_000],
  ["at the highest limits", HIGHEST, HIGHEST_LIMITS.maxProgramBytes.most],
])(
  "the row of a run, %s, with the longest program and a console full of control characters,",
  (_which, options, bytes) => {
    test("keeps a result beside them, and the console says where it ends", async () => {
      await within(options, async (runtime) => {
        const { logs = [], result } = completed(
          await runtime.execute({ code: program(`${SHOUT} return "é".repeat(60_000)`, bytes) }),
        );
        expect(String(result)).toHaveLength(60_000);
        expect(logs.length).toBeGreaterThan(1);
        expect(logs.at(-1)).toBe(FULL);
      });
    });

    test("keeps the error that ends it", async () => {
      await within(options, async (runtime) => {
        const outcome = failed(
          await runtime.execute({ code: program(`${SHOUT} throw new Error("€".repeat(1e6))`, bytes) }),
        );
        expect(outcome.error.length).toBeGreaterThan(10_000);
      });
    });

    test("answers a result for which there is too little room, and does not keep it", async () => {
      await within(options, async (runtime) => {
        const { executionId, result } = completed(
          await runtime.execute({ code: program(`${SHOUT} return "é".repeat(490_000)`, bytes) }),
        );
        expect(String(result)).toHaveLength(490_000);
        expect((await runtime.execution(executionId))?.result).toBe("(not kept: it was too large for the journal)");
      });
    });

    test("keeps why it does not parse", async () => {
      await within(options, async (runtime) => {
        const outcome = failed(await runtime.execute({ code: program(`const "é";`, bytes) }));
        expect(outcome.code).toBe("SYNTAX_ERROR");
      });
    });

    test("keeps what waits for a person, and why it was cancelled", async () => {
      await within(options, async (runtime) => {
        const code = program(`${SHOUT} return data.ask({ chars: 1 })`, bytes);
        const { executionId } = paused(await runtime.execute({ code }));
        await runtime.cancel({ executionId, reason: NOTE });
      });
    });
  },
);

describe.each<[string, TestOptions, number]>([
  ["at the limits that are set without others", {}, 1_000_000],
  ["at the highest limits", HIGHEST, HIGHEST_LIMITS.maxValueBytes.most],
])("the row of a call, %s, with the largest arguments,", (_which, options, bytes) => {
  const PAD = `"x".repeat(${bytes - 200})`;

  test.each([0, 1, 100_000, 250_000, 400_000, 2_000_000])(
    "keeps what a tool answers with %i characters, or why not",
    async (chars) => {
      await within(options, async (runtime) => {
        const code = `async () => data.make({ chars: ${chars}, pad: ${PAD} }).then(({ length }) => length, ({ code }) => code)`;
        const { result, calls } = completed(await runtime.execute({ code }));
        expect([chars, "VALUE_TOO_LARGE"]).toContain(result);
        expect(calls).toMatchObject([{ state: "applied" }]);
      });
    },
  );

  test.each([
    ["why they do not fit", `strict({ [${PAD}]: 1 })`, "INVALID_ARGUMENTS"],
    ["how the tool failed", `fail({ pad: ${PAD} })`, undefined],
  ])("keeps %s", async (_what, call, expected) => {
    await within(options, async (runtime) => {
      const code = `async () => data.${call}.then(() => "ran", ({ code }) => code)`;
      expect(completed(await runtime.execute({ code })).result).toBe(expected);
    });
  });

  test.each([1, 2_000_000])(
    "keeps a decision with the longest notes, edited arguments and a result of %i characters",
    async (chars) => {
      await within(options, async (runtime) => {
        const code = `async () => data.ask({ chars: 1, pad: ${PAD} }).then(() => "ran", ({ code }) => code)`;
        const { executionId, pending } = paused(await runtime.execute({ code }));
        const digest = String(pending[0]?.digest);
        const decision = { executionId, seq: 0, digest, by: NOTE, reason: NOTE };
        const edited = { chars, pad: "y".repeat(Math.floor((MAX_ROW_BYTES - bytes) / 2) - 200) };
        expect(await runtime.approve({ ...decision, args: edited })).toMatchObject({ status: "completed" });
      });
    },
  );

  test("keeps a rejection with the longest notes, which the program hears", async () => {
    await within(options, async (runtime) => {
      const code = `async () => data.ask({ pad: ${PAD} }).catch(({ code }) => code)`;
      const { executionId, pending } = paused(await runtime.execute({ code }));
      const digest = String(pending[0]?.digest);
      const decision = { executionId, seq: 0, digest, by: NOTE, reason: NOTE, then: "throw" as const };
      expect(await runtime.reject(decision)).toBe(true);
      expect(await runtime.execution(executionId)).toMatchObject({ status: "completed", result: "REJECTED" });
    });
  });

  test("and of a step keeps its result", async () => {
    await within(options, async (runtime) => {
      const code = `async () => (await codemode.step("s".repeat(1000), () => ${PAD})).length`;
      expect(completed(await runtime.execute({ code })).result).toBe(bytes - 200);
    });
  });
});

afterAll(() => {
  // None of the above is worth anything unless the rows are large.
  expect(largest.bytes).toBeGreaterThan(1_700_000);
});
