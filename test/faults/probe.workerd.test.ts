import { expect, test } from "vitest";
import { newPlace } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { installProbe, type Probe } from "./taps.ts";
const P = (strikes: number[], fault: "kill"|"break"): Probe => ({ trace: [], strikes, fault, struck: [], unfinished: new Set() });
test("probe", async () => {
  const code = `async () => { await bank.see({}); await bank.log({a:1}); await bank.pay({to:"x"}); return 1 }`;
  let n = 0;
  {
    const p = P([], "kill"); const done = installProbe(p);
    const w = makeWorld();
    const t = Date.now();
    const r = await newPlace().run(w.toolbox, async (rt) => { const o = await rt.execute({ code }); console.log(JSON.stringify(o)); return rt.approve({ executionId: o.executionId }); },{limits:{maxProgramMs:2000}});
    console.log(JSON.stringify(r).slice(0, 300), p.trace.length, Date.now() - t, "\n" + p.trace.join("\n"));
    n = p.trace.length; done();
  }
  for (let i = 9; i < n; i++) for (const fault of ["kill", "break"] as const) {
    const p = P([i], fault); const done = installProbe(p);
    const w = makeWorld(); const t = Date.now();
    try {
      const r = await newPlace().run(w.toolbox, async (rt) => { console.log(fault, i); const o = await rt.execute({ code }); return o.status === "paused" ? rt.approve({ executionId: o.executionId }) : o; },{limits:{maxProgramMs:3000}});
      console.log(fault, p.struck, r.status, JSON.stringify(r.error ?? "").slice(0,100), Date.now() - t, [...p.unfinished].length, w.calls().join(" "));
    } catch (e) { console.log(fault, p.struck, "THREW", String(e).slice(0, 150), Date.now() - t); }
    done();
  }
  expect(1).toBe(1);
}, 60000);
