/** The demo Worker's HTTP API: a thin JSON door to one runtime, for use by hand and by the demo. */
import * as v from "valibot";
import { isCodemodeError } from "../errors.ts";
import type { CodemodeRuntimeHandle } from "../handle-types.ts";

const id = v.pipe(v.string(), v.nonEmpty());
const seq = v.pipe(v.number(), v.integer(), v.minValue(0));
const who = {
  digest: v.exactOptional(v.string()),
  by: v.exactOptional(v.string()),
  reason: v.exactOptional(v.string()),
};

const Approve = v.strictObject({
  executionId: id,
  seq: v.exactOptional(seq),
  args: v.exactOptional(v.unknown()),
  ...who,
});
const Reject = v.strictObject({ executionId: id, seq, then: v.exactOptional(v.picklist(["end", "throw"])), ...who });
const Resolve = v.variant("as", [
  v.strictObject({ executionId: id, seq, as: v.literal("ran"), result: v.unknown(), ...who }),
  v.strictObject({ executionId: id, seq, as: v.literal("run"), ...who }),
  v.strictObject({ executionId: id, seq, as: v.literal("fail"), error: v.exactOptional(v.string()), ...who }),
]);
const One = v.strictObject({ executionId: id });
const Cancel = v.strictObject({ executionId: id, reason: v.exactOptional(v.string()) });

type Route = (runtime: CodemodeRuntimeHandle, body: unknown, url: URL) => Promise<unknown>;

/** Every route with what it does, shown at `/`. */
const ROUTES: Readonly<Record<string, { readonly says: string; readonly run: Route }>> = {
  "POST /execute": {
    says: "run a program: the body is the code, or JSON { code }",
    run: (runtime, body) =>
      runtime.execute({ code: typeof body === "string" ? body : v.parse(v.object({ code: v.string() }), body).code }),
  },
  "GET /pending": { says: "what waits for a person", run: (runtime) => runtime.pending() },
  "POST /approve": {
    says: "{ executionId, seq?, digest?, args?, by?, reason? }",
    run: (runtime, body) => runtime.approve(v.parse(Approve, body)),
  },
  "POST /reject": {
    says: '{ executionId, seq, then?: "end" | "throw", by?, reason? }',
    run: (runtime, body) => runtime.reject(v.parse(Reject, body)),
  },
  "POST /resolve": {
    says: '{ executionId, seq, as: "ran" | "run" | "fail", result?, error? }',
    run: (runtime, body) => runtime.resolve(v.parse(Resolve, body)),
  },
  "POST /cancel": { says: "{ executionId, reason? }", run: (runtime, body) => runtime.cancel(v.parse(Cancel, body)) },
  "POST /rollback": { says: "{ executionId }", run: (runtime, body) => runtime.rollback(v.parse(One, body)) },
  "GET /rollback": {
    says: "?id= what a rollback would do",
    run: (runtime, _body, url) => runtime.previewRollback({ executionId: url.searchParams.get("id") ?? "" }),
  },
  "POST /recover": { says: "take up what a crash interrupted", run: (runtime) => runtime.recover() },
  "GET /executions": {
    says: "?cursor= the history, newest first",
    run: (runtime, _body, url) => {
      const cursor = url.searchParams.get("cursor");
      return runtime.listExecutions(cursor === null ? {} : { cursor });
    },
  },
  "GET /execution": {
    says: "?id= one execution with its journal",
    run: (runtime, _body, url) => runtime.execution(url.searchParams.get("id") ?? ""),
  },
  "GET /search": {
    says: "?q= tools and snippets",
    run: (runtime, _body, url) => runtime.search(url.searchParams.get("q") ?? ""),
  },
};

/** JSON of any value that a program may return. */
function json(value: unknown, status = 200): Response {
  const text = JSON.stringify(
    value,
    (_key, item: unknown) => (typeof item === "bigint" ? `${item}n` : item instanceof Map ? [...item] : item),
    2,
  );
  return new Response(`${text ?? "null"}\n`, { status, headers: { "content-type": "application/json" } });
}

async function bodyOf(request: Request): Promise<unknown> {
  const text = request.method === "POST" ? await request.text() : "";
  return request.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
}

/** Answers one request; errors have a code and say the next step. */
export async function answer(runtime: CodemodeRuntimeHandle, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const route = ROUTES[`${request.method} ${url.pathname}`];
  if (route === undefined) {
    return json(
      { routes: Object.fromEntries(Object.entries(ROUTES).map(([path, { says }]) => [path, says])) },
      url.pathname === "/" ? 200 : 404,
    );
  }
  try {
    return json(await route.run(runtime, await bodyOf(request), url));
  } catch (error) {
    if (isCodemodeError(error)) return json({ error: error.message, code: error.code }, 400);
    if (v.isValiError(error)) return json({ error: v.summarize(error.issues), code: "INVALID_INPUT" }, 400);
    if (error instanceof SyntaxError) return json({ error: error.message, code: "INVALID_INPUT" }, 400);
    throw error;
  }
}
