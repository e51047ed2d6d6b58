/** Finds the `*.codemode.ts` files of a project. */
import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";

const CONNECTOR_FILE = /\.codemode\.[mc]?[tj]sx?$/;

/** Folders that hold no sources of the project's own. */
const SKIPPED: ReadonlySet<string> = new Set(["node_modules", "dist", "build", "coverage"]);

/** Whether a path names a connector file. */
export function isConnectorFile(path: string): boolean {
  return CONNECTOR_FILE.test(path);
}

/** Why a folder cannot be read in which there is nothing to find: it belongs to somebody else, as a database's, or it has gone. */
const UNREADABLE: ReadonlySet<unknown> = new Set(["EACCES", "EPERM", "ENOENT"]);

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (UNREADABLE.has(Reflect.get(Object(error), "code"))) return [];
    throw error;
  }
}

/** Connector files under a folder, in a fixed order, so that two builds of one tree are the same. */
export function findConnectorFiles(folder: string): string[] {
  const found: string[] = [];
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name) && !entry.name.startsWith(".")) found.push(...findConnectorFiles(path));
    } else if (isConnectorFile(entry.name)) found.push(path);
  }
  return found.sort();
}
