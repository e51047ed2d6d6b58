/** The scenarios: each a program, what people and the world do to it, and no expectation; the transcript is that. */
import { makeGate } from "../support/gate.ts";
import type { Toolbox } from "../support/runtime.ts";
import type { Story } from "./story.ts";

export interface Scenario {
  readonly title: string;
  readonly program: string;
  readonly toolbox: Toolbox;
  tell(story: Story, code: string): Promise<void>;
}

/** An office: records to read, mail that needs approval, notes that can be undone. */
function office(): Toolbox {
  return {
    records: {
      get: {
        readOnly: true,
        execute: ({ id }: { id: number }) => ({ id, name: `customer ${id}`, since: new Date(id) }),
      },
    },
    mail: {
      send: {
        description: "Send a mail",
        requiresApproval: true,
        inputSchema: {
          type: "object",
          properties: { to: { type: "string" }, text: { type: "string" } },
          required: ["to"],
        },
        execute: ({ to }: { to: string }) => `sent to ${to}`,
      },
    },
    notes: {
      add: { execute: ({ text }: { text: string }) => ({ text }), revert: () => undefined },
      burn: { execute: () => "burnt" },
      lock: {
        execute: () => "locked",
        revert: () => {
          throw new Error("the key is lost");
        },
      },
    },
  };
}

const gatedOffice = () => {
  const gate = makeGate();
  const toolbox: Toolbox = {
    ...office(),
    slow: {
      read: { readOnly: true, execute: ({ id }: { id: string }) => gate.pass(id) },
      post: { execute: ({ id }: { id: string }) => gate.pass(id) },
    },
  };
  return { gate, toolbox };
};

