/** Pins what runs cost in loads, messages, bytes and transactions: a red line here asks whether it was meant. */
import { env } from "cloudflare:test";
import { expect, test } from "vitest";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import { newPlace } from "../support/runtime.ts";
import { PROGRAMS, type ProgramName } from "./cases.ts";
import { type Counts, counting } from "./counting.ts";
import { NOTES } from "./notes.ts";

const toolbox = { notes: NOTES };

/** Counts one program, in a place where a run was made before. */
async function countRun(program: ProgramName, n: number): Promise<Counts> {
  const place = newPlace();
  await place.run(toolbox, (runtime) => runtime.execute({ code: PROGRAMS.nothing() }));
  return counting(new DynamicWorkerExecutor({ loader: env.LOADER }), (executor) =>
    place.run(toolbox, (runtime) => runtime.execute({ code: PROGRAMS[program](n) }), { executor }),
  );
}

const ENDS = { runPass: 1, passEnded: 1 };

test("a run with no calls is one load, one turn and two transactions", async () => {
  expect(await countRun("nothing", 0)).toMatchObject({ loads: 1, turns: 1, transactions: 2, host: ENDS });
});

test("an effect costs one turn, one message to the host and one transaction", async () => {
  const { turns, transactions, host } = await countRun("effects", 100);
  expect({ turns, transactions, host }).toEqual({
    turns: 101,
    transactions: 102,
    host: { ...ENDS, assess: 1, perform: 100 },
  });
});

test("a declared read costs one turn, one message to the host and no transaction", async () => {
  const { turns, transactions, host } = await countRun("reads", 100);
  expect({ turns, transactions, host }).toEqual({
    turns: 101,
    transactions: 2,
    host: { ...ENDS, assess: 1, perform: 100 },
  });
});

test("steps among themselves cost no turn, no message to the host and no transaction", async () => {
  const { turns, transactions, host } = await countRun("steps", 100);
  expect({ turns, transactions, host }).toEqual({ turns: 1, transactions: 2, host: ENDS });
});

test("calls that are made at once travel in one turn, and their ends are written turn by turn", async () => {
  const { turns, transactions, host } = await countRun("parallel", 100);
  expect(host).toEqual({ ...ENDS, assess: 1, perform: 100 });
  // The beginning, every turn, and the end with the last of them.
  expect(transactions).toBe(turns + 1);
  // Results that are there together are delivered together; how many turns that takes depends on the tools.
  expect(turns).toBeLessThanOrEqual(20);
});

test("replay sends no message for what is recorded", async () => {
  const place = newPlace();
  const { executionId } = await place.run(toolbox, (runtime) => runtime.execute({ code: PROGRAMS.approval(100) }));
  const counts = await counting(new DynamicWorkerExecutor({ loader: env.LOADER }), (executor) =>
    place.run(toolbox, (runtime) => runtime.approve({ executionId }), { executor }),
  );
  const { loads, turns, transactions, host } = counts;
  expect({ loads, turns, transactions, host }).toEqual({
    loads: 1,
    turns: 2,
    transactions: 3,
    host: { ...ENDS, assess: 1, perform: 1 },
  });
});

test("the bytes of a call stay within bounds", async () => {
  const none = await countRun("reads", 0);
  const hundred = await countRun("reads", 100);
  // A request of `{ id }` and an answer of three fields; ceilings that a change of the protocol must not pass unseen.
  expect((hundred.bytesUp - none.bytesUp) / 100).toBeLessThan(180);
  expect((hundred.bytesDown - none.bytesDown) / 100).toBeLessThan(160);
});
