/** `createCodemodeRuntime`: the host's handle on a runtime, which checks what it is given and speaks to the facet. */
import { CodemodeError } from "./errors.ts";
import type { CodemodeRuntimeHandle, CreateCodemodeRuntimeOptions, ListExecutionsOptions } from "./handle-types.ts";
import { HostCapabilities } from "./host-port.ts";
import type { ProxyToolInput, ProxyToolOutput, RollbackReport } from "./journal/public.ts";
import { DEFAULT_MAX_EXECUTIONS } from "./limits.ts";
import type { CodemodeRuntime } from "./runtime/facet.ts";
import type { HostPort } from "./runtime/port.ts";
import {
  type DecisionRequest,
  entriesOf,
  type History,
  type HostSettings,
  type RawExecution,
  type RawOutcome,
  type Refusal,
} from "./runtime/requests.ts";
import { ObservedPort } from "./telemetry/observed-port.ts";
import { makeRecorder } from "./telemetry/telemetry.ts";
import { checkOptions, checkRange, checkText, encodeArgument } from "./tool/check.ts";
import {
  checkChoice,
  checkDecision,
  checkExecutionId,
  checkLimits,
  checkMaxAge,
  checkNote,
} from "./tool/check-decision.ts";
import { checkContext, checkExecutor, checkFunction, checkRuntimeName } from "./tool/check-setup.ts";
import { checkSnippetName, schemaText } from "./tool/check-snippet.ts";
import { connectorsOf } from "./tool/connectors.ts";
import { makeTool } from "./tool/tool.ts";
import { executionView, outcomeView, pendingView, snippetView, summaryView } from "./view.ts";
import { encodeFailure, encodeValue } from "./wire/values.ts";

const OPTION_NAMES = [
  "ctx",
  "executor",
  "connectors",
  "name",
  "maxExecutions",
  "transformResult",
  "limits",
  "onEvent",
] as const;
const MAX_PAGE = 200;

/** A facet that dies, or loses its sandbox, each time that a run is taken up has a cause that one more try does not mend. */
const MAX_TAKEN_UP = 3;

/** The facet as a stub: its methods, with what they answer copied over RPC. */
type Facet = Fetcher & CodemodeRuntime;

/** Durable Objects that export the facet class, and those that forgot to. */
function facetOf(ctx: DurableObjectState, name: string): Facet {
  const exported: unknown = Reflect.get(ctx.exports, "CodemodeRuntime");
  if (exported === undefined) {
    throw new CodemodeError(
      "INVALID_INPUT",
      'The Worker does not export CodemodeRuntime. Add `export { CodemodeRuntime } from "durable-codemode"` to its entry file, or use the Vite plugin.',
    );
  }
  // The platform's types do not know which class an export is.
  return ctx.facets.get(`codemode:${name}`, () => ({ class: exported as DurableObjectClass })) as unknown as Facet;
}

function unwrap<T extends object>(answer: T | Refusal): T {
  if ("refused" in answer) throw new CodemodeError(answer.refused, answer.message);
  return answer;
}

/**
 * A durable runtime inside an Agent or any Durable Object.
 *
 * Cheap to create: make one per request. What is durable lives in the facet of that `name`.
 *
 * @throws CodemodeError `INVALID_INPUT` for unknown or wrong options, `INVALID_NAME` for reserved or doubled connector names.
 * @example
 * ```ts
 * const runtime = createCodemodeRuntime({
 *   ctx: this.ctx,
 *   executor: new DynamicWorkerExecutor({ loader: this.env.LOADER }),
 *   connectors: [new Issues(this.ctx, this.env)],
 * });
 * const outcome = await runtime.execute({ code: "async () => issues.close({ id: 7 })" });
 * if (outcome.status === "paused") await runtime.approve({ executionId: outcome.executionId });
 * ```
 */
