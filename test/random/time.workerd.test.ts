import { test } from "vitest";
import { NearExecutor } from "../faults/near-executor.ts";
import { CALM, onStage, tryOut } from "../faults/stage.ts";
import { makeLedger } from "../faults/world.ts";

test("t", async () => {
  await onStage(async (stage) => {
    const time = async (name: string, n: number, f: () => Promise<unknown>) => {
      await f();
      const t = performance.now();
      const d = Date.now();
      for (let i = 0; i < n; i++) await f();
      console.log(name, ((Date.now() - d) / n).toFixed(2), performance.now() - t);
    };
    const ledger = makeLedger();
    const near = { executor: new NearExecutor() };
    const clear = () => stage.clear();
    await time("clear only", 30, clear);
    await time("first look", 30, async () => {
      await stage.clear();
      await stage.place.run(ledger.toolbox, (r) => r.executions());
    });
    await time("look", 30, () => stage.place.run(ledger.toolbox, (r) => r.executions()));
    await time("look evicted", 30, async () => {
      await stage.evict();
      await stage.place.run(ledger.toolbox, (r) => r.executions());
    });
    await time("execute", 60, async () => stage.place.run(ledger.toolbox, (r) => r.execute({ code: "async () => 1" })));
    await time("execute 1 call", 60, async () =>
      stage.place.run(ledger.toolbox, (r) => r.execute({ code: "async () => read.get({})" })),
    );
    await time("execute near", 60, async () =>
      stage.place.run(ledger.toolbox, (r) => r.execute({ code: "async () => 1" }), near),
    );
    await time("execute 1 call near", 60, async () => {
      const o = await stage.place.run(ledger.toolbox, (r) => r.execute({ code: "async () => read.get({})" }), near);
      if (o.status !== "completed") throw new Error(JSON.stringify(o));
    });
    await time("trial none", 30, async () => tryOut(stage, { name: "x", code: "async () => 1" }, makeLedger(), CALM));
    await time("trial ask", 30, async () =>
      tryOut(stage, { name: "x", code: "async () => ask.do({})" }, makeLedger(), CALM),
    );
    await time("trial ask 3", 30, async () =>
      tryOut(
        stage,
        { name: "x", code: "async () => [await ask.do({}), await ask.do({}), await ask.do({})]" },
        makeLedger(),
        CALM,
      ),
    );
    await time("trial ask 3 evicted", 30, async () =>
      tryOut(
        stage,
        { name: "x", code: "async () => [await ask.do({}), await ask.do({}), await ask.do({})]" },
        makeLedger(),
        { ...CALM, evictions: true },
      ),
    );
    await time("trial many", 10, async () =>
      tryOut(
        stage,
        { name: "x", code: "async () => { for (let k = 0; k < 300; k++) await codemode.step('a', () => k); }" },
        makeLedger(),
        CALM,
      ),
    );
    await time("trial heavy", 10, async () =>
      tryOut(
        stage,
        {
          name: "x",
          code: `async () => Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((k) => read.big({ k, t: "x".repeat(900_000) }))).then((all) => all.map(({ big }) => big.k))`,
        },
        makeLedger(),
        CALM,
      ),
    );
  });
});
