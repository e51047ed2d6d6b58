/** Turns that leave before the program is done: the host must not conclude anything from what is not in them yet. */
import { expect, test } from "vitest";
import { newPlace, type Toolbox } from "../support/runtime.ts";

const toolbox: Toolbox = {
  notes: {
    read: { readOnly: true, execute: ({ id }: { id: number }) => id },
    send: { requiresApproval: true, execute: ({ id }: { id: number }) => id },
  },
};

/** Goes on after a read with something at once, and with more after many microtasks. */
const late = (rest: string) => `async () => {
  await notes.read({ id: 1 });
  const later = async () => {
    for (let hop = 0; hop < 200; hop++) await undefined;
    ${rest}
  };
  return Promise.all([notes.send({ id: 2 }), later()]);
}`;

test("two approvals of which the program asks one much later are shown together", async () => {
  await newPlace().run(toolbox, async (runtime) => {
    const outcome = await runtime.execute({ code: late("return notes.send({ id: 3 });") });
    expect(outcome.status === "paused" && outcome.pending.map(({ args }) => args)).toEqual([{ id: 2 }, { id: 3 }]);
  });
});

test("an error that comes much later than a call that waits ends the run", async () => {
  await newPlace().run(toolbox, async (runtime) => {
    const outcome = await runtime.execute({ code: late(`throw new Error("late");`) });
    expect(outcome).toMatchObject({ status: "error", error: "late" });
  });
});

test("a program that waits for nothing after an open turn is told so, and not left alone", async () => {
  await newPlace().run(toolbox, async (runtime) => {
    const code = `async () => { await notes.read({ id: 1 }); notes.read({ id: 2 }); await new Promise(() => {}); }`;
    expect(await runtime.execute({ code })).toMatchObject({ status: "error", code: "DEADLOCK" });
  });
});

test("what the program asks for much later than a call that is under way is asked for while it is", async () => {
  await newPlace().run(toolbox, async (runtime) => {
    const outcome = await runtime.execute({
      code: `async () => {
        await notes.read({ id: 1 });
        const chain = async (id) => { for (let hop = 0; hop < id * 40; hop++) await undefined; return notes.read({ id }); };
        return Promise.all([2, 3, 4, 5].map(chain));
      }`,
    });
    expect(outcome).toMatchObject({ status: "completed", result: [2, 3, 4, 5] });
  });
});
