import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const run = promisify(execFile);

test("the demo kills its Worker twice, and every figure that it checks is right", async () => {
  const { stdout } = await run(process.execPath, ["scripts/demo.ts"], { cwd: ROOT });
  expect(stdout).toMatch(/^15 passed, 0 failed$/m);
});

test("npm start serves the Worker, prints its URL, and keeps its state from one start to the next", async () => {
  const start = async () => {
    const child = spawn(process.execPath, ["scripts/start.ts"], {
      cwd: ROOT,
      env: { ...process.env, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [greeting] = await once(child.stdout, "data");
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(greeting))?.[0] ?? "";
    const stop = async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
    };
    return { url, stop };
  };
  const first = await start();
  const answer = await fetch(`${first.url}/execute`, {
    method: "POST",
    body: "async () => accounts.set_credit({ id: 9, credit: 500 })",
  });
  const outcome: unknown = await answer.json();
  await first.stop();
  expect(outcome).toMatchObject({ status: "paused", pending: [{ method: "set_credit" }] });

  const second = await start();
  const pending: unknown = await (await fetch(`${second.url}/pending`)).json();
  await second.stop();
  expect(pending).toContainEqual(expect.objectContaining({ executionId: Reflect.get(Object(outcome), "executionId") }));
});

test("npm start says what to do about a port that is taken or is none", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const taken = String(Reflect.get(Object(other.address()), "port"));
  const start = (port: string) =>
    run(process.execPath, ["scripts/start.ts"], { cwd: ROOT, env: { ...process.env, PORT: port } });
  await expect(start(taken)).rejects.toMatchObject({
    code: 1,
    stderr: `Port ${taken} is taken, perhaps by another start. Stop that, or choose another port: PORT=0 npm start\n`,
  });
  await expect(start("http")).rejects.toMatchObject({
    code: 1,
    stderr: 'PORT must be a number from 0 (any free port) to 65535, got "http".\n',
  });
  other.close();
});
