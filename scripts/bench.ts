/** `npm run bench`: this package, the released one and the floor, side by side in one interleaved run. */
import { join } from "node:path";
import { CASES } from "../test/bench/cases.ts";
import { measure, measureDisk, median } from "./bench/measure.ts";
import { startServers } from "./bench/servers.ts";

const servers = await startServers(join(import.meta.dirname, "..", ".bench"));
const only = process.argv[2];
try {
  for (const bench of CASES) {
    if (only && !bench.name.includes(only)) continue;
    const m = await measure(servers, bench);
    const [a,b,c] = [median(m.ours), median(m.released), median(m.floor)];
    console.log(bench.name.padEnd(45), a.toFixed(1), b.toFixed(1), c.toFixed(1), "ratio", (a/b).toFixed(2), `(${bench.toReleased})`, (a/c).toFixed(2), `(${bench.toFloor ?? ""})`);
  }
  for (const server of servers) console.log(server.name, await measureDisk(server));
} finally {
  for (const server of servers) await server.stop();
}
