/** How a client hears that its call is alive: for as long as it lasts, and whether or not it listens. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type CallExtra, type Say, withHeartbeat } from "../../../src/mcp/heartbeat.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A call whose client asked for progress, if it has a token, and what it is sent. */
function asked(progressToken: string | undefined, send: () => Promise<void> = async () => undefined) {
  const sent: unknown[] = [];
  const extra: Pick<CallExtra, "_meta" | "sendNotification"> = {
    ...(progressToken !== undefined && { _meta: { progressToken } }),
    sendNotification: (notification) => {
      sent.push(Reflect.get(Object(notification.params), "message"));
      return send();
    },
  };
  return { extra: extra as CallExtra, sent };
}

test("a client hears at once, at each change and each time that the interval is over, until the call has ended", async () => {
  const { extra, sent } = asked("token");
  const work = Promise.withResolvers<string>();
  let say: Say = () => undefined;
  const answer = withHeartbeat(extra, 1_000, (given) => {
    say = given;
    return work.promise;
  });
  await vi.advanceTimersByTimeAsync(1_000);
  say("waiting");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(sent).toEqual(["running (0 s)", "running (1 s)", "waiting (1 s)", "waiting (2 s)", "waiting (3 s)"]);
  work.resolve("done");
  expect(await answer).toBe("done");
  expect(vi.getTimerCount()).toBe(0);
});

test("work that fails ends it, too", async () => {
  const { extra } = asked("token");
  const answer = withHeartbeat(extra, 1_000, () => Promise.reject(new Error("boom")));
  await expect(answer).rejects.toThrow("boom");
  expect(vi.getTimerCount()).toBe(0);
});

test("a client that did not ask hears nothing", async () => {
  const { extra, sent } = asked(undefined);
  await withHeartbeat(extra, 1_000, async (say) => say("waiting"));
  expect(sent).toEqual([]);
});

test("a client that went away does not end the work", async () => {
  const { extra, sent } = asked("token", () => Promise.reject(new Error("Not connected")));
  const answer = withHeartbeat(extra, 1_000, async () => {
    await vi.advanceTimersByTimeAsync(1_000);
    return "done";
  });
  expect(await answer).toBe("done");
  expect(sent).toHaveLength(2);
});
