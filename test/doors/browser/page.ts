/** The page of the browser tests: host functions for programs, and what the tests ask of it through `globalThis.page`. */
import { createBrowserCodeTool, type ExecuteResult, IframeSandboxExecutor } from "../../../src/browser.ts";

declare const document: { querySelectorAll(selector: string): { readonly length: number } };
declare const window: {
  readonly frames: Record<number, { postMessage(message: unknown, origin: string): void }>;
  postMessage(message: unknown, origin: string): void;
};

export interface RunOptions {
  readonly code: string;
  readonly timeout?: number;
  readonly csp?: string;
  readonly prelude?: string;
}

const calls: string[] = [];

const fns: Record<string, (...args: unknown[]) => Promise<unknown>> = {
  add: async (a, b) => Number(a) + Number(b),
  echo: async (value) => value,
  fail: async (message, code) => {
    throw Object.assign(new TypeError(String(message)), { code });
  },
  failEmpty: async () => {
    throw "";
  },
  wait: (ms) => new Promise((resolve) => setTimeout(() => resolve(ms), Number(ms))),
  unsayable: async () => () => 1,
  "list-items": async () => ["a", "b"],
  forge: async () => {
    const forged = { type: "done", ok: true, value: '["forged"]', nonce: "", id: 0 };
    for (const message of [
      forged,
      { type: "execution-result", result: { result: "forged" } },
      { nonce: "", worker: "postMessage(1)" },
    ]) {
      window.postMessage(message, "*");
      window.frames[0]?.postMessage(message, "*");
    }
    return "posted";
  },
};

const recorded = Object.fromEntries(
  Object.entries(fns).map(([name, fn]) => [
    name,
    (...args: unknown[]) => {
      calls.push(name);
      return fn(...args);
    },
  ]),
);

async function run({
  code,
  prelude,
  ...options
}: RunOptions): Promise<ExecuteResult & { calls: string[]; frames: number; failed: boolean }> {
  calls.length = 0;
  const executor = new IframeSandboxExecutor(options);
  const outcome = await executor.execute(code, [
    { name: "shop", fns: recorded, ...(prelude !== undefined && { prelude }) },
  ]);
  return {
    ...outcome,
    failed: "error" in outcome,
    calls: [...calls],
    frames: document.querySelectorAll("iframe").length,
  };
}

/** A class instance, a Map and a Date do not survive the test's own serialisation, so the page compares. */
async function kinds(): Promise<Record<string, boolean>> {
  const executor = new IframeSandboxExecutor();
  const code = `async () => [new Date(5), new Map([[1, { a: undefined }]]), 5n, new Uint8Array([1, 2]), -0, NaN, await host.same(new Date(7))]`;
  const { result } = await executor.execute(code, [
    { name: "host", fns: { same: async (value) => [value instanceof Date, value] } },
  ]);
  const [date, map, big, bytes, zero, nan, same] = Array.isArray(result) ? result : [];
  return {
    date: date instanceof Date && date.getTime() === 5,
    map: map instanceof Map && "a" in map.get(1),
    bigint: big === 5n,
    bytes: bytes instanceof Uint8Array && bytes[1] === 2,
    minusZero: Object.is(zero, -0),
    nan: Number.isNaN(nan),
    argument: same[0] === true && same[1] instanceof Date,
  };
}

async function plainFunctions(): Promise<ExecuteResult> {
  return new IframeSandboxExecutor().execute("async () => codemode.one()", { one: async () => 1 });
}

async function connectors(): Promise<ExecuteResult> {
  const binding = { callTool: async (method: string, args: unknown) => ({ method, args }) };
  return new IframeSandboxExecutor().execute("async () => issues.close({ id: 1 })", [], {
    connectors: [{ name: "issues", binding }],
  });
}

async function badNames(): Promise<(string | undefined)[]> {
  const executor = new IframeSandboxExecutor();
  const one = async () => 1;
  const given = [
    [{ name: "not-a-name", fns: {} }],
    [{ name: "class", fns: {} }],
    [
      { name: "a", fns: {} },
      { name: "a", fns: {} },
    ],
    [{ name: "a", fns: { "x-y": one, x_y: one } }],
  ];
  return Promise.all(given.map(async (providers) => (await executor.execute("1", providers)).error));
}

async function codeTool(code: string): Promise<unknown> {
  const inputSchema = { type: "object", properties: { q: { type: "string" } }, required: ["q"] } as const;
  const tool = createBrowserCodeTool({
    tools: [
      {
        name: "find-it",
        description: "Finds $& it",
        inputSchema: { ...inputSchema, required: ["q"] },
        execute: async ({ q }) => `found ${q}`,
      },
      { name: "pay", inputSchema: { type: "object" }, needsApproval: true, execute: async () => "paid" },
    ],
  });
  const ran = await tool
    .execute({ code })
    .catch((error: unknown) => ({ thrown: error instanceof Error ? error.message : "?" }));
  return { ...tool, ran, execute: undefined };
}

export const page = { run, kinds, plainFunctions, connectors, badNames, codeTool };
Object.assign(globalThis, { page });
