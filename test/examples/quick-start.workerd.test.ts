import { env } from "cloudflare:test";
import type { ProxyToolOutput } from "durable-codemode";
import { expect, test } from "vitest";
import worker from "./quick-start.ts";

const ask = async (path: string, code?: string): Promise<ProxyToolOutput> =>
  (await worker.fetch(new Request(`http://desk${path}`, { method: "POST", body: code ?? "" }), env)).json();

test("a program runs to the call that needs a person, and goes on when it is approved", async () => {
  const paused = await ask("/", "async () => mail.send({ to: (await mail.unread())[0] })");
  expect(paused).toMatchObject({ status: "paused", pending: [{ method: "send", args: { to: "ada@example.com" } }] });

  const done = await ask(`/?approve=${paused.executionId}`);
  expect(done).toMatchObject({ status: "completed", result: "sent to ada@example.com" });
});
