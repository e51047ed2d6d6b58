/** Limits: each is an error that the model can act on, none is a broken journal (G10), and every run ends (G8). */
import { describe, expect, test } from "vitest";
import { completed, evict, failed, paused } from "../support/drive.ts";
import { newPlace, type TestOptions, type Toolbox, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";

const limited = (limits: NonNullable<TestOptions["limits"]>): TestOptions => ({ limits });

const ECHO: Toolbox = {
  data: {
    echo: { readOnly: true, execute: (args) => args },
    make: { execute: ({ chars }: { chars: number }) => "x".repeat(chars) },
    ask: { requiresApproval: true, execute: () => "asked" },
  },
};

describe("G10 values", () => {
  test.each(["echo", "make", "ask"])(
    "arguments of data.%s over the limit are VALUE_TOO_LARGE, also on a later call of the same tool, and the tool is not run",
    async (tool) => {
      await withRuntime(ECHO, async (runtime) => {
        const code = `async () => {
        const told = [];
        for (const chars of [1_100_000, 5_000_000]) {
          try { await data.${tool}({ text: "x".repeat(chars) }); told.push("ran"); } catch (error) { told.push(error.code); }
        }
        return told;
      }`;
        expect(completed(await runtime.execute({ code })).result).toEqual(["VALUE_TOO_LARGE", "VALUE_TOO_LARGE"]);
        expect(await runtime.executions()).toHaveLength(1);
      });
    },
  );

  test("a small call before does not open the door for a large one", async () => {
    await withRuntime(ECHO, async (runtime) => {
      const code = `async () => { await data.echo({}); return data.echo({ text: "x".repeat(1_100_000) }).catch((error) => error.code); }`;
      expect(completed(await runtime.execute({ code })).result).toBe("VALUE_TOO_LARGE");
    });
  });

  test("a result over the limit is VALUE_TOO_LARGE for the program, which may go on", async () => {
    await withRuntime(ECHO, async (runtime) => {
      const code = `async () => [await data.make({ chars: 1_100_000 }).catch((error) => error.code), (await data.make({ chars: 900_000 })).length]`;
      expect(completed(await runtime.execute({ code })).result).toEqual(["VALUE_TOO_LARGE", 900_000]);
    });
  });

  test("what a program returns may be larger than what is kept: whoever waits gets it whole, the history a note", async () => {
    await withRuntime(ECHO, async (runtime) => {
      const { executionId, result } = completed(await runtime.execute({ code: `async () => "x".repeat(5_000_000)` }));
      expect(String(result)).toHaveLength(5_000_000);
      expect(await runtime.execution(executionId)).toMatchObject({
        status: "completed",
        result: "(not kept: it was too large for the journal)",
      });
    });
  });

  test("also after a pause, and it is shaped as any other", async () => {
    const world = makeWorld();
    const shaped = (result: unknown) => String(result).length;
    await withRuntime(
      world.toolbox,
      async (runtime) => {
        const code = `async () => { await bank.pay({ to: "ada" }); return "x".repeat(2_000_000); }`;
        const { executionId } = await runtime.execute({ code });
        expect(completed(await runtime.approve({ executionId })).result).toBe(2_000_000);
        expect(world.calls()).toHaveLength(1);
      },
      { transformResult: shaped },
    );
  });

  test("a result that no message carries ends the run by code, and says what to return instead", async () => {
    await withRuntime(ECHO, async (runtime) => {
      const outcome = failed(await runtime.execute({ code: `async () => "x".repeat(7_000_001)` }));
      expect(outcome).toMatchObject({
        code: "VALUE_TOO_LARGE",
        error: expect.stringMatching(/result of the program.*(less|reference)/),
      });
    });
  });

  test.each([
    ["a function", () => () => 1],
    ["a stream", () => new Response("bytes").body],
    ["more than the journal takes", () => "x".repeat(1_100_000)],
  ])("a tool that answers with %s took effect all the same: a rollback undoes it", async (_what, answer) => {
    const undone: unknown[] = [];
    const toolbox: Toolbox = { data: { act: { execute: answer, revert: (_args, result) => undone.push(result) } } };
    await withRuntime(toolbox, async (runtime) => {
      const code = `async () => data.act({}).catch((error) => error.code)`;
      const { executionId, result } = completed(await runtime.execute({ code }));
      expect(result).toMatch(/^(UNSERIALIZABLE|VALUE_TOO_LARGE)$/);
      expect((await runtime.execution(executionId))?.log).toMatchObject([
        { state: "applied", error: { code: result } },
      ]);
      expect((await runtime.rollback({ executionId })).items).toMatchObject([{ outcome: "reverted" }]);
      expect(undone).toEqual([undefined]);
    });
  });

  test("a step's result over the limit is VALUE_TOO_LARGE", async () => {
    await withRuntime(ECHO, async (runtime) => {
      const outcome = failed(
        await runtime.execute({ code: `async () => codemode.step("s", () => "x".repeat(3_000_000))` }),
      );
      expect(outcome.code).toBe("VALUE_TOO_LARGE");
    });
  });

  test.each([
    ["a tool's name", "UNKNOWN_TOOL", `async () => data["x".repeat(3_000_000)]({})`],
    ["a step's name", "INVALID_ARGUMENTS", `async () => codemode.step("x".repeat(3_000_000), () => 1)`],
    ["a search", "VALUE_TOO_LARGE", `async () => codemode.search("x".repeat(3_000_000))`],
    ["a snippet's input", "VALUE_TOO_LARGE", `async () => codemode.run("none", "x".repeat(3_000_000))`],
    ["an error", "PROGRAM_ERROR", `async () => { throw new Error("x".repeat(3_000_000)); }`],
    ["a console line", "PROGRAM_ERROR", `async () => { console.log("x".repeat(3_000_000)); throw new Error("end"); }`],
  ])("%s of 3 MB ends as %s, an error that can be read, and the journal stays whole", async (_, told, code) => {
    await withRuntime(ECHO, async (runtime) => {
      const outcome = failed(await runtime.execute({ code }));
      expect(outcome.code).toBe(told);
      expect(JSON.stringify(outcome).length).toBeLessThan(1_500_000);
      expect(await runtime.execution(outcome.executionId)).toMatchObject({ status: "error" });
      expect(completed(await runtime.execute({ code: "async () => 1" })).result).toBe(1);
    });
  });

  test("a large program and a full console leave so much room for the result as their row has", async () => {
    await withRuntime(ECHO, async (runtime) => {
      const program = (chars: number) =>
        `async () => { /* ${"y".repeat(900_000)} */ for (let i = 0; i < 30; i++) console.log("é".repeat(9_000)); return "x".repeat(${chars}); }`;
      const done = completed(await runtime.execute({ code: program(500_000) }));
      expect(String(done.result).length).toBe(500_000);
      expect(await runtime.execution(done.executionId)).toMatchObject({ status: "completed" });
      const large = completed(await runtime.execute({ code: program(950_000) }));
      expect(String(large.result)).toHaveLength(950_000);
      expect((await runtime.execution(large.executionId))?.result).toBe("(not kept: it was too large for the journal)");
    });
  });

  test("values of other kinds are counted by their bytes, not by their characters", async () => {
    await withRuntime(ECHO, async (runtime) => {
      const code = `async () => data.echo({ text: "é".repeat(600_000) }).catch((error) => error.code)`;
      expect(completed(await runtime.execute({ code })).result).toBe("VALUE_TOO_LARGE");
    });
  });

  test("the limit of values can be lowered", async () => {
    await withRuntime(
      ECHO,
      async (runtime) => {
        const code = `async () => [(await data.echo({ text: "small" })).text, await data.echo({ text: "x".repeat(500) }).catch((error) => error.code)]`;
        expect(completed(await runtime.execute({ code })).result).toEqual(["small", "VALUE_TOO_LARGE"]);
      },
      limited({ maxValueBytes: 300 }),
    );
  });
});

describe("G10 calls", () => {
  test("more calls than the limit end the run, and what ran stays recorded", async () => {
    await withRuntime(
      ECHO,
      async (runtime) => {
        const outcome = failed(
          await runtime.execute({ code: `async () => { for (let i = 0; ; i++) await data.echo({ i }); }` }),
        );
        expect(outcome.code).toBe("TOO_MANY_CALLS");
        expect(outcome.error).toContain("5");
        expect(outcome.calls?.filter(({ state }) => state === "applied")).toHaveLength(5);
      },
      limited({ maxCalls: 5 }),
    );
  });

  test("more calls at once than the limit fail by code, and the program may go on", async () => {
    await withRuntime(
      ECHO,
      async (runtime) => {
        const code = `async () => (await Promise.allSettled([1, 2, 3, 4, 5].map((n) => data.echo({ n })))).map((s) => s.value?.n ?? s.reason.code)`;
        expect(completed(await runtime.execute({ code })).result).toEqual([
          1,
          2,
          3,
          "TOO_MANY_CALLS_IN_FLIGHT",
          "TOO_MANY_CALLS_IN_FLIGHT",
        ]);
      },
      limited({ maxCallsInFlight: 3 }),
    );
  });

  test("a result for which the journal has no room is JOURNAL_FULL for the program, which may go on with less; the call took place", async () => {
    await withRuntime(
      ECHO,
      async (runtime) => {
        const code = `async () => {
          const told = [];
          for (const chars of [40_000, 40_000, 40_000, 1_000]) {
            told.push(await data.make({ chars }).then((text) => text.length, (error) => error.code));
          }
          return told;
        }`;
        const outcome = completed(await runtime.execute({ code }));
        expect(outcome.result).toEqual([40_000, 40_000, "JOURNAL_FULL", 1_000]);
        expect(outcome.calls?.map(({ state }) => state)).toEqual(["applied", "applied", "applied", "applied"]);
        expect(outcome.calls?.[2]?.error?.message).toContain("100000 characters");
      },
      limited({ maxJournalChars: 100_000 }),
    );
  });

  test.each([
    ["calls", "await data.echo({ text })"],
    ["calls whose failures it catches", "await data.make({ chars: 20_000, text }).catch(() => {})"],
    ["steps", `await codemode.step("s", () => text)`],
  ])(
    "a program that records without end ends with JOURNAL_FULL, and what it recorded is there: %s",
    async (_what, act) => {
      const limits = { maxJournalChars: 100_000 };
      await withRuntime(
        ECHO,
        async (runtime) => {
          const code = `async () => { const text = "x".repeat(500); for (;;) ${act}; }`;
          const { code: why, error, executionId } = failed(await runtime.execute({ code }));
          expect([why, error]).toEqual(["JOURNAL_FULL", expect.stringContaining("no room left for")]);
          const { log = [] } = (await runtime.execution(executionId)) ?? {};
          expect(log.length).toBeGreaterThan(20);
        },
        limited(limits),
      );
    },
  );

  test("a call whose arguments have no room in the journal ends the run, and is not made", async () => {
    const world = makeWorld();
    await withRuntime(
      world.toolbox,
      async (runtime) => {
        const code = `async () => { await bank.log({ to: "a" }); await bank.log({ to: "x".repeat(100_000) }); }`;
        expect(failed(await runtime.execute({ code })).code).toBe("JOURNAL_FULL");
        expect(world.seen.map(({ args }) => args)).toEqual([{ to: "a" }]);
      },
      limited({ maxJournalChars: 100_000 }),
    );
  });

  test("forged steps record no more than honest ones: each end is measured", async () => {
    await withRuntime(
      ECHO,
      async (runtime) => {
        const code = `async () => { await Promise.all(Array.from({ length: 50 }, (_, i) => codemode.step("s" + i, () => "x".repeat(10_000)))); return "ended"; }`;
        expect(failed(await runtime.execute({ code })).code).toBe("JOURNAL_FULL");
        const [{ log } = { log: [] }] = await runtime.executions();
        expect(JSON.stringify(log).length).toBeLessThan(120_000);
      },
      limited({ maxJournalChars: 100_000 }),
    );
  });

  test("what was recorded before a pause counts after it, also in another process; what a person wrote does not", async () => {
    const place = newPlace();
    const options = limited({ maxJournalChars: 100_000 });
    const code = `async () => {
      const before = (await data.make({ chars: 60_000 })).length;
      await data.ask({});
      return [before, await data.make({ chars: 60_000 }).catch((error) => error.code), (await data.make({ chars: 30_000 })).length];
    }`;
    const { executionId } = paused(await place.run(ECHO, (runtime) => runtime.execute({ code }), options));
    await evict(place);
    const edited = { executionId, seq: 1, args: { note: "x".repeat(50_000) } };
    const outcome = await place.run(ECHO, (runtime) => runtime.approve(edited), options);
    expect(completed(outcome).result).toEqual([60_000, "JOURNAL_FULL", 30_000]);
  });

  test("what a person says with rejections does not end the run that goes on with them, also in another process", async () => {
    const place = newPlace();
    const options = limited({ maxJournalChars: 100_000 });
    const code = `async () => {
      const asked = await Promise.allSettled(Array.from({ length: 20 }, () => data.ask({})));
      await data.ask({ last: true });
      return [asked.filter(({ reason }) => reason?.code === "REJECTED").length, (await data.make({ chars: 30_000 })).length];
    }`;
    const { executionId } = paused(await place.run(ECHO, (runtime) => runtime.execute({ code }), options));
    const answer = await place.run(
      ECHO,
      async (runtime) => {
        const actions = await runtime.pending(executionId);
        return runtime.reject({ executionId, actions, then: "throw", reason: "x".repeat(9_000) });
      },
      options,
    );
    expect(answer).toBe(true);
    await evict(place);
    const outcome = await place.run(ECHO, (runtime) => runtime.approve({ executionId }), options);
    expect(completed(outcome).result).toEqual([20, 30_000]);
  });

  test("the program's size is limited", async () => {
    await withRuntime(
      {},
      async (runtime) =>
        expect(failed(await runtime.execute({ code: `async () => "${"x".repeat(100)}"` })).code).toBe(
          "PROGRAM_TOO_LARGE",
        ),
      limited({ maxProgramBytes: 100 }),
    );
  });
});

describe("G8 every run ends", () => {
  test.each([
    ["a loop", "async () => { while (true) {} }"],
    ["a loop that catches", "async () => { for (;;) { try { for (;;) {} } catch {} } }"],
    ["recursion of promises", "async () => { const f = async () => { await null; return f(); }; return f(); }"],
    ["a microtask loop", "async () => { for (;;) await null; }"],
    ["a loop in a step", `async () => codemode.step("s", () => { while (true) {} })`],
    ["a loop in a getter of an argument", "async () => data.echo({ get x() { while (true) {} } })"],
    ["a loop in toJSON of the result", "async () => new (class Endless { toJSON() { while (true) {} } })()"],
  ])("%s without end is FUEL_EXHAUSTED, and the next run works", async (_, code) => {
    await withRuntime(
      ECHO,
      async (runtime) => {
        const outcome = failed(await runtime.execute({ code }));
        expect(outcome.code).toBe("FUEL_EXHAUSTED");
        expect(completed(await runtime.execute({ code: "async () => 1" })).result).toBe(1);
      },
      limited({ fuel: 100_000 }),
    );
  });

  test.each([
    ["a promise that nothing resolves", "async () => new Promise(() => {})"],
    ["the same after calls", "async () => { await data.echo({}); await new Promise(() => {}); }"],
    ["a race of two such", "async () => Promise.race([new Promise(() => {}), new Promise(() => {})])"],
  ])("%s ends at once as DEADLOCK", async (_, code) => {
    await withRuntime(ECHO, async (runtime) => expect(failed(await runtime.execute({ code })).code).toBe("DEADLOCK"));
  });

  test("a program that sleeps longer than its own time allows ends as TIMEOUT", async () => {
    await withRuntime(
      ECHO,
      async (runtime) => {
        const outcome = failed(
          await runtime.execute({ code: "async () => new Promise((resolve) => setTimeout(resolve, 600_000))" }),
        );
        expect(outcome.code).toBe("TIMEOUT");
      },
      limited({ maxProgramMs: 50 }),
    );
  });

  test("overriding timers does not switch the watch off", async () => {
    await withRuntime(
      ECHO,
      async (runtime) => {
        const code =
          "async () => { for (const name of ['setTimeout', 'clearTimeout', 'Date']) { try { globalThis[name] = () => {}; } catch {} } await new Promise((resolve) => setInterval(resolve, 600_000)); }";
        expect(failed(await runtime.execute({ code })).code).toBe("TIMEOUT");
      },
      limited({ maxProgramMs: 50 }),
    );
  });

  test("a program that is heard of again and again ends as TIMEOUT, although no timer fires for as long", async () => {
    await withRuntime(
      ECHO,
      async (runtime) => {
        const work = `let sum = 0; for (let i = 0; i < 200_000; i++) sum += i;`;
        const code = `async () => { for (;;) { ${work} await codemode.step("s", () => sum); } }`;
        expect(failed(await runtime.execute({ code })).code).toBe("TIMEOUT");
      },
      limited({ maxProgramMs: 100, fuel: 1_000_000_000, maxCalls: 5_000 }),
    );
  });

  test("the watch stops while a tool works and while a person decides", async () => {
    const world = makeWorld();
    await withRuntime(
      world.toolbox,
      async (runtime) => {
        const running = runtime.execute({ code: `async () => slow.see({ id: "x" })` });
        await world.gate.reached("x");
        // Longer than the program may run: the only way to show that the time of a tool is not the program's.
        await new Promise((resolve) => setTimeout(resolve, 400));
        world.gate.open("x");
        expect(completed(await running).result).toBe("x");
      },
      limited({ maxProgramMs: 300 }),
    );
  });
});

describe("console", () => {
  const LOUD = `console.log("one", { a: [1, { b: new Date(0) }] }); console.warn("two"); console.error(new TypeError("three"));`;
  const LINES = ["one { a: [1, { b: 1970-01-01T00:00:00.000Z }] }", "[warn] two", "[error] TypeError: three"];

  test("is kept on completion, pause and error, and shown once after a pause", async () => {
    await withRuntime(ECHO, async (runtime) => {
      expect(completed(await runtime.execute({ code: `async () => { ${LOUD} }` })).logs).toEqual(LINES);
      expect(failed(await runtime.execute({ code: `async () => { ${LOUD} throw new Error("end"); }` })).logs).toEqual(
        LINES,
      );
      const held = await runtime.execute({ code: `async () => { ${LOUD} await data.ask({}); console.log("after"); }` });
      expect(held).toMatchObject({ status: "paused", logs: LINES });
      expect(await runtime.execution(held.executionId)).toMatchObject({ logs: LINES });
      expect(completed(await runtime.approve({ executionId: held.executionId })).logs).toEqual([...LINES, "after"]);
    });
  });

  test("is bounded, and says that it was cut", async () => {
    await withRuntime(
      ECHO,
      async (runtime) => {
        const { logs = [] } = completed(
          await runtime.execute({
            code: `async () => { for (let i = 0; i < 1_000; i++) console.log("line " + i); console.log("x".repeat(1_000)); }`,
          }),
        );
        expect(logs.join("").length).toBeLessThan(700);
        expect(logs.at(-1)).toContain("limit");
      },
      limited({ maxConsoleChars: 500, maxConsoleLineChars: 100 }),
    );
  });
});

test("G10 many executions at once are queued for isolates and all complete", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const all = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        runtime.execute({ code: `async () => [${n}, await bank.see({ n: ${n} })]` }),
      ),
    );
    expect(all.map((outcome) => completed(outcome).result)).toEqual(
      Array.from({ length: 30 }, (_, n) => [n, "see done"]),
    );
    expect(new Set(all.map(({ executionId }) => executionId)).size).toBe(30);
  });
});

test("G10 tools that never answer can be cancelled, also those of runs that still wait for an isolate, and free their places", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const stuck = Array.from({ length: 9 }, (_, n) =>
      runtime.execute({ code: `async () => slow.see({ id: "s${n}" })` }),
    );
    await world.gate.reached(..."01234567".split("").map((n) => `s${n}`));
    const [live] = await runtime.executions();
    expect(live).toMatchObject({ status: "running" });
    for (const execution of await runtime.executions()) await runtime.cancel({ executionId: execution.id });
    expect((await Promise.all(stuck)).map((outcome) => failed(outcome).code)).toEqual(
      Array.from({ length: 9 }, () => "CANCELLED"),
    );
    expect(completed(await runtime.execute({ code: "async () => 1" })).result).toBe(1);
  });
});
