/** The list of executions, newest first. */
import { paths } from "./client.ts";
import { Guard } from "./guard.tsx";
import type { Model } from "./model.ts";
import { Empty, Since, Text } from "./parts.tsx";
import { Refused, useRequest } from "./request.tsx";
import { hashOf } from "./route.ts";
import { RunBadge } from "./run-badge.tsx";
import type { Summary } from "./schemas.ts";
import { NotYet } from "./troubles.tsx";
import { count, headline, titleOf } from "./words.ts";

export function Runs({ model }: { readonly model: Model }) {
  const { runs, cursor } = model.state;
  const { busy, problem, send } = useRequest();
  if (runs === undefined) return <NotYet part="runs" state={model.state} />;
  return (
    <>
      <div class="title">
        <h1>Runs</h1>
        <a class="button primary end" href={hashOf({ name: "new" })}>
          Run a program
        </a>
      </div>
      {runs.length === 0 && (
        <Empty title="Nothing ran yet">
          <a href={hashOf({ name: "new" })}>Run a program</a>: it shows up here, with everything that it did.
        </Empty>
      )}
      <ul class="runs sheet">
        {runs.map((run) => (
          <li key={run.id}>
            <Guard what="This run" raw={paths.run(run.id)}>
              <Row run={run} model={model} />
            </Guard>
          </li>
        ))}
      </ul>
      {cursor !== undefined && (
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
