/** The list of executions, newest first. */
import { paths } from "./client.ts";
import { Guard } from "./guard.tsx";
import type { Model } from "./model.ts";
import { Empty, Since, Text } from "./parts.tsx";
import { Refused, useRequest } from "./request.tsx";
import { hashOf, statusOf } from "./route.ts";
import { RunBadge } from "./run-badge.tsx";
import type { RunStatus, Summary } from "./schemas.ts";
import { NotYet } from "./troubles.tsx";
import { count, headline, titleOf } from "./words.ts";

/** What the list can be narrowed to; a run that is being rolled back is so for a moment only. */
const FILTERS: readonly { readonly status?: RunStatus; readonly label: string }[] = [
  { label: "All" },
  { status: "running", label: "Running" },
  { status: "paused", label: "Waiting" },
  { status: "completed", label: "Completed" },
  { status: "error", label: "Failed or cancelled" },
  { status: "rejected", label: "Rejected" },
  { status: "rolled_back", label: "Rolled back" },
];

export function Runs({ model }: { readonly model: Model }) {
  const { runs, view } = model.state;
  const status = statusOf(view);
  return (
    <>
      <div class="title">
        <h1>Runs</h1>
        <a class="button primary end" href={hashOf({ name: "new" })}>
          Run a program
        </a>
      </div>
      <nav class="filters" aria-label="Which runs">
        {FILTERS.map(({ label, ...filter }) => (
          <a
            key={label}
            href={hashOf({ name: "runs", ...filter })}
            aria-current={filter.status === status ? "true" : undefined}
          >
            {label}
          </a>
        ))}
      </nav>
      {runs === undefined ? (
        <NotYet part="runs" state={model.state} />
      ) : runs.length === 0 ? (
        <None status={status} />
      ) : (
        <List runs={runs} model={model} />
      )}
    </>
  );
}

function None({ status }: { readonly status: RunStatus | undefined }) {
  if (status !== undefined) {
    return (
      <Empty title="None of this kind">
        No run stands like that now. <a href={hashOf({ name: "runs" })}>See all runs</a>.
      </Empty>
    );
  }
  return (
    <Empty title="Nothing ran yet">
      <a href={hashOf({ name: "new" })}>Run a program</a>: it shows up here, with everything that it did.
    </Empty>
  );
}

function List({ runs, model }: { readonly runs: readonly Summary[]; readonly model: Model }) {
  const { busy, problem, send } = useRequest();
  return (
    <>
      <ul class="runs sheet">
        {runs.map((run) => (
          <li key={run.id}>
            <Guard what="This run" raw={paths.run(run.id)}>
              <Row run={run} model={model} />
            </Guard>
          </li>
        ))}
      </ul>
      {model.state.cursor !== undefined && (
        <button
          type="button"
          class="more"
          aria-disabled={busy !== undefined}
          onClick={() => send("Loading …", () => model.more())}
        >
          {busy ?? "Load older runs"}
        </button>
      )}
      <Refused problem={problem} />
    </>
  );
}

function Row({ run, model }: { readonly run: Summary; readonly model: Model }) {
  return (
    <a class="row" href={hashOf({ name: "run", id: run.id })}>
      <RunBadge run={run} model={model} />
      <span class="what">
        <code>
          <Text>{headline(run.code)}</Text>
        </code>
        {run.error !== undefined && (
          <span class="why">
            <Text>{titleOf(run.error)}</Text>
          </span>
        )}
      </span>
      <span class="quiet calls">{count(run.calls, "entry", "entries")}</span>
      <span class="quiet age">
        <Since at={run.createdAt} />
      </span>
    </a>
  );
}
