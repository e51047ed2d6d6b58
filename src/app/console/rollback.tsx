/** Undoing a run: first what would be undone and what cannot be, then, asked once more, the rollback itself. */
import { useState } from "preact/hooks";
import { client } from "./client.ts";
import { givenTo } from "./find.ts";
import type { Model } from "./model.ts";
import { AskTwice, Text } from "./parts.tsx";
import { Refused, useRequest } from "./request.tsx";
import type { Entry, Report, Run } from "./schemas.ts";
import { count } from "./words.ts";

type Item = Report["items"][number];

const OUTCOMES: Readonly<
  Record<Item["outcome"], { readonly sign: string; readonly says: string; readonly tone: string }>
> = {
  would_revert: { sign: "↶", says: "can be undone", tone: "good" },
  reverted: { sign: "✓", says: "was undone", tone: "good" },
  failed: { sign: "!", says: "could not be undone; another rollback tries again", tone: "bad" },
  irreversible: { sign: "–", says: "cannot be undone: its tool has no way back", tone: "plain" },
  in_doubt: { sign: "?", says: "nobody knows whether it ran: look where it would show", tone: "doubt" },
};

const LOOKING = "Looking …";
const UNDOING = "Rolling back …";

/** What was answered, and how the run stood when it was asked for. */
interface Looked {
  readonly report: Report;
  /** It is what a rollback did, not what one would do. */
  readonly isDone: boolean;
  readonly standing: string;
}

/** What a rollback would undo follows from this. */
function standingOf({ log }: Run): string {
  return log.map(({ seq, state }) => `${seq} ${state}`).join();
}

export function Rollback({ run, model }: { readonly run: Run; readonly model: Model }) {
  const [looked, keep] = useState<Looked>();
  const { busy, problem, send } = useRequest();
  // What runs must be cancelled first; what made no calls has nothing to undo.
  if (run.status === "running" || run.log.length === 0) return null;

  const standing = standingOf(run);
  // What was shown before the run went on is not what a rollback would undo now; one on its way is what changes the run.
  const isOld = looked !== undefined && !looked.isDone && busy === undefined && looked.standing !== standing;
  const report = isOld ? undefined : looked?.report;
  const ask = async (says: typeof LOOKING | typeof UNDOING, request: () => Promise<Report>) => {
    const answer = await send(says, request);
    model.refresh();
    if (answer === undefined) return;
    keep({ report: answer, isDone: says === UNDOING, standing });
    if (says === UNDOING) model.say("Rolled back.", run.id);
  };
  const open = report?.items.filter(({ outcome }) => outcome === "would_revert" || outcome === "failed").length ?? 0;
  return (
    <section class="rollback" aria-label="Rollback">
      <h2>Rollback</h2>
      {report === undefined && (
        <p class="quiet">
          {isOld ? "The run has changed since you looked." : "See what of this run can be undone."} Looking changes
          nothing.
        </p>
      )}
      <Refused problem={problem} />
      <div aria-live="polite">{report !== undefined && <ReportTable report={report} log={run.log} />}</div>
      <div class="buttons">
        <button
          type="button"
          disabled={busy !== undefined}
          onClick={() => ask(LOOKING, () => client.previewRollback(run.id))}
        >
          {busy === LOOKING ? busy : report === undefined ? "Preview rollback" : "Look again"}
        </button>
        {report !== undefined && open > 0 && looked?.isDone !== true && busy !== LOOKING && (
          <AskTwice
            label={`Roll back ${count(open, "call")}…`}
            question={
              run.status === "paused" ? "Undo them, newest first, and end the run?" : "Undo them, newest first?"
            }
            yes="Roll back"
            busy={busy}
            onYes={() => ask(UNDOING, () => model.ending(run.id, () => client.rollback(report)))}
          />
        )}
      </div>
    </section>
  );
}

interface TableProps {
  readonly report: Report;
  /** Says of each call what it was given: many are of one tool. */
  readonly log: readonly Entry[];
}

function ReportTable({ report, log }: TableProps) {
  const given = new Map(log.map((entry) => [entry.seq, givenTo(entry)]));
  if (report.items.length === 0) return <p class="quiet">Nothing to undo: this run changed nothing.</p>;
  return (
    <table class="report">
      <caption class="unseen">What a rollback does, newest call first</caption>
      <thead>
        <tr>
          <th scope="col">Call</th>
          <th scope="col">Tool</th>
          <th scope="col">Rollback</th>
        </tr>
      </thead>
      <tbody>
        {report.items.map((item) => (
          <ReportRow key={item.seq} item={item} given={given.get(item.seq) ?? ""} />
        ))}
      </tbody>
    </table>
  );
}

function ReportRow({ item, given }: { readonly item: Item; readonly given: string }) {
  const { seq, connector, method, outcome, error } = item;
  const { sign, says, tone } = OUTCOMES[outcome];
  return (
    <tr>
      <td class="number">{seq}</td>
      <td>
        <code>
          <Text>{`${connector}.${method}`}</Text>{" "}
          <span class="quiet">
            <Text>{given}</Text>
          </span>
        </code>
      </td>
      <td class={tone}>
        <span aria-hidden="true">{sign}</span> {says}
        {error !== undefined && (
          <p class="quiet">
            <Text>{error}</Text>
          </p>
        )}
      </td>
    </tr>
  );
}
