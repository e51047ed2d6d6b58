/** Undoing a run: first what would be undone and what cannot be, then, asked once more, the rollback itself. */
import { useState } from "preact/hooks";
import { client, RequestFailed } from "./client.ts";
import type { Model } from "./model.ts";
import { AskTwice, Text } from "./parts.tsx";
import type { Report, Run } from "./schemas.ts";
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

export function Rollback({ run, model }: { readonly run: Run; readonly model: Model }) {
  const [report, setReport] = useState<Report>();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [isDone, setDone] = useState(false);
  // It must be cancelled first.
  if (run.status === "running") return null;

  const ask = async (request: (id: string) => Promise<Report>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      setReport(await request(run.id));
      return true;
    } catch (error) {
      setProblem(error instanceof RequestFailed ? error.message : String(error));
      return false;
    } finally {
      setBusy(false);
      model.refresh();
    }
  };
  const undo = async () => {
    if (!(await ask(client.rollback))) return;
    setDone(true);
    model.say("Rolled back.", run.id);
  };
  const open = report?.items.filter(({ outcome }) => outcome === "would_revert" || outcome === "failed").length ?? 0;
  return (
    <section class="rollback" aria-label="Rollback">
      <h2>Rollback</h2>
      {report === undefined && <p class="quiet">See what of this run can be undone. Looking changes nothing.</p>}
      <div aria-live="polite">
        {problem !== undefined && (
          <p class="refusal">
            <Text>{problem}</Text>
          </p>
        )}
        {report !== undefined && <ReportTable report={report} />}
      </div>
      <div class="buttons">
        <button
          type="button"
          disabled={isBusy}
          onClick={() => {
            setDone(false);
            void ask(client.previewRollback);
          }}
        >
          {report === undefined ? "Preview rollback" : "Look again"}
        </button>
        {open > 0 && !isDone && (
          <AskTwice
            label={`Roll back ${count(open, "call")}…`}
            question={
              run.status === "paused" ? "Undo them, newest first, and end the run?" : "Undo them, newest first?"
            }
            yes="Roll back"
            busy={isBusy}
            onYes={undo}
          />
        )}
      </div>
    </section>
  );
}

function ReportTable({ report }: { readonly report: Report }) {
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
          <tr key={item.seq}>
            <td class="number">{item.seq}</td>
            <td>
              <code>
                <Text>{`${item.connector}.${item.method}`}</Text>
              </code>
            </td>
            <td class={OUTCOMES[item.outcome].tone}>
              <span aria-hidden="true">{OUTCOMES[item.outcome].sign}</span> {OUTCOMES[item.outcome].says}
              {item.error !== undefined && (
                <p class="quiet">
                  <Text>{item.error}</Text>
                </p>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
