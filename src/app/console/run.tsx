/** One execution: where it stands, what it waits for, what it did, and what can be done with it. */
import { client, paths } from "./client.ts";
import { Guard } from "./guard.tsx";
import { Journal } from "./journal.tsx";
import type { Model } from "./model.ts";
import { Failure, Output, Result } from "./outcome.tsx";
import { AskTwice, Empty, Since, Text } from "./parts.tsx";
import { decider } from "./person.tsx";
import { Program } from "./program.tsx";
import { Refused, useRequest } from "./request.tsx";
import { Rollback } from "./rollback.tsx";
import { hashOf } from "./route.ts";
import { RunBadge } from "./run-badge.tsx";
import type { Run } from "./schemas.ts";
import { SaveSnippet } from "./snippet.tsx";
import { pausesOf } from "./stretches.ts";
import { NotYet } from "./troubles.tsx";
import { OfRun } from "./waiting.tsx";
import { count, headline, span } from "./words.ts";

export function RunView({ id, model }: { readonly id: string; readonly model: Model }) {
  const { run, isMissing } = model.state;
  if (isMissing) {
    return (
      <Empty title="This run is not here">
        It may have been pruned: a runtime keeps its newest runs. <a href={hashOf({ name: "runs" })}>See all runs</a>.
      </Empty>
    );
  }
  if (run === undefined || run.id !== id) return <NotYet part="run" state={model.state} />;
  const raw = paths.run(id);
  return (
    <>
      <Guard what="The head of this run" raw={raw}>
        <Head run={run} model={model} />
      </Guard>
      <Guard what="What waits of this run" raw={paths.pending(id)}>
        <OfRun id={id} model={model} />
      </Guard>
      <Guard what="How this run ended" raw={raw}>
        {(run.status === "completed" || run.result !== undefined) && <Result value={run.result} />}
        {run.error !== undefined && (
          <Failure message={run.error} code={run.errorCode} program={run.code} line={run.errorLine} />
        )}
      </Guard>
      <Guard what="The journal" raw={raw}>
        <Journal run={run} />
      </Guard>
      <Guard what="The program" raw={raw}>
        <section>
          <h2>Program</h2>
          <Program code={run.code} errorLine={run.errorLine} />
          {run.status === "completed" && <SaveSnippet key={run.id} run={run} model={model} />}
        </section>
      </Guard>
      <Guard what="The console output" raw={raw}>
        <Output lines={run.logs} />
      </Guard>
      <Guard what="The rollback" raw={raw}>
        <Rollback key={run.id} run={run} model={model} />
      </Guard>
    </>
  );
}

/** What the time of a run's last change says: a run that is undone changed last when that was done, not when it ended. */
const CHANGED: Readonly<Record<Run["status"], "goes on" | "ended" | "undone">> = {
  running: "goes on",
  paused: "goes on",
  completed: "ended",
  error: "ended",
  rejected: "ended",
  rolling_back: "undone",
  rolled_back: "undone",
};

/** Whether it stood still on its way: for a person, or because a pass was cut off. */
function hasWaited({ log, passes, updatedAt }: Run): boolean {
  return passes > 1 || pausesOf(log, updatedAt).length > 0;
}

function Head({ run, model }: { readonly run: Run; readonly model: Model }) {
  const { busy, problem, send } = useRequest();
  const changed = CHANGED[run.status];
  const cancel = async () => {
    const request = () => model.ending(run.id, () => client.cancel(run.id, decider()));
    if (await send("Cancelling …", request)) model.say("Cancelled.", run.id);
    model.refresh();
  };
  return (
    <header class="run-head">
      <h1>
        <Text>{headline(run.code)}</Text>
      </h1>
      <p class="facts">
        <RunBadge run={run} model={model} />
        <span>{count(run.log.filter(({ kind }) => kind === "call").length, "call")}</span>
        <span>{count(run.passes, "pass", "passes")}</span>
        <span>
          started <Since at={run.createdAt} />
        </span>
        {changed === "ended" && (
          <span>
            took {span(run.updatedAt - run.createdAt)}
            {hasWaited(run) && ", waits included"}
          </span>
        )}
        {changed === "undone" && (
          <span>
            undone <Since at={run.updatedAt} />
          </span>
        )}
        <code class="id">{run.id}</code>
      </p>
      <div class="buttons">
        <a class="button" href={hashOf({ name: "new", from: run.id })}>
          Use as a new program
        </a>
        {changed === "goes on" && (
          <AskTwice
            label="Cancel the run…"
            question="End it here? What ran stays."
            yes="Cancel the run"
            busy={busy}
            onYes={cancel}
          />
        )}
      </div>
      <Refused problem={problem} />
    </header>
  );
}
