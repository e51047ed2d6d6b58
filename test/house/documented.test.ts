import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const SRC = join(import.meta.dirname, "..", "..", "src");

const DOORS = ["index", "ai", "tanstack-ai", "mcp", "browser", "vite"] as const;

/** `export { a, type B as C } from "./file.ts"`: the names in the file that they come from. */
function passedOn(text: string): { readonly name: string; readonly from: string }[] {
  return [...text.matchAll(/^export (?:type )?\{([^}]*)\} from "(\.[^"]+)";/gm)].flatMap(([, names = "", from = ""]) =>
    names
      .split(",")
      .map(
        (part) =>
          part
            .trim()
            .replace(/^type /, "")
            .split(" as ")[0] ?? "",
      )
      .filter((name) => name !== "")
      .map((name) => ({ name, from })),
  );
}

/** Where a name of a module is declared, and whether a comment stands right before it. */
function isDocumented(file: string, name: string): boolean {
  const text = readFileSync(file, "utf8");
  const further = passedOn(text).find((one) => one.name === name);
  if (further !== undefined) return isDocumented(join(dirname(file), further.from), name);
  const declared = new RegExp(
    `^export (?:declare |abstract )*(?:interface|type|class|function|async function|const) ${name}\\b`,
    "m",
  );
  const at = text.search(declared);
  expect(at, `${name} is declared in ${file}`).toBeGreaterThanOrEqual(0);
  return text.slice(0, at).trimEnd().endsWith("*/");
}

/** The names of a door, each with the file to look in. */
function namesOf(door: string): { readonly name: string; readonly file: string }[] {
  const file = join(SRC, `${door}.ts`);
  const text = readFileSync(file, "utf8");
  const own = [...text.matchAll(/^export (?:interface|type|class|function|const) (\w+)/gm)];
  return [
    ...passedOn(text).map(({ name, from }) => ({ name, file: join(dirname(file), from) })),
    ...own.map(([, name = ""]) => ({ name, file })),
  ];
}

test.each(DOORS)("each name of the door %s says what it is for, where it is declared", (door) => {
  const names = namesOf(door);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter(({ name, file }) => !isDocumented(file, name))).toEqual([]);
});
