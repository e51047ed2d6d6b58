/** Finds a Chromium for the tests that need a real browser, or installs Debian's where that is possible. */
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Names under which distributions and vendors install it. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"] as const;

/** Where it is when it is not on the PATH. */
const PLACES = [
  "/usr/bin",
  "/Applications/Google Chrome.app/Contents/MacOS",
  "/Applications/Chromium.app/Contents/MacOS",
] as const;

/** Arguments under which it runs in a container and speaks to nobody on its own. */
export const CHROMIUM_ARGS: readonly string[] = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of a Chromium that is there: `CHROMIUM_PATH`, then the usual names on the PATH and in the usual places. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== "") {
    if (isExecutable(named)) return named;
    throw new Error(`CHROMIUM_PATH is ${named}, which is not an executable file.`);
  }
  const folders = [...(process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== ""), ...PLACES];
  const names = [...NAMES, "Google Chrome", "Chromium"];
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

async function installOnDebian(): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], { env });
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], {
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
}

/**
 * The path of a Chromium. Installs the package `chromium` when there is none and this is root on Debian or Ubuntu.
 *
 * @throws Error that says what to install, where it cannot be done here.
 */
export async function ensureChromium(): Promise<string> {
  const found = findChromium();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && isExecutable("/usr/bin/apt-get")) {
    await installOnDebian();
    const installed = findChromium();
    if (installed !== undefined) return installed;
  }
  throw new Error("No Chromium was found. Install one (apt-get install chromium) or set CHROMIUM_PATH to its path.");
}