const chains = gatedOffice();
const race = gatedOffice();
const crash = gatedOffice();

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "parallel-reads": {
    title: "Many records are read at once, and the program returns what it made of them",
    toolbox: office(),
    program: `async () => {
  const customers = await Promise.all([1, 2, 3].map((id) => records.get({ id })));
  console.log("read", customers.length);
  return customers.map(({ name, since }) => [name, since]);
}`,
    async tell({ pass, runtime }, code) {
      await pass("Pass 1", () => runtime.execute({ code }));
    },
  },

  "three-approvals": {
    title: "Three actions wait at once: one is approved, one is edited, one is rejected so that the program carries on",
    toolbox: office(),
    program: `async () => {
  const send = (to) => mail.send({ to, text: "hello" }).catch((error) => "not sent, " + error.message);
  return Promise.all(["ada", "bob", "cy"].map(send));
}`,
    async tell({ pass, say, runtime }, code) {
      const { executionId } = await pass("Pass 1", () => runtime.execute({ code }));
      await pass("Ann approves #0", () => runtime.approve({ executionId, seq: 0, by: "ann" }));
      say("Ann rejects #2: not to him");
      await runtime.reject({ executionId, seq: 2, by: "ann", reason: "not to him", then: "throw" });
      await pass("Bo approves #1 with another text", () =>
        runtime.approve({ executionId, seq: 1, by: "bo", args: { to: "bob", text: "good day" } }),
      );
    },
  },

  "stale-click": {
    title: "A click on an action that has run already approves nothing of what waits now",
    toolbox: office(),
    program: `async () => {
  await mail.send({ to: "ada" });
  await mail.send({ to: "the press" });
}`,
    async tell({ pass, runtime }, code) {
      const first = await pass("Pass 1", () => runtime.execute({ code }));
      const { executionId } = first;
      const digest = first.status === "paused" ? String(first.pending[0]?.digest) : "";
      await pass("Ann approves what she sees", () => runtime.approve({ executionId, seq: 0, digest }));
      await pass("Her second tab sends the same click", () => runtime.approve({ executionId, seq: 0, digest }));
      await pass("A click with an old digest on the new action", () =>
        runtime.approve({ executionId, seq: 1, digest }),
      );
    },
  },

  "late-loser": {
    title: "A race is won by the quicker call; the slower one settles later and keeps its place",
    toolbox: race.toolbox,
    program: `async () => {
  const order = [];
  const read = async (id) => { const value = await slow.read({ id }); order.push(value); return value; };
  const winner = await Promise.race([read("first asked"), read("second asked")]);
  await mail.send({ to: winner });
  return { winner, order };
}`,
    async tell({ pass, say, crash: end, runtime }, code) {
      const { executionId } = await pass("Pass 1", async () => {
        const running = runtime.execute({ code });
        await race.gate.openInOrder("second asked", "first asked");
        return running;
      });
      await end();
      say("The runtime is restarted");
      await pass("Ann approves #2", () => runtime.approve({ executionId, seq: 2 }));
    },
  },

  "crossing-chains": {
    title: "Two chains of calls cross each other, and do so again after a pause and a restart",
    toolbox: chains.toolbox,
    program: `async () => {
  const order = [];
  const chain = async (name) => {
    for (const n of [1, 2]) order.push(await slow.read({ id: name + n }));
    return mail.send({ to: name, text: order.join() });
  };
  return [await Promise.all([chain("a"), chain("b")]), order];
}`,
    async tell({ pass, say, crash: end, runtime }, code) {
      const { gate } = chains;
      const { executionId } = await pass("Pass 1", async () => {
        const running = runtime.execute({ code });
        await gate.reached("a1", "b1");
        gate.open("b1");
        await gate.reached("b2");
        gate.open("b2");
        gate.open("a1");
        await gate.openInOrder("a2");
        return running;
      });
      await end();
      say("The runtime is restarted");
      await pass("Ann approves all that waits", () => runtime.approve({ executionId }));
    },
  },

  "time-and-chance": {
    title: "Clock, chance, timers and steps are the same on the pass after the approval",
    toolbox: office(),
    program: `async () => {
  const ticket = crypto.randomUUID();
  const drawn = await codemode.step("draw", async () => [(await records.get({ id: 7 })).name, Math.random() < 1]);
  await new Promise((resolve) => setTimeout(resolve, 3));
  const at = new Date();
  await mail.send({ to: ticket, text: at.toISOString().slice(0, 0) + drawn });
  return { ticket, drawn, at, same: at.getTime() <= Date.now() };
}`,
    async tell({ pass, runtime }, code) {
      const { executionId } = await pass("Pass 1", () => runtime.execute({ code }));
      await pass("Ann approves", () => runtime.approve({ executionId }));
    },
  },

  "caught-failure": {
    title: "A failure that the program caught is caught again, and the tool that failed is not run again",
    toolbox: {
      ...office(),
      stock: {
        take: {
          execute: () => {
            throw Object.assign(new RangeError("only 2 left"), { code: "E_STOCK" });
          },
        },
      },
    },
    program: `async () => {
  let why;
  try {
    await stock.take({ count: 3 });
  } catch (error) {
    why = [error instanceof RangeError, error.code];
    console.warn("took none:", error);
  }
  await mail.send({ to: "stock", text: String(why) });
  return why;
}`,
    async tell({ pass, runtime }, code) {
      const { executionId } = await pass("Pass 1", () => runtime.execute({ code }));
      await pass("Ann approves", () => runtime.approve({ executionId }));
    },
  },

  "pinned-snippet": {
    title: "A snippet is edited while a run of it waits; the run goes on with the snippet that it began with",
    toolbox: office(),
    program: `async () => {
  const before = await codemode.run("greeting", "ada");
  await mail.send({ to: "ada", text: before });
  return [before, await codemode.run("greeting", "bob")];
}`,
    async tell({ pass, say, runtime }, code) {
      const save = async (text: string) =>
        runtime.saveSnippet("greeting", { executionId: (await runtime.execute({ code: text })).executionId });
      await save(`async (name) => "Hello " + name`);
      say(`The snippet greeting is: async (name) => "Hello " + name`);
      const { executionId } = await pass("Pass 1", () => runtime.execute({ code }));
      await save(`async (name) => "Go away, " + name`);
      say(`The snippet greeting is now: async (name) => "Go away, " + name`);
      await pass("Ann approves", () => runtime.approve({ executionId }));
      await pass("A new run of the same program", () => runtime.execute({ code }));
    },
  },

  "crash-in-doubt": {
    title: "The process dies while an effect is out: reads are made again, the effect is a person's to settle",
    toolbox: crash.toolbox,
    program: `async () => {
  const [record, posted] = await Promise.all([slow.read({ id: "record" }), slow.post({ id: "letter" })]);
  return { record, posted, note: await notes.add({ text: "posted" }) };
}`,
    async tell({ pass, crash: end, runtime }, code) {
      const { gate } = crash;
      const { executionId } = await pass("Pass 1 is interrupted, and pass 2 takes it up", async () => {
        const running = runtime.execute({ code });
        await gate.reached("record", "letter");
        await end();
        gate.open("letter");
        gate.open("record");
        await gate.openInOrder("record");
        return running;
      });
      await pass("Ann looked at the post box: it did run", () =>
        runtime.resolve({ executionId, seq: 1, as: "ran", result: "letter 17", by: "ann" }),
      );
    },
  },

  rollback: {
    title: "A finished run is undone, newest first; what cannot be undone is said",
    toolbox: office(),
    program: `async () => {
  await records.get({ id: 1 });
  await notes.add({ text: "one" });
  await notes.burn({});
  await notes.lock({});
  await notes.add({ text: "two" });
}`,
    async tell({ pass, report, runtime }, code) {
      const { executionId } = await pass("Pass 1", () => runtime.execute({ code }));
      await report("What a rollback would do", () => runtime.previewRollback({ executionId }));
      await report("The rollback", () => runtime.rollback({ executionId }));
      await report("A second rollback", () => runtime.rollback({ executionId }));
    },
  },

  "rejected-run": {
    title: "A rejection ends the run; what ran before stays and can be undone",
    toolbox: office(),
    program: `async () => {
  await notes.add({ text: "about to send" });
  await mail.send({ to: "everybody" });
  await notes.add({ text: "never written" });
}`,
    async tell({ pass, say, report, runtime }, code) {
      const { executionId } = await pass("Pass 1", () => runtime.execute({ code }));
      say(`Ann rejects #1: ${await runtime.reject({ executionId, seq: 1, by: "ann", reason: "to nobody" })}`);
      await pass("Bo approves it a moment later", () => runtime.approve({ executionId }));
      await report("The rollback", () => runtime.rollback({ executionId }));
    },
  },

  "changed-tool": {
    title: "The tool changes while its call waits: the approval of the old one does not run the new one",
    toolbox: office(),
    program: `async () => mail.send({ to: "ada" })`,
    async tell({ pass, say, runtime, with: other }, code) {
      const { executionId } = await pass("Pass 1", () => runtime.execute({ code }));
      say("A new version of the host is deployed, whose mail.send says: Send a mail to the whole list");
      const { send } = office().mail ?? {};
      const changed = other({ ...office(), mail: { send: { ...send, description: "Send a mail to the whole list" } } });
      await pass("Ann approves", () => changed.runtime.approve({ executionId }));
      await pass("Ann approves again, knowing it", () => changed.runtime.approve({ executionId }));
    },
  },

  mistakes: {
    title: "Mistakes of a program are answered with what to do about them",
    toolbox: office(),
    program: `async () => mail.sent({ to: "ada" })`,
    async tell({ pass, runtime }, code) {
      await pass("A tool that does not exist", () => runtime.execute({ code }));
      await pass("Arguments that do not fit", () => runtime.execute({ code: `async () => mail.send({ to: 5 })` }));
      await pass("A global that does not exist", () =>
        runtime.execute({ code: `async () => fetch("https://example.com")` }),
      );
      await pass("A result taken for something else", () =>
        runtime.execute({ code: `async () => (await codemode.search("mail")).map((found) => found.path)` }),
      );
      await pass("A syntax error", () => runtime.execute({ code: 'async () => {\n  const to = "ada;\n}' }));
      await pass("A wait for nothing", () => runtime.execute({ code: "async () => { await new Promise(() => {}); }" }));
    },
  },
};
