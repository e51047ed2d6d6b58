/** The guest's turns: how much one message carries (G10). */
import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { freshOpening } from "../../src/sandbox/direct-run.ts";
import { Outbox } from "../../src/sandbox/shim/outbox.ts";
import { Sequencer } from "../../src/sandbox/shim/sequencer.ts";
import { makeSignal, takeTurns } from "../../src/sandbox/shim/turns.ts";
import { type ConsoleLine, MAX_LINE_BYTES, MAX_MESSAGE_CHARS, type Turn } from "../../src/wire/messages.ts";
import { parseTurn } from "../../src/wire/parse-turn.ts";

/** The turns of a program that makes calls with these arguments, awaits none, prints this and returns that. */
async function turnsOf(args: readonly string[], value: string, printed: readonly string[] = []): Promise<Turn[]> {
  const turns: Turn[] = [];
  const lines = printed.map((text): ConsoleLine => ({ level: "log", text }));
  const signal = makeSignal();
  const sequencer = new Sequencer(freshOpening({ connectors: ["data"], codemode: true, limits: DEFAULT_LIMITS }), {
    clock: { now: 0, real: () => 0 },
    scopes: { run: (_scope, body) => body(), getStore: () => undefined },
    lineOf: () => undefined,
    onNews: () => signal.raise(),
  });
  for (const text of args) void sequencer.request({ kind: "call", connector: "data", method: "take", args: text });
  await takeTurns({
    sequencer,
    signal,
    exchange: async (message) => {
      const turn = parseTurn(message);
      turns.push(turn);
      return JSON.stringify({ deliveries: [], ...(turn.done !== undefined && { halt: true }) });
    },
    tick: async () => {},
    done: () => ({ ok: true, value }),
    stopped: () => false,
    busy: () => false,
    takeConsole: () => lines.splice(0),
  });
  return turns;
}

const carried = ({ requests, done }: Turn) =>
  requests.reduce((sum, request) => sum + (request.kind === "call" ? request.args.length : 0), done?.value.length ?? 0);

test("the end of a program goes with its last calls", async () => {
  const turns = await turnsOf(["[1]", "[2]"], "=3");
  expect(turns).toMatchObject([{ requests: [{ seq: 0 }, { seq: 1 }], done: { value: "=3" } }]);
});

test("a result that has no room beside the last calls goes with a turn of its own, which the one before announces", async () => {
  const half = "x".repeat(MAX_MESSAGE_CHARS / 2);
  const turns = await turnsOf([half, "[2]"], half);
  expect(turns).toMatchObject([{ requests: [{ seq: 0 }, { seq: 1 }], open: true }, { done: { ok: true } }]);
  expect(turns[1]?.open).toBeUndefined();
  expect(Math.max(...turns.map(carried))).toBeLessThanOrEqual(MAX_MESSAGE_CHARS);
});

test.each([
  ["lines that are long in JSON", Array(150).fill("\0".repeat(10_000))],
  ["lines without any text", Array(1_500_000).fill("")],
  ["one line", ["\0".repeat(1_500_000)]],
])("no console makes a message too long, and the end comes after all of it: %s", async (_what, printed) => {
  const turns = await turnsOf(
    ['"'.repeat(MAX_MESSAGE_CHARS - 100)],
    `\u4e16${'"'.repeat(MAX_MESSAGE_CHARS - 1)}`,
    printed,
  );
  for (const turn of turns) expect(2 * JSON.stringify(turn).length).toBeLessThan(MAX_LINE_BYTES);
  expect(turns.flatMap(({ console }) => console.map(({ text }) => text))).toEqual(printed);
  expect(turns.findIndex(({ done }) => done !== undefined)).toBe(turns.length - 1);
  expect(turns.map(({ open }) => open === true)).toEqual([...Array(turns.length - 1).fill(true), false]);
});

test("a console that has room goes with the rest", async () => {
  expect(await turnsOf(["[1]"], "=3", ["said"])).toMatchObject([
    { requests: [{ seq: 0 }], console: [{ text: "said" }], done: { value: "=3" } },
  ]);
});

test("a message carries only so many requests without arguments, and no word of a timer that it does not set", () => {
  const outbox = new Outbox();
  for (let seq = 0; seq < 150_000; seq += 1) {
    outbox.ask({ kind: "timer", seq, ms: 1_000 });
    outbox.clear(seq);
  }
  const turns: number[][] = [];
  while (!outbox.isEmpty) {
    const { requests, cleared } = outbox.take();
    turns.push([requests.length, cleared.length]);
  }
  expect(turns).toEqual([
    [70_000, 70_000],
    [70_000, 70_000],
    [10_000, 10_000],
  ]);
});

test.each([true, false])(
  "nor more names than it holds, and no step's end comes before the step; told by itself: %s",
  (alone) => {
    const name = "\u4e16".repeat(1_000);
    const outbox = new Outbox();
    for (let seq = 0; seq < 20_000; seq += 1) outbox.ask({ kind: "step", seq, name });
    for (let seq = 0; seq < 20_000; seq += 1)
      outbox.end({ seq, ok: true, value: '"'.repeat(1_000), ...(alone && { told: [1, 2] }) });
    for (let seq = 20_000; seq < 30_000; seq += 1)
      outbox.ask({ kind: "call", seq, connector: name, method: name, args: "[]" });
    const known = new Set<number>();
    const ended: number[] = [];
    const asked: number[] = [];
    while (!outbox.isEmpty) {
      const news = outbox.take();
      expect(2 * JSON.stringify(news).length).toBeLessThan(MAX_LINE_BYTES);
      for (const { seq, kind } of news.requests) if (kind === "step") known.add(seq);
      asked.push(...news.requests.map(({ seq }) => seq));
      expect(news.settled.filter(({ seq }) => !known.has(seq))).toEqual([]);
      ended.push(...news.settled.map(({ seq }) => seq));
    }
    expect(asked).toEqual(Array.from({ length: 30_000 }, (_, seq) => seq));
    expect(ended).toEqual(Array.from({ length: 20_000 }, (_, seq) => seq));
  },
);

test("the largest result goes by itself, also after more calls than one message carries", async () => {
  const turns = await turnsOf(Array(5).fill("x".repeat(2_000_000)), "x".repeat(MAX_MESSAGE_CHARS));
  expect(turns.map(({ requests, done }) => [requests.length, done !== undefined])).toEqual([
    [3, false],
    [2, false],
    [0, true],
  ]);
});
