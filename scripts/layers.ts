/** The layers of the house as a table, and a reader of import lines that finds what points the wrong way. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Folders and files by layer; a file may import from its own part, and from parts of lower layers. First match wins. */
const PARTS: readonly { readonly part: string; readonly layer: number; readonly files: RegExp }[] = [
  { part: "errors", layer: 0, files: /^src\/(errors|fingerprint|limits|language|names|options|truncate)\.ts$/ },
  { part: "wire", layer: 1, files: /^src\/wire\// },
  { part: "journal", layer: 1, files: /^src\/journal\// },
  { part: "connector", layer: 2, files: /^src\/connector\// },
  { part: "catalog", layer: 2, files: /^src\/catalog\// },
  { part: "store", layer: 2, files: /^src\/store\// },
  { part: "sandbox", layer: 2, files: /^src\/sandbox\// },
  { part: "connectors", layer: 3, files: /^connectors\// },
  { part: "runtime", layer: 3, files: /^src\/runtime\// },
  { part: "telemetry", layer: 4, files: /^src\/telemetry\// },
  { part: "tool", layer: 4, files: /^src\/tool\// },
  { part: "handle", layer: 4, files: /^src\/(handle\/|(handle|handle-types|host-port|view)\.ts$)/ },
  { part: "doors", layer: 5, files: /^src\// },
];

/** Neighbours of one layer that may know each other, and why. */
const NEIGHBOURS: readonly { readonly from: string; readonly to: string; readonly why: string }[] = [
  { from: "journal", to: "wire", why: "an entry is made from a request" },
  { from: "catalog", to: "connector", why: "it lists what connectors describe" },
  { from: "connector", to: "catalog", why: "a connector prints its types" },
  { from: "handle", to: "tool", why: "the handle makes the model's tool" },
  { from: "handle", to: "telemetry", why: "the handle makes the recorder, and takes its listener" },
];

/** What the families of connectors may see of the rest. */
const CONNECTORS_MAY_IMPORT = new Set(["errors", "connector", "wire"]);

/** Parts that must run anywhere: they import no module of a platform. */
const PURE = new Set(["errors", "wire", "journal"]);

function partOf(file: string): (typeof PARTS)[number] | undefined {
  return PARTS.find(({ files }) => files.test(file));
}

function importsOf(text: string): string[] {
  return [
    ...text.matchAll(/^(?:import|export)\s[^;]*?from\s+"([^"]+)"/gms),
    ...text.matchAll(/\bimport\("([^"]+)"\)/g),
  ].map((match) => match[1] ?? "");
}

function violation(file: string, target: string): string | undefined {
  const from = partOf(file);
  const to = partOf(target);
  if (from === undefined || to === undefined || from.part === to.part) return undefined;
  if (from.part === "connectors" && !CONNECTORS_MAY_IMPORT.has(to.part))
    return `${file} imports ${target}: connectors may only import ${[...CONNECTORS_MAY_IMPORT].join(", ")}`;
  if (to.layer < from.layer) return undefined;
  if (NEIGHBOURS.some((pair) => pair.from === from.part && pair.to === to.part)) return undefined;
  return `${file} (${from.part}, layer ${from.layer}) imports ${target} (${to.part}, layer ${to.layer})`;
}

/** Every import line that points the wrong way. */
export function layerViolations(root: string): string[] {
  const found: string[] = [];
  for (const file of [
    ...globSync("src/**/*.{ts,tsx}", { cwd: root }),
    ...globSync("connectors/**/*.ts", { cwd: root }),
  ].sort()) {
    const text = readFileSync(join(root, file), "utf8");
    for (const specifier of importsOf(text)) {
      if (PURE.has(partOf(file)?.part ?? "") && /^(cloudflare|node):/.test(specifier))
        found.push(`${file} imports ${specifier}: this part runs anywhere`);
      if (!specifier.startsWith(".")) continue;
      const wrong = violation(file, relative(root, join(root, dirname(file), specifier.replace(/\?.*$/, ""))));
      if (wrong !== undefined) found.push(wrong);
    }
  }
  return found;
}
