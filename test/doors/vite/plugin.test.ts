/** The hooks of the Vite plugin by hand: which entry it takes, what it has watched, and when it restarts the dev server. */
import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plugin } from "vite";
import { expect, onTestFinished, test, vi } from "vitest";
import codemode from "../../../src/vite.ts";

const EXPORTS = "virtual:durable-codemode/exports";
const classOf = (name: string) => `export class ${name} extends CodemodeConnector {}\n`;

/** A hook of the plugin, called as Vite calls it. */
function hook(plugin: Plugin, name: keyof Plugin, that: object, ...args: unknown[]): unknown {
  const given = plugin[name];
  if (typeof given !== "function") throw new Error(`${name} is no function`);
  return Reflect.apply(given, that, args);
}

/** A project with one connector file, and the plugin in it. */
function project() {
  const root = mkdtempSync(join(tmpdir(), "codemode-vite-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const file = join(root, "mail.codemode.ts");
  writeFileSync(file, classOf("Mail"));
  const plugin = codemode();
  hook(plugin, "configResolved", {}, { root });
  return { root, file, plugin };
}

test("every connector file is watched by whoever loads the module of exports", () => {
  const { file, plugin } = project();
  const addWatchFile = vi.fn();
  expect(hook(plugin, "load", { addWatchFile }, `\0${EXPORTS}`)).toContain("export { Mail }");
  expect(addWatchFile.mock.calls).toEqual([[file]]);
});

test("the dev server restarts when what is exported changes or goes, and not for other changes", async () => {
  const { root, file, plugin } = project();
  const watcher = new EventEmitter();
  const error = vi.fn();
  const server = { watcher, restart: vi.fn(async () => start()), config: { logger: { error } } };
  const start = () => {
    watcher.removeAllListeners();
    hook(plugin, "configureServer", {}, server);
  };
  start();
  const saved = (event: string, path: string) => void watcher.emit(event, path);
  writeFileSync(file, `// Sends mail.\n${classOf("Mail")}`);
  saved("change", file);
  saved("add", join(root, "notes.ts"));
  expect(server.restart).toHaveBeenCalledTimes(0);
  writeFileSync(file, classOf("Post"));
  saved("change", file);
  await vi.waitFor(() => expect(server.restart).toHaveBeenCalledTimes(1));
  writeFileSync(file, "export class {");
  saved("change", file);
  expect(error).toHaveBeenCalledWith(expect.stringContaining("mail.codemode.ts:1:15: "), { timestamp: true });
  rmSync(file);
  saved("unlink", file);
  await vi.waitFor(() => expect(server.restart).toHaveBeenCalledTimes(2));
});

test("the entry that the developer named stays the entry, whatever Cloudflare's plugin builds", async () => {
  const code = "export default {};";
  const isEntry = (plugin: Plugin, id: string) => hook(plugin, "transform", {}, code, id) !== null;
  for (const [options, entries] of [
    [{}, [false, true]],
    [{ entry: "src/desk.ts" }, [true, false]],
  ] as const) {
    const plugin = codemode(options);
    hook(plugin, "configResolved", {}, { root: "/p" });
    const resolve = async () => ({ id: "/p/worker/main.ts" });
    await hook(plugin, "resolveId", { resolve }, "virtual:cloudflare/user-entry", undefined, {});
    expect(["/p/src/desk.ts", "/p/worker/main.ts"].map((id) => isEntry(plugin, id))).toEqual(entries);
  }
});

test("an entry that the developer named is found on Windows, where Vite writes slashes and the platform does not", async () => {
  vi.resetModules();
  vi.doMock("node:path", async () => ({ ...(await vi.importActual<typeof import("node:path")>("node:path")).win32 }));
  onTestFinished(() => vi.doUnmock("node:path"));
  const { default: onWindows } = await import("../../../src/vite.ts");
  const plugin = onWindows({ entry: "src/desk.ts" });
  hook(plugin, "configResolved", {}, { root: "C:/project" });
  expect(hook(plugin, "transform", {}, "", "C:/project/src/desk.ts")).toMatchObject({
    code: expect.stringContaining(EXPORTS),
  });
  expect(hook(plugin, "transform", {}, "", "C:/project/src/index.ts")).toBeNull();
});
