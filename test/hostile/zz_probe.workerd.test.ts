import { env } from "cloudflare:test";
import { test } from "vitest";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import { withRuntime } from "../support/runtime.ts";
const executor = () => new DynamicWorkerExecutor({ loader: (env as any).LOADER, timeout: 5000 });
const run = async (label: string, code: string, fns: any = {}) => {
  const r = await Promise.race([executor().execute(code, [{ name: "t", fns: { echo: async (x: any) => x, ...fns } }]), new Promise((r) => setTimeout(() => r("HUNG 8s"), 8000))]);
  const s = JSON.stringify(r);
  console.log(`## ${label}\n${s === undefined ? "undefined" : s.slice(0, 1500)}`);
};
const drun = async (label: string, code: string, tools: any = {}, options: any = {}) => {
  const t = Date.now();
  const r = await withRuntime({ t: { echo: { execute: (x: any) => x }, ...tools } }, async (rt) => Promise.race([rt.execute({ code }).catch((e) => ({ threw: String(e) })), new Promise((r) => setTimeout(() => r("HUNG 8s"), 8000))]), options);
  const s = JSON.stringify(r);
  console.log(`## D ${label} ${Date.now() - t}ms\n${s === undefined ? "undefined" : s.slice(0, 700)}`);
};
test("probe", async () => {
  await run("legit", `async () => {
    class E extends Error { constructor(m) { super(m); this.name = "E"; this.message = m + "!"; } toString() { return "E!" } }
    class A extends Array { sum() { return this.reduce((a, b) => a + b, 0) } }
    class M extends Map { get(k) { return super.get(k) ?? 0 } }
    class P extends Promise { static get [Symbol.species]() { return Promise } }
    const o = {}; o.toString = () => "o"; o.constructor = 1; o.valueOf = () => 2; o.name = "n"; o.message = "m"; o.toJSON = () => 3;
    function Old() {} Old.prototype = Object.create(Error.prototype); Old.prototype.constructor = Old; Old.prototype.name = "Old"; Old.prototype.toString = () => "old";
    const f = () => {}; f.extra = 1; const e2 = new Error("x"); e2.name = "Y"; e2.code = 5;
    class C { static n = 0; #p = 1; get p() { return this.#p } } C.extra = 2; C.prototype.more = 3; new C().toString = 4;
    const d = { keys: 1, map: 2 }; d.map = 3; d.hasOwnProperty = 4; const err = new TypeError("q"); err.message = "w"; err.stack = "";
    return [String(new E("x")), new A(1,2,3).map((x) => x * 2).sum(), new M([[1, 2]]).get(7), await new P((r) => r(4)), String(o) , o + 1, JSON.stringify(o), String(new Old()), e2.name, new C().more, Object.assign(Object.create({ then: 1 }), { toString: 1 }).toString, [3,1,2].toSorted(), d.map, structuredClone(new Map([[1, new Date(0)]])).get(1).toISOString() ];
  }`);
  await run("1e5 logs", `async () => { for (let i = 0; i < 1e5; i++) console.log("x"); return 1 }`);
  await run("big result 5MB", `async () => "x".repeat(5e6).length`);
  await run("big result 100MB", `async () => "x".repeat(1e8)`);
  await run("big sparse", `async () => { const a = []; a[4e9] = 1; return a.length }`);
  await drun("1e5 logs", `async () => { for (let i = 0; i < 1e5; i++) console.log("x"); return 1 }`);
  await drun("empty logs", `async () => { for (let i = 0; i < 3e5; i++) console.log(""); return 1 }`);
  await drun("3MB result", `async () => "x".repeat(3e6)`);
  await drun("40MB result", `async () => "x".repeat(4e7)`);
  await drun("error 10MB", `async () => { throw new Error("x".repeat(1e7)) }`);
  await drun("args 5MB", `async () => { try { await t.echo("x".repeat(5e6)) } catch (e) { return e.code + e.message } }`);
  await drun("args 50MB", `async () => { try { await t.echo("x".repeat(5e7)) } catch (e) { return e.code + e.message } }`);
  await drun("method 5MB", `async () => { try { await t["x".repeat(5e6)](1) } catch (e) { return e.code + e.message.slice(0, 100) } }`);
  await drun("step name 5MB", `async () => { try { return await codemode.step("x".repeat(5e6), () => 1) } catch (e) { return e.code + e.message.slice(0, 100) } }`);
  await drun("step value 5MB", `async () => { try { return (await codemode.step("x", () => "x".repeat(5e6))).length } catch (e) { return e.code + e.message.slice(0, 100) } }`);
  await drun("60 results of 900kB", `async () => (await Promise.all(Array.from({ length: 60 }, () => t.big()))).map((x) => x.length).length`, { big: { readOnly: true, execute: () => "y".repeat(9e5) } });
  await drun("60 args of 900kB", `async () => (await Promise.all(Array.from({ length: 60 }, () => t.len("x".repeat(9e5))))).length`, { len: { execute: (x: any) => x.length } });
  await drun("1001 in flight", `async () => { const r = await Promise.allSettled(Array.from({ length: 1100 }, () => t.echo(1))); return [r.filter((x) => x.status === "rejected").length, r.at(-1).reason.code] }`);
  await drun("proto arg", `async () => { try { return await t.echo(JSON.parse('{"__proto__":{"a":1}}')) } catch (e) { return e.code + e.message } }`);
}, 100000);
