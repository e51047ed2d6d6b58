/** The Worker's HTTP API: a thin JSON door to one runtime, for use by hand, by the demo and by the console alike. */
import * as v from "valibot";
import { CodemodeError, isCodemodeError } from "../errors.ts";
import type { CodemodeRuntimeHandle } from "../handle-types.ts";
import { EXECUTION_STATUSES } from "../journal/states.ts";
import { DEFAULT_PAUSED_TTL_MS } from "../limits.ts";
import type { EventStreams } from "./events.ts";
import { isFromAnotherSite, whyRefused } from "./refusals.ts";
import { shownAction, shownOutcome } from "./shown-actions.ts";
import { shownJson } from "./shown-json.ts";

const id = v.pipe(v.string(), v.nonEmpty("must not be empty"));
const seq = v.pipe(v.number(), v.integer("must be a whole number"), v.minValue(0, "must be 0 or more"));
const note = { by: v.exactOptional(v.string()), reason: v.exactOptional(v.string()) };
const who = { digest: v.exactOptional(v.string()), ...note };

/** Several actions, as GET /pending gives them: of each its seq and digest count, and that it is of this execution. */
const several = {
  executionId: id,
  actions: v.array(v.object({ executionId: v.exactOptional(id), seq, digest: v.string() })),
  ...note,
};
const isAboutSeveral = (body: unknown): boolean => Object.hasOwn(Object(body), "actions");

const then = v.exactOptional(v.picklist(["end", "throw"]));
const ApproveOne = v.strictObject({
  executionId: id,
  seq: v.exactOptional(seq),
  args: v.exactOptional(v.unknown()),
  ...who,
});
const ApproveSeveral = v.strictObject(several);
const Approve = v.lazy((body) => (isAboutSeveral(body) ? ApproveSeveral : ApproveOne));
const RejectOne = v.strictObject({ executionId: id, seq, then, ...who });
const RejectSeveral = v.strictObject({ ...several, then });
const Reject = v.lazy((body) => (isAboutSeveral(body) ? RejectSeveral : RejectOne));
const Resolve = v.variant("as", [
  v.strictObject({ executionId: id, seq, as: v.literal("ran"), result: v.unknown(), ...who }),
  v.strictObject({ executionId: id, seq, as: v.literal("run"), ...who }),
  v.strictObject({ executionId: id, seq, as: v.literal("fail"), error: v.exactOptional(v.string()), ...who }),
]);
const Rollback = v.strictObject({ executionId: id, digest: v.exactOptional(v.string()) });
const Cancel = v.strictObject({ executionId: id, reason: v.exactOptional(v.string()) });

const Snippet = v.strictObject({
  name: v.string(),
  executionId: id,
  description: v.exactOptional(v.string()),
  inputSchema: v.exactOptional(v.unknown()),
});
const SnippetName = v.strictObject({ name: v.string() });
const Page = v.strictObject({
  status: v.exactOptional(v.picklist(EXECUTION_STATUSES)),
  cursor: v.exactOptional(v.string()),
  limit: v.exactOptional(v.pipe(v.string(), v.digits("must be a whole number"), v.toNumber())),
});

type Route = (runtime: CodemodeRuntimeHandle, body: unknown, url: URL) => Promise<unknown>;

