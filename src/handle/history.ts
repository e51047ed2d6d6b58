/** The part of a handle that looks back and cleans up: executions, rollback, and what the host's alarm does. */
import { CodemodeError } from "../errors.ts";
import type { CodemodeRuntimeHandle, ListExecutionsOptions } from "../handle-types.ts";
import type { RollbackPreview, RollbackReport } from "../journal/public.ts";
import { EXECUTION_STATUSES } from "../journal/states.ts";
import { checkOptions, checkRange, checkText } from "../options.ts";
import { entriesOf, type History } from "../runtime/requests.ts";
import { checkChoice, checkExecutionId, checkMaxAge, checkNote } from "../tool/check-decision.ts";
import { executionView, summaryView } from "../view.ts";
import { type Host, show, unwrap } from "./request.ts";

type Past = Pick<
  CodemodeRuntimeHandle,
  "executions" | "listExecutions" | "execution" | "deleteExecution" | "pruneExecutions"
>;
type Upkeep = Pick<CodemodeRuntimeHandle, "rollback" | "previewRollback" | "recover" | "expirePaused" | "maintain">;

const MAX_PAGE = 200;

/** Until what is due and could not be done, a journal that cannot be read above all, is tried again: an alarm that is due at once never rests. */
const RETRY_MS = 3_600_000;

/** The `n` of the last execution on the page before. */
function placeOf(cursor: unknown): number | undefined {
  const before = cursor === undefined ? undefined : Number(cursor);
  if (before === undefined || Number.isSafeInteger(before)) return before;
  throw new CodemodeError(
    "INVALID_INPUT",
    `cursor must be one that listExecutions gave, got ${JSON.stringify(cursor)}.`,
  );
}

export function past({ facet, settings, port }: Host): Past {
  return {
    executions: async (limit) => {
      const newest = checkRange("limit", limit, 0, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
      const whole: History[] = JSON.parse(await facet().listWhole(newest));
      return whole.map(executionView);
    },
    listExecutions: async (request: ListExecutionsOptions = {}) => {
      checkOptions("listExecutions", request, ["limit", "cursor", "status"], []);
      if (request.status !== undefined) checkChoice("status", request.status, EXECUTION_STATUSES);
      const page = checkRange("limit", request.limit, 1, MAX_PAGE, 20);
      // One more than shown says whether there is a page after this one.
      const rows = await facet().list(page + 1, placeOf(request.cursor), request.status);
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
      return facet().delete(id, settings, port);
    },
    pruneExecutions: async (keep) =>
      facet().prune(checkRange("keep", keep, 0, Number.MAX_SAFE_INTEGER, settings.maxExecutions)),
  };
}

export function upkeep(host: Host): Upkeep {
  const { facet, settings, port, recorder } = host;
  return {
    rollback: async (request): Promise<RollbackReport> => {
      const executionId = checkExecutionId("rollback", request);
      const { digest } = request;
      checkNote("digest", digest);
      const undo = () => facet().rollback(executionId, digest, settings, port);
      return unwrap(await (recorder === undefined ? undo() : recorder.calledFor(executionId, undo)));
    },
    previewRollback: async (request): Promise<RollbackPreview> => {
      const executionId = checkExecutionId("previewRollback", request);
      return unwrap(await facet().previewRollback(executionId, settings, port));
    },
    recover: async () => {
      const recovered = await facet().recover(settings, port);
      return Promise.all(recovered.map(async (id) => show(host, await facet().outcome(id, settings, port), id)));
    },
    expirePaused: async (request) => facet().expire(checkMaxAge("expirePaused", request), settings, port),
    maintain: async (request) => {
      const age = checkMaxAge("maintain", request);
      const { oldestWaiting, ...report } = await facet().maintain(age, settings, port);
      if (oldestWaiting === undefined) return report;
      const [due, now] = [oldestWaiting + age, Date.now()];
      return { ...report, next: due > now ? due : now + RETRY_MS };
    },
  };
}
