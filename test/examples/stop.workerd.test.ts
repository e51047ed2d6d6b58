import { env, runInDurableObject } from "cloudflare:test";
import { generateText, isStepCount } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { afterEach, expect, test, vi } from "vitest";
import { says, streamed, writes } from "./model.ts";
import type { Chat } from "./stop.ts";

const SENDS_TWO = writes(`async () => {
  const first = await letters.send({ to: "ada" });
  return [first, await letters.send({ to: "bob" })];
}`);

/** A letter office that takes a letter and answers only that nobody waits any longer; who was written to, and when the first was. */
function slowOffice() {
  const taken = Promise.withResolvers<void>();
  const letters: unknown[] = [];
  vi.stubGlobal("fetch", (_url: string, { body, signal }: RequestInit) => {
    letters.push(body);
    taken.resolve();
    return new Promise((_, fail) => signal?.addEventListener("abort", () => fail(signal.reason)));
  });
  return { taken: taken.promise, letters };
}

afterEach(() => vi.unstubAllGlobals());

/** The chat's one run has ended with the letter that was under way, of which nobody knows, and the other was not sent. */
async function expectStopped(chat: Chat, letters: readonly unknown[]): Promise<void> {
  await vi.waitFor(async () => {
    const [run] = await chat.runtime.executions();
    expect(run).toMatchObject({ status: "error", errorCode: "CANCELLED" });
    expect(run?.log).toMatchObject([{ method: "send", args: { to: "ada" }, state: "in_doubt" }]);
  });
  expect(letters).toEqual(["ada"]);
}

test("Stop in a streamed chat ends the run that its tool call began", async () => {
  const office = slowOffice();
  await runInDurableObject(env.CHAT.getByName("streamed"), async (chat: Chat) => {
    chat.model = new MockLanguageModelV4({ doStream: [streamed(SENDS_TWO), streamed(says("Sent."))] });
    const text = chat.ask("Write to ada and bob").text();
    await office.taken;
    chat.stop();
    expect(await text).toBe("");
    await expectStopped(chat, office.letters);
  });
});

test("the abort signal of generateText ends the run, and its caller hears of the abort", async () => {
  const office = slowOffice();
  await runInDurableObject(env.CHAT.getByName("generated"), async (chat: Chat) => {
    const stop = new AbortController();
    const text = generateText({
      model: new MockLanguageModelV4({ doGenerate: [SENDS_TWO, says("Sent.")] }),
      prompt: "Write to ada and bob",
      tools: { codemode: chat.runtime.tool({ onAbort: "cancel" }) },
      stopWhen: isStepCount(8),
      abortSignal: stop.signal,
    });
    await office.taken;
    stop.abort();
    await expect(text).rejects.toThrow("aborted");
    await expectStopped(chat, office.letters);
  });
});