/** Every route with what it does, shown at `/`. */
const ROUTES: Readonly<Record<string, { readonly says: string; readonly run: Route }>> = {
  "POST /execute": {
    says: "the code of a program as its body, or JSON { code }; runs it",
    run: async (runtime, body) => {
      const code = typeof body === "string" ? body : v.parse(v.object({ code: v.string() }), body).code;
      return shownOutcome(await runtime.execute({ code }));
    },
  },
  "GET /pending": {
    says: "?id= what waits for a person, of one execution or of all, each with the last calls before it",
    run: async (runtime, _body, url) =>
      (await runtime.pending(url.searchParams.get("id") ?? undefined)).map(shownAction),
  },
  "GET /in-doubt": {
    says: "every call that may or may not have run, also of executions that have ended; POST /resolve says which",
    run: async (runtime) => (await runtime.inDoubt()).map(shownAction),
  },
  "POST /approve": {
    says: "{ executionId, seq?, digest?, args?, by?, reason? }, or for several at once { executionId, actions: [{ seq, digest }], by?, reason? }",
    run: async (runtime, body) => shownOutcome(await runtime.approve(v.parse(Approve, body))),
  },
  "POST /reject": {
    says: '{ executionId, seq, then?: "end" | "throw", by?, reason? }, or for several at once { executionId, actions: [{ seq, digest }], then?, by?, reason? }',
    run: (runtime, body) => runtime.reject(v.parse(Reject, body)),
  },
  "POST /resolve": {
    says: '{ executionId, seq, as: "ran" | "run" | "fail", result?, error? }',
    run: async (runtime, body) => shownOutcome(await runtime.resolve(v.parse(Resolve, body))),
  },
  "POST /cancel": { says: "{ executionId, reason? }", run: (runtime, body) => runtime.cancel(v.parse(Cancel, body)) },
  "POST /rollback": {
    says: "{ executionId, digest? }; with the digest of a preview it undoes what that showed, or nothing",
    run: (runtime, body) => runtime.rollback(v.parse(Rollback, body)),
  },
  "GET /rollback": {
    says: "?id= what a rollback would do, and the digest of that",
    run: (runtime, _body, url) => runtime.previewRollback({ executionId: url.searchParams.get("id") ?? "" }),
  },
  "POST /recover": { says: "take up what a crash interrupted", run: (runtime) => runtime.recover() },
  "GET /executions": {
    says: "?status=&cursor=&limit= the history, newest first, of one status or of all",
    run: (runtime, _body, url) => runtime.listExecutions(v.parse(Page, Object.fromEntries(url.searchParams))),
  },
  "GET /execution": {
    says: "?id= one execution with its journal",
    run: async (runtime, _body, url) => {
      const executionId = url.searchParams.get("id") ?? "";
      const found = await runtime.execution(executionId);
      if (found !== null) return found;
      throw new CodemodeError(
        "NOT_FOUND",
        `There is no execution ${executionId}. GET /executions lists those there are.`,
      );
    },
  },
  "GET /settings": {
    says: "how long a paused run is kept at least, in milliseconds since its last change",
    run: async () => ({ keepsPausedMs: DEFAULT_PAUSED_TTL_MS }),
  },
  "GET /search": {
    says: "?q= tools and snippets",
    run: (runtime, _body, url) => runtime.search(url.searchParams.get("q") ?? ""),
  },
  "GET /describe": {
    says: "?target= the types of a connector, a tool or a snippet",
    run: (runtime, _body, url) => runtime.describe(url.searchParams.get("target") ?? ""),
  },
  "GET /snippets": { says: "the saved programs", run: (runtime) => runtime.snippets() },
  "POST /snippets": {
    says: "{ name, executionId, description?, inputSchema? } saves the program of an execution",
    run: (runtime, body) => {
      const { name, ...options } = v.parse(Snippet, body);
      return runtime.saveSnippet(name, options);
    },
  },
  "POST /snippets/delete": {
    says: "{ name } forgets a snippet; runs that began with it keep it",
    run: (runtime, body) => runtime.deleteSnippet(v.parse(SnippetName, body).name),
  },
};

/** The one route whose answer has no end. */
const WATCH = "GET /events";
const WATCH_SAYS = "what happens, as Server-Sent Events: run (a CodemodeEvent), changed, ping";

const JSON_HEADERS = { "content-type": "application/json", "x-content-type-options": "nosniff" };

/** JSON of any value that a program may return. */
function json(value: unknown, status = 200): Response {
  return new Response(`${shownJson(value)}\n`, { status, headers: JSON_HEADERS });
}

/** Programs are text; everything else is JSON, also where curl calls it a form. */
async function bodyOf(request: Request, path: string): Promise<unknown> {
  if (request.method !== "POST") return undefined;
  const text = await request.text();
  const isText = path === "/execute" && !request.headers.get("content-type")?.toLowerCase().includes("json");
  return isText || text === "" ? text : JSON.parse(text);
}

function noRoute(method: string, path: string): Response {
  const said = Object.entries(ROUTES).map(([route, { says }]) => [route, says]);
  const routes = Object.fromEntries([...said, [WATCH, WATCH_SAYS]]);
  if (path === "/") return json({ routes });
  const others = Object.keys(ROUTES).filter((route) => route.endsWith(` ${path}`));
  const instead = others.length > 0 ? `, only ${others.join(" and ")}.` : ". These are all routes.";
  return json({ error: `There is no ${method} ${path}${instead}`, routes }, 404);
}

/** Answers one request; errors have a code and say the next step. Who watches `streams` hears of what may have changed. */
export async function answer(
  runtime: CodemodeRuntimeHandle,
  request: Request,
  streams: EventStreams,
): Promise<Response> {
  const url = new URL(request.url);
  const name = `${request.method} ${url.pathname}`;
  if (name === WATCH) return streams.open();
  const route = ROUTES[name];
  if (route === undefined) return noRoute(request.method, url.pathname);
  if (request.method === "POST" && isFromAnotherSite(request)) {
    return json({ error: "A page of another site may not send this. Send it from here, or with curl." }, 403);
  }
  try {
    return json(await route.run(runtime, await bodyOf(request, url.pathname), url));
  } catch (error) {
    if (isCodemodeError(error)) {
      return json({ error: error.message, code: error.code }, error.code === "NOT_FOUND" ? 404 : 400);
    }
    const why = whyRefused(error);
    if (why !== undefined) return json({ error: `${why} ${name} takes ${route.says}`, code: "INVALID_INPUT" }, 400);
    throw error;
  } finally {
    // Not all that changes a run is an event of it: one that is cancelled while it waits has none.
    if (request.method === "POST") streams.changed();
  }
}