export function createCodemodeRuntime(options: CreateCodemodeRuntimeOptions): CodemodeRuntimeHandle {
  checkOptions("createCodemodeRuntime", options, OPTION_NAMES, ["ctx", "executor", "connectors"]);
  checkContext(options.ctx);
  checkExecutor(options.executor);
  const connectors = connectorsOf(options.ctx, options.connectors);
  const names = connectors.map((connector) => connector.name());
  const facetName = options.name ?? "default";
  checkRuntimeName(facetName);
  checkFunction("transformResult", options.transformResult);
  /** Asked for anew with each request: a stub of a facet that has died since is dead for good. */
  const facet = () => facetOf(options.ctx, facetName);
  facet();
  const capabilities = new HostCapabilities(connectors, options.executor);
  const recorder = makeRecorder(options.ctx, options.onEvent, {
    pending: (id) => facet().pending(id, settings, port),
    errorCode: async (id) => (await facet().get(id))?.execution.errorCode,
  });
  const port: HostPort = recorder === undefined ? capabilities : new ObservedPort(capabilities, recorder);
  const settings: HostSettings = {
    connectors: names,
    limits: checkLimits(options.limits),
    maxExecutions: checkRange(
      "maxExecutions",
      options.maxExecutions,
      0,
      Number.MAX_SAFE_INTEGER,
      DEFAULT_MAX_EXECUTIONS,
    ),
    modules: options.executor.modules ?? [],
  };

  /** The outcome as the caller sees it, with a completed result shaped for the model. */
  const show = async (raw: RawOutcome, executionId: string): Promise<ProxyToolOutput> => {
    const outcome = outcomeView(raw, executionId);
    if (outcome.status !== "completed" || options.transformResult === undefined) return outcome;
    try {
      return { ...outcome, result: await options.transformResult(outcome.result) };
    } catch (error) {
      // The run is complete and recorded: a faulty transform must not turn it into a failure.
      console.warn("codemode: transformResult threw; the result is given as it is.", error);
      return outcome;
    }
  };

  /** The outcome of an execution whose pass was lost: it is taken up again, as often as it may be. */
  const takenUp = async (executionId: string, error: unknown, tries = MAX_TAKEN_UP): Promise<RawExecution> => {
    const answer = facet().outcome(executionId, settings, port);
    const raw = await answer.catch((again: unknown) => {
      if (tries === 1) throw again;
      return takenUp(executionId, again, tries - 1);
    });
    if ("refused" in raw) throw error;
    return raw;
  };

  /** Runs a request; when the facet or its sandbox died under it, the execution's outcome is the answer. */
  const settle = async (executionId: string, request: () => Promise<RawOutcome>): Promise<ProxyToolOutput> => {
    try {
      return await show(await request(), executionId);
    } catch (error) {
      return show(await takenUp(executionId, error), executionId);
    }
  };

  const send = (request: DecisionRequest): Promise<RawOutcome> => {
    const sent = () => facet().decide(request, settings, port);
    return recorder === undefined ? sent() : recorder.decision(request, sent);
  };

  const decide = (request: DecisionRequest) => settle(request.executionId, () => send(request));

  const execute = async (input: ProxyToolInput): Promise<ProxyToolOutput> => {
    const code: unknown = Reflect.get(Object(input), "code");
    if (typeof code !== "string") {
      const given = typeof input === "string" ? "a string in its place" : code === null ? "null" : typeof code;
      const error = `execute takes { code }, where code is the program's text; got ${given}.`;
      return { status: "error", executionId: "", error, code: "INVALID_INPUT" };
    }
    const id = `exec_${crypto.randomUUID()}`;
    const run = () => settle(id, () => facet().execute({ id, code }, settings, port));
    const outcome = await (recorder === undefined ? run() : recorder.execution(id, run));
    // What was refused was not written, so there is no execution of that id.
    return outcome.status === "error" && outcome.calls === undefined ? { ...outcome, executionId: "" } : outcome;
  };

  const snippetEntries = async () =>
    (await facet().snippets()).map(({ name, description, connectors: needed, code, inputSchema }) => ({
      name,
      description,
      connectors: needed,
      code,
      ...(inputSchema !== undefined && { inputSchema: JSON.parse(inputSchema) }),
    }));

  return {
    tool: (toolOptions = {}) => {
      checkOptions("tool", toolOptions, ["description", "connectorHints"], []);
      return makeTool(execute, names, toolOptions);
    },
    execute,
    search: async (query, searchOptions) => capabilities.search(query, searchOptions, await snippetEntries()),
    describe: (target) => capabilities.describe(target, snippetEntries),

    pending: async (executionId) => {
      if (executionId !== undefined) checkText("executionId", executionId);
      return (await facet().pending(executionId, settings, port)).map(pendingView);
    },
    inDoubt: async () => (await facet().inDoubt(settings, port)).map(pendingView),
    approve: async (request) => {
      checkDecision("approve", request, ["args"], []);
      const { executionId, seq, digest, by, reason } = request;
      // A screen passes `args: edited` also where nobody edited anything.
      const args = request.args === undefined ? undefined : encodeArgument(request.args);
      return decide({ executionId, digest, by, reason, decision: { kind: "approve", seq, args } });
    },
    reject: async (request) => {
      checkDecision("reject", request, ["then"], ["seq"]);
      const { executionId, seq, digest, by, reason, then = "end" } = request;
      checkChoice("then", then, ["end", "throw"]);
      const answer = await send({ executionId, digest, by, reason, decision: { kind: "reject", seq, then } });
      if (!("refused" in answer)) return true;
      if (answer.refused !== "NOT_PENDING" && answer.refused !== "NOT_FOUND") {
        throw new CodemodeError(answer.refused, answer.message);
      }
      return false;
    },
    resolve: async (request) => {
      checkDecision("resolve", request, ["as", "result", "error"], ["seq", "as"]);
      checkChoice("as", request.as, ["ran", "run", "fail"]);
      const { executionId, seq, digest, by, reason } = request;
      const value =
        request.as === "ran"
          ? encodeValue(request.result, "The result")
          : request.as === "fail"
            ? encodeFailure(
                new CodemodeError("TOOL_ERROR", request.error ?? "A person said that the call did not succeed."),
              )
            : undefined;
      return decide({ executionId, digest, by, reason, decision: { kind: "resolve", seq, as: request.as, value } });
    },
    cancel: async (request) => {
      checkOptions("cancel", request, ["executionId", "reason"], ["executionId"]);
      const { executionId, reason } = request;
      checkText("executionId", executionId);
      checkNote("reason", reason);
      return facet().cancel(executionId, reason, settings, port);
    },

    rollback: async (request): Promise<RollbackReport> => {
      const executionId = checkExecutionId("rollback", request);
      const undo = () => facet().rollback(executionId, settings, port);
      return unwrap(await (recorder === undefined ? undo() : recorder.calledFor(executionId, undo)));
    },
    previewRollback: async (request): Promise<RollbackReport> => {
      const executionId = checkExecutionId("previewRollback", request);
      return unwrap(await facet().previewRollback(executionId, port));
    },

    recover: async () => Promise.all((await facet().recover(settings, port)).map((raw) => show(raw, raw.execution.id))),
    expirePaused: async (request) => facet().expire(checkMaxAge("expirePaused", request), port),
    maintain: async (request) => {
      const age = checkMaxAge("maintain", request);
      const recovered = (await facet().recover(settings, port)).map(({ execution }) => execution.id);
      const expired = await facet().expire(age, port);
      const pruned = await facet().prune(settings.maxExecutions);
      const oldest = await facet().oldestPaused();
      return { recovered, expired, pruned, ...(oldest !== undefined && { next: oldest + age }) };
    },

    executions: async (limit) => {
      const newest = checkRange("limit", limit, 0, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
      const whole: History[] = JSON.parse(await facet().listWhole(newest));
      return whole.map(executionView);
    },
    listExecutions: async (request: ListExecutionsOptions = {}) => {
      checkOptions("listExecutions", request, ["limit", "cursor"], []);
      const { limit, cursor } = request;
      const page = checkRange("limit", limit, 1, MAX_PAGE, 20);
      const before = cursor === undefined ? undefined : Number(cursor);
      if (before !== undefined && !Number.isSafeInteger(before)) {
        throw new CodemodeError(
          "INVALID_INPUT",
          `cursor must be one that listExecutions gave, got ${JSON.stringify(cursor)}.`,
        );
      }
      // One more than shown says whether there is a page after this one.
      const rows = await facet().list(page + 1, before);
      const shown = rows.slice(0, page);
      const last = shown.at(-1);
      return {
        executions: shown.map(summaryView),
        ...(rows.length > page && last !== undefined && { cursor: String(last.n) }),
      };
    },
    execution: async (id) => {
      checkText("id", id);
      const raw = await facet().get(id);
      return raw === undefined ? null : executionView({ ...raw, entries: entriesOf(raw) });
    },
    deleteExecution: async (id) => {
      checkText("id", id);
      return facet().delete(id, port);
    },
    pruneExecutions: async (keep) =>
      facet().prune(checkRange("keep", keep, 0, Number.MAX_SAFE_INTEGER, settings.maxExecutions)),

    saveSnippet: async (name, given) => {
      checkOptions("saveSnippet", given, ["executionId", "description", "inputSchema"], ["executionId"]);
      const { executionId, description = "", inputSchema } = given;
      checkText("executionId", executionId);
      checkNote("description", description);
      checkSnippetName(name);
      const schema = schemaText(inputSchema, settings.limits.maxValueBytes);
      return snippetView(
        unwrap(await facet().saveSnippet({ name, executionId, description, savedAt: Date.now(), inputSchema: schema })),
      );
    },
    snippets: async () => (await facet().snippets()).map(snippetView),
    deleteSnippet: async (name) => {
      checkText("name", name);
      return facet().deleteSnippet(name);
    },
  };
}
