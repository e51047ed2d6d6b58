/** Counts commits where they cannot lie: in the write-ahead logs that SQLite leaves on the disk. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** Commits in one log: frames of its present generation that end a transaction. */
function commitsIn(log: Buffer): number {
  if (log.length < HEADER_BYTES) return 0;
  const pageBytes = log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  let commits = 0;
  for (let at = HEADER_BYTES; at + FRAME_HEADER_BYTES <= log.length; at += FRAME_HEADER_BYTES + pageBytes) {
    // Left over from before the log was begun anew.
    if (!log.subarray(at + 8, at + 16).equals(salt)) break;
    // A frame that ends a transaction says how large the database is after it; all others say 0.
    if (log.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return commits;
}

/**
 * Commits in all logs of a folder. A log begins anew after 1,000 pages, so count what is small, and on a fresh object.
 */
export async function countCommits(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  const logs = files.filter((file) => file.endsWith(".sqlite-wal"));
  const counts = await Promise.all(logs.map(async (file) => commitsIn(await readFile(join(folder, file)))));
  return counts.reduce((sum, count) => sum + count, 0);
}
