/** Which files of a project are connector files, and the module that their classes come to. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { findConnectorFiles } from "../../../src/vite/discover.ts";
import { exportsModule, projectConnectors } from "../../../src/vite/exports-module.ts";

/** A project of these files, for as long as the test lasts. */
function project(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "codemode-vite-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const classOf = (name: string) => `export class ${name} extends CodemodeConnector {}`;

test("files are found in all folders but those of others, in the order of their paths", () => {
  const found = ["src/a/z.codemode.ts", "src/a-b.codemode.ts", "src/c.codemode.mts"];
  const others = [
    "src/d.codemode.d.ts",
    "src/e.ts",
    "node_modules/f/f.codemode.ts",
    "dist/g.codemode.js",
    "src/build/h.codemode.ts",
    "coverage/i.codemode.ts",
    ".cache/j.codemode.ts",
  ];
  const root = project(Object.fromEntries([...found, ...others].map((path) => [path, classOf("A")])));
  const paths = findConnectorFiles(root).map((path) => relative(root, path).replaceAll("\\", "/"));
  expect(paths).toEqual(["src/a-b.codemode.ts", "src/a/z.codemode.ts", "src/c.codemode.mts"]);
});

test.each([
  [
    "two files share",
    { "a.codemode.ts": classOf("Mail"), "b.codemode.ts": classOf("Mail") },
    /b\.codemode\.ts: .*"Mail"/,
  ],
  ["the runtime has", { "a.codemode.ts": classOf("CodemodeRuntime") }, /a\.codemode\.ts: .*"CodemodeRuntime"/],
])("a name that %s is refused with the file", (_title, files, says) => {
  const refused = { code: "INVALID_NAME", message: expect.stringMatching(says) };
  expect(() => projectConnectors(project(files))).toThrow(expect.objectContaining(refused));
});

test("the module names each file as an import does, whatever the system writes between folders", () => {
  const connectors = [
    { file: "C:\\desk\\mail.codemode.ts", imported: "default", exported: "Mail" },
    { file: "/desk/clock.codemode.ts", imported: "Clock", exported: "Clock" },
  ];
  expect(exportsModule(connectors)).toBe(
    [
      'export { CodemodeRuntime } from "durable-codemode";',
      'export { default as Mail } from "C:/desk/mail.codemode.ts";',
      'export { Clock } from "/desk/clock.codemode.ts";',
      "",
    ].join("\n"),
  );
});

test("a folder that nobody may look into, as a database's beside the sources, holds none of them", async () => {
  const root = project({ "data/a.db": "", "mail.codemode.ts": classOf("Mail") });
  vi.resetModules();
  // Whoever runs the tests may look into every folder, perhaps: the platform's answer is given by hand.
  vi.doMock("node:fs", async () => {
    const fs = await vi.importActual<typeof import("node:fs")>("node:fs");
    const readdirSync = (path: string, options: { readonly withFileTypes: true }) => {
      if (path !== join(root, "data")) return fs.readdirSync(path, options);
      throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
    };
    return { ...fs, readdirSync };
  });
  onTestFinished(() => vi.doUnmock("node:fs"));
  const { findConnectorFiles: find } = await import("../../../src/vite/discover.ts");
  expect(find(root)).toEqual([join(root, "mail.codemode.ts")]);
});
