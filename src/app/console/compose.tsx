/** Runs a program: a place to write it, examples and the catalog beside it, and how it went below. */
import { useEffect, useState } from "preact/hooks";
import { Catalog } from "./catalog.tsx";
import { client, RequestFailed } from "./client.ts";
import { drafts, useDraft } from "./drafts.ts";
import { EXAMPLES } from "./examples.ts";
import type { Model } from "./model.ts";
import { Failure, Output, Result } from "./outcome.tsx";
import { Badge, Text, useName, useNow } from "./parts.tsx";
import { hashOf } from "./route.ts";
import { RunBadge } from "./run-badge.tsx";
import type { Outcome } from "./schemas.ts";
import { OfRun } from "./waiting.tsx";
import { count, RUN_LOOKS, span, titleOf } from "./words.ts";

interface Props {
  readonly model: Model;
  readonly from: string | undefined;
}

/** A program on its way. The API says its id when it answers; until then the list of runs shows it by its text. */
interface Sent {
  readonly code: string;
  readonly at: number;
  readonly known: ReadonlySet<string>;
}

export function Compose({ model, from }: Props) {
  const field = useName();
  const draft = `program/${from ?? ""}`;
  const [code, type] = useDraft(draft);
  const [sent, setSent] = useState<Sent>();
  const [went, setWent] = useState<{ readonly outcome: Outcome; readonly code: string }>();
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    if (from === undefined || code !== "") return;
    client.run(from).then(
      // Not over what was typed while it was on its way.
      (run) => drafts.get(draft) === undefined && type(run.code),
      (error: unknown) => setProblem(error instanceof RequestFailed ? error.message : String(error)),
    );
  }, [from]);

  /** Where the caret is, with the caret then between the braces. */
  const insert = (call: string) => {
    const area = document.getElementById(field);
    if (!(area instanceof HTMLTextAreaElement)) return;
    area.setRangeText(call, area.selectionStart, area.selectionEnd, "end");
    area.selectionEnd -= 2;
    area.focus();
    type(area.value);
  };

  const send = async () => {
    if (code.trim() === "" || sent !== undefined) return;
    setWent(undefined);
    setProblem(undefined);
    setSent({ code, at: Date.now(), known: new Set(model.state.runs?.map(({ id }) => id)) });
    try {
      setWent({ outcome: await client.execute(code), code });
    } catch (error) {
      setProblem(error instanceof RequestFailed ? error.message : String(error));
    }
    setSent(undefined);
    model.refresh();
  };

  return (
    <>
      <div class="title">
        <h1>Run a program</h1>
      </div>
      <div class="compose">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <label for={field}>Program</label>
          <textarea
            id={field}
            class="code"
            rows={Math.min(26, Math.max(12, code.split("\n").length + 1))}
            value={code}
            placeholder={
              "async () => {\n  const account = await accounts.get({ id: 1 });\n  return account.balance;\n}"
            }
            spellcheck={false}
            autocapitalize="off"
            autocomplete="off"
            dir="ltr"
            aria-describedby={`${field}-hint`}
            onInput={(event) => type(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
              event.preventDefault();
              void send();
            }}
          />
          <div class="buttons">
            <button type="submit" class="primary" disabled={code.trim() === "" || sent !== undefined}>
              {sent === undefined ? "Run" : "Running …"}
            </button>
            <span id={`${field}-hint`} class="quiet">
              or Ctrl+Enter. What a person must allow will wait.
            </span>
          </div>
          <p class="examples">
            <span class="quiet">Examples:</span>
            {EXAMPLES.map(({ name, code: example }) => (
              <button key={name} type="button" class="link" onClick={() => type(example)}>
                {name}
              </button>
            ))}
          </p>
        </form>
        <Catalog onPick={insert} />
      </div>
      <div class="went">
        {sent !== undefined && <Progress sent={sent} model={model} />}
        {problem !== undefined && <Failure message={problem} code={undefined} />}
        {went !== undefined && <Went {...went} model={model} />}
      </div>
    </>
  );
}

function Progress({ sent, model }: { readonly sent: Sent; readonly model: Model }) {
  const now = useNow();
  const mine = model.state.runs?.find(({ id, code }) => code === sent.code && !sent.known.has(id));
  return (
    <p class="progress" role="status">
      {mine === undefined ? <Badge look={RUN_LOOKS.running} /> : <RunBadge run={mine} model={model} />}{" "}
      {span(Math.floor((now - sent.at) / 1_000) * 1_000)}
      {mine !== undefined && (
        <>
          , {count(mine.calls, "call")} so far. <a href={hashOf({ name: "run", id: mine.id })}>Watch it</a>
        </>
      )}
    </p>
  );
}

interface WentProps {
  readonly outcome: Outcome;
  /** The program as it was sent: the field may have another by now. */
  readonly code: string;
  readonly model: Model;
}

/** The outcome as answered, and as it stands since: decisions may have let it go on. */
function Went({ outcome, code, model }: WentProps) {
  const { executionId } = outcome;
  const row = model.state.runs?.find(({ id }) => id === executionId);
  const status = row?.status ?? (outcome.status === "paused" ? "paused" : outcome.status);
  return (
    <>
      <p class="facts" role="status">
        <Badge look={RUN_LOOKS[status]} />
        {executionId === "" ? (
          <span class="quiet">It was refused: nothing ran.</span>
        ) : (
          <a href={hashOf({ name: "run", id: executionId })}>Open the run</a>
        )}
      </p>
      {outcome.status === "completed" && <Result value={outcome.result} />}
      {outcome.status === "error" && (
        <Failure message={outcome.error} code={outcome.code} program={code} line={outcome.line} />
      )}
      <OfRun id={executionId} model={model} />
      {outcome.status === "paused" && row !== undefined && row.status !== "paused" && (
        <p class="quiet">
          It went on after what was decided. <a href={hashOf({ name: "run", id: executionId })}>See how it ended</a>
          {row.error !== undefined && (
            <>
              : <Text>{titleOf(row.error)}</Text>
            </>
          )}
          .
        </p>
      )}
      <Output lines={outcome.logs} />
    </>
  );
}
