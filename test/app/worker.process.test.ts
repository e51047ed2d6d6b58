/** What every Agent does besides is not this Worker's: sockets that may set its state, and agents under it. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildWorker } from "../../scripts/build-worker.ts";
import { startWorkerd, type Workerd } from "../../scripts/workerd.ts";

let folder: string;
let worker: Workerd;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "codemode-app-"));
  const module = join(folder, "worker.js");
  await buildWorker(join(import.meta.dirname, "../../src/app/worker.ts"), module);
  worker = await startWorkerd({ module, hostClass: "Desk", state: join(folder, "state") });
});

afterAll(async () => {
  await worker.kill();
  await rm(folder, { recursive: true });
});

test("no page can open a socket, by which it would set the state of the Agent", async () => {
  const socket = new WebSocket(`${worker.url.replace("http", "ws")}/`);
  const opened = once(socket, "open").then(() => "opened");
  const refused = once(socket, "error").then(() => "refused");
  expect(await Promise.race([opened, refused])).toBe("refused");
});

test.for(["/sub/desk/another/effects", "/x/sub/codemode-runtime/another/"])(
  "a request for %s makes no Agent under this one",
  async (path) => {
    const answer = await fetch(`${worker.url}${path}`);
    expect({ status: answer.status, text: await answer.text() }).toEqual({
      status: 404,
      text: "There are no agents under this one.\n",
    });
  },
);
