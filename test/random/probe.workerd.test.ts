import { test } from "vitest";
import { makeLedger } from "../faults/world.ts";
import { evict } from "../support/drive.ts";
import { newPlace } from "../support/runtime.ts";

const BIG = `const t = "x".repeat(950_000);`;
const CASES: Record<string, string> = {
  unknown: `async () => { await codemode.step("a", () => 1); const e = await read.nosuch({}).catch((x) => x.message); return [e, await read.get({n: 1})]; }`,
  invalid: `async () => { await codemode.step("a", () => 1); await codemode.step("b", () => 2); const e = await read.args({ n: "x" }).catch((x) => x.message); return [e, await read.get({n: 1})]; }`,
  big: `async () => { for (let i = 0; i < 150; i++) await codemode.step("s" + i, () => i); ${BIG} const all = await Promise.all(Array.from({ length: 9 }, (_, n) => read.get({ n, t }))); return all.map((a) => a.got.n); }`,
  bigInvalid: `async () => { for (let i = 0; i < 3; i++) await codemode.step("s" + i, () => i); ${BIG} const all = await Promise.all([read.nosuch({}).catch(() => ({ got: 1 })), ...Array.from({ length: 9 }, (_, n) => read.get({ n, t }))]); return all.map((a) => a.got.n); }`,
  bigInvalid2: `async () => { const a = codemode.step("a", () => 1); for (let i = 0; i < 5; i++) await null; const b = codemode.step("b", () => 1); ${BIG} const all = await Promise.all([a, b, read.nosuch({}).catch(() => ({ got: 1 })), ...Array.from({ length: 9 }, (_, n) => read.get({ n, t }))]); return all.length; }`,
  late: `async () => { const a = codemode.step("a", () => 1); for (let i = 0; i < 8; i++) await null; const x = read.nosuch({}).catch(() => 3); const b = codemode.step("b", () => 2); return [await a, await b, await x, await read.get({ n: 1 })]; }`,
  bigSteps: `async () => { const out = []; for (let i = 0; i < 12; i++) out.push((await codemode.step("s" + i, () => "y".repeat(900_000))).length); const e = await read.nosuch({}).catch(() => 1); return [out.length, e]; }`,
  bigStepsFail: `async () => { const all = await Promise.allSettled(Array.from({ length: 12 }, (_, i) => codemode.step("s" + i, () => { throw new Error("y".repeat(900_000)); }))); const e = await read.nosuch({}).catch(() => 1); return [all.length, e]; }`,
  many: `async () => { const out = []; for (let i = 0; i < 700; i++) out.push(await codemode.step("s" + i, () => i)); const d = Date.now(); const e = await read.nosuch({}).catch(() => 1); await ask.do({ d, e: Date.now() }); return [out.length, e]; }`,
  manyParallel: `async () => { const out = await Promise.all(Array.from({ length: 700 }, (_, i) => codemode.step("s" + i, () => i))); const d = Date.now(); const e = await read.nosuch({}).catch(() => 1); await ask.do({ d, e: Date.now() }); return [out.length, e]; }`,
  cleared: `async () => { const out = []; for (let i = 0; i < 10; i++) { const t = setTimeout(() => {}, 1000); out.push(await codemode.step("s" + i, () => i)); clearTimeout(t); } await ask.do({ d: Date.now() }); return out.length; }`,
  dates: `async () => { const d = []; for (let i = 0; i < 5; i++) { await codemode.step("s" + i, () => Date.now()); d.push(Date.now()); const e = await read.nosuch({}).catch(() => 1); d.push(Date.now()); } const s = d.join(); const r = await codemode.step("kept", () => s); await ask.do({ n: 1 }); return r === d.join(); }`,
};
test.each(Object.entries(CASES))("%s", async (name, code) => {
  const ledger = makeLedger();
  const place = newPlace();
  const tools = {
    ...ledger.toolbox,
    read: {
      ...ledger.toolbox.read,
      args: {
        readOnly: true,
        inputSchema: { type: "object", properties: { n: { type: "number" } }, required: ["n"] },
        execute: (a: unknown) => a,
      },
    },
  };
  let out = await place.run(tools, (runtime) => runtime.execute({ code }));
  if (out.status === "paused") {
    await evict(place);
    const id = out.executionId;
    out = await place.run(tools, (runtime) => runtime.approve({ executionId: id }));
  }
  console.log(name, JSON.stringify({ ...out, calls: undefined }).slice(0, 600));
});
