/** The streams of `GET /events` in the long run: while nothing happens, and after the last watcher has gone. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EventStreams } from "../../src/app/events.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A watcher that has read how soon it may come again. */
async function watching(streams: EventStreams) {
  const reader = streams.open().body?.getReader();
  const next = async () => new TextDecoder().decode((await reader?.read())?.value);
  expect(await next()).toBe("retry: 1000\n\n");
  return { next, leave: () => reader?.cancel() };
}

test("while nothing happens, every watcher hears that the line is alive every 20 s", async () => {
  const streams = new EventStreams();
  const watchers = [await watching(streams), await watching(streams)];
  for (let n = 0; n < 2; n += 1) {
    vi.advanceTimersByTime(20_000);
    for (const { next } of watchers) expect(await next()).toBe("event: ping\ndata: {}\n\n");
  }
});

test("when the last watcher has gone nothing keeps the object awake, and the next one hears again", async () => {
  const streams = new EventStreams();
  const [first, second] = [await watching(streams), await watching(streams)];
  await first.leave();
  expect(vi.getTimerCount()).toBe(1);
  await second.leave();
  expect(vi.getTimerCount()).toBe(0);
  const third = await watching(streams);
  vi.advanceTimersByTime(20_000);
  expect(await third.next()).toBe("event: ping\ndata: {}\n\n");
});
