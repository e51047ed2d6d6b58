/** Runs a program: a place to write it, examples and the catalog beside it, and how it went below. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Catalog } from "./catalog.tsx";
import { client, paths, problemOf } from "./client.ts";
import { drafts } from "./drafts.ts";
import { EXAMPLES } from "./examples.ts";
import { Guard } from "./guard.tsx";
import type { Model } from "./model.ts";
import { Failure, Output, Result } from "./outcome.tsx";
import { Badge, Since, Text, useName, useNow } from "./parts.tsx";
import { hashOf } from "./route.ts";
import { RunBadge } from "./run-badge.tsx";
import type { Outcome } from "./schemas.ts";
import { isOnItsWay, type Sent } from "./state.ts";
import { useDraft } from "./use-drafts.ts";
import { OfRun } from "./waiting.tsx";
import { count, RUN_LOOKS, runLook, span, titleOf } from "./words.ts";

interface Props {
  readonly model: Model;
  readonly from: string | undefined;
}

export function Compose({ model, from }: Props) {
  const field = useName();
  const draft = `program/${from ?? ""}`;
  const [code, type] = useDraft(draft);
  const [replaced, keepReplaced] = useDraft(`${draft}/replaced`);
  const refusal = useProgramOf(from, draft, type);
  const sent = model.state.sent.get(draft);
  const begin = (example: string) => {
    if (code.trim() !== "" && !isExample(code)) keepReplaced(code);
    type(example);
  };
  const bringBack = () => {
    type(replaced);
    keepReplaced(code.trim() === "" || isExample(code) ? undefined : code);
  };
  return (
    <>
      <div class="title">
        <h1>Run a program</h1>
      </div>
      <div class="compose">
        <Editor
          field={field}
          code={code}
          onType={type}
          isRunning={isOnItsWay(sent)}
          onRun={() => model.run(draft, code)}
        >
          <Examples onPick={begin} onBack={replaced === "" ? undefined : bringBack} />
        </Editor>
        <div class="went">
          {refusal !== undefined && <Failure message={refusal} code={undefined} />}
          {(sent?.code !== code || sent.problem !== undefined) && <UnderWay code={code} model={model} />}
          {sent !== undefined && (
            <Guard
              key={sent.at}
              what="How it went"
              raw={paths.runs({ limit: 1 })}
              rest="The program was sent; its run is under Runs."
            >
              <Went sent={sent} model={model} />
            </Guard>
          )}
        </div>
        <Guard what="The catalog" raw="/search?q=">
          <Catalog onPick={(call) => insert(field, call, type)} />
        </Guard>
      </div>
    </>
  );
}

/** Begins a draft with the program of a run; answers why that cannot be, if it cannot. */
function useProgramOf(from: string | undefined, draft: string, type: (code: string) => void): string | undefined {
  const [refusal, refuse] = useState<string>();
  useEffect(() => {
    if (from === undefined || (drafts.get(draft) ?? "") !== "") return;
    client.run(from).then(
      // Not over what was typed while it was on its way.
      (run) => drafts.get(draft) === undefined && type(run.code),
      (error: unknown) => refuse(problemOf(error).message),
    );
  }, [from]);
  return refusal;
}

/** Puts a call where the caret is, with the caret then between its braces. */
function insert(field: string, call: string, type: (code: string) => void): void {
  const area = document.getElementById(field);
  if (!(area instanceof HTMLTextAreaElement)) return;
  area.setRangeText(call, area.selectionStart, area.selectionEnd, "end");
  area.selectionEnd -= 2;
  area.focus();
  type(area.value);
}

interface EditorProps {
  readonly field: string;
  readonly code: string;
  readonly onType: (code: string) => void;
  readonly isRunning: boolean;
  readonly onRun: () => void;
  /** Under the field. */
  readonly children: ComponentChildren;
}

function Editor({ field, code, onType, isRunning, onRun, children }: EditorProps) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onRun();
      }}
    >
      <label for={field}>Program</label>
      <textarea
        id={field}
        class="code"
        rows={Math.min(26, Math.max(12, code.split("\n").length + 1))}
        value={code}
        placeholder={"async () => {\n  const account = await accounts.get({ id: 1 });\n  return account.balance;\n}"}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        dir="ltr"
        aria-describedby={`${field}-hint`}
        onInput={(event) => onType(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          // A key that is held runs it once.
          if (!event.repeat) onRun();
        }}
      />
      <div class="buttons">
        <button type="submit" class="primary" disabled={code.trim() === "" || isRunning}>
          {isRunning ? "Running …" : "Run"}
        </button>
        <span id={`${field}-hint`} class="quiet">
          or Ctrl+Enter. What a person must allow will wait.
        </span>
      </div>
      {children}
    </form>
  );
}

interface ExamplesProps {
  readonly onPick: (code: string) => void;
  /** Brings back the program that an example took the place of, where one did. */
  readonly onBack: (() => void) | undefined;
}

const isExample = (code: string) => EXAMPLES.some((example) => example.code === code);

function Examples({ onPick, onBack }: ExamplesProps) {
  return (
    <p class="examples">
      <span class="quiet">Examples:</span>
      {EXAMPLES.map(({ name, code }) => (
        <button key={name} type="button" class="link" onClick={() => onPick(code)}>
          {name}
        </button>
      ))}
      {onBack !== undefined && (
        <button type="button" class="link" onClick={onBack}>
          Bring back what I typed
        </button>
      )}
    </p>
  );
}

/** Says that the program in the field is running or waiting already, sent by somebody else, before this page was loaded, or without an answer. */
function UnderWay({ code, model }: { readonly code: string; readonly model: Model }) {
  const run = model.state.runs?.find(
    (one) => one.code === code && (one.status === "running" || one.status === "paused"),
  );
  if (run === undefined) return null;
  return (
    <p class="progress">
      <RunBadge run={run} model={model} /> This program is under way, started <Since at={run.createdAt} />.{" "}
      <a href={hashOf({ name: "run", id: run.id })}>Open the run</a>
    </p>
  );
}

interface SentProps {
  readonly sent: Sent;
  readonly model: Model;
}

/** What became of a program that was sent. */
function Went({ sent, model }: SentProps) {
  const { code, outcome, problem } = sent;
  if (problem !== undefined) return <Failure message={problem.message} code={undefined} />;
  if (outcome === undefined) return <Progress sent={sent} model={model} />;
  return <Answered outcome={outcome} code={code} model={model} />;
}

function Progress({ sent, model }: SentProps) {
  const now = useNow();
  const { code, known } = sent;
  const mine = known && model.state.runs?.find((run) => run.code === code && !known.has(run.id));
  return (
    <p class="progress">
      {/* Only this is told to those who hear the page: a time that is read out each second lets nothing else be heard. */}
      <span role="status">
        {mine === undefined ? <Badge look={RUN_LOOKS.running} /> : <RunBadge run={mine} model={model} />}
      </span>{" "}
      for {span(Math.floor((now - sent.at) / 1_000) * 1_000)}
      {mine !== undefined && (
        <>
          , {count(mine.calls, "entry", "entries")} so far. <a href={hashOf({ name: "run", id: mine.id })}>Watch it</a>
        </>
      )}
    </p>
  );
}

interface AnsweredProps {
  readonly outcome: Outcome;
  /** The program as it was sent: the field may have another by now. */
  readonly code: string;
  readonly model: Model;
}

/** The outcome as answered, and as it stands since: decisions may have let it go on. */
function Answered({ outcome, code, model }: AnsweredProps) {
  const { executionId } = outcome;
  const row = model.state.runs?.find(({ id }) => id === executionId);
  return (
    <>
      <p class="facts" role="status">
        <Badge look={row === undefined ? RUN_LOOKS[outcome.status] : runLook(row)} />
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
          {row.status === "running" ? "It goes on after what was decided." : "It has ended since: its run shows how."}
          {row.error !== undefined && (
            <>
              {" "}
              <Text>{titleOf(row.error)}</Text>
            </>
          )}
        </p>
      )}
      <Output lines={outcome.logs} />
    </>
  );
}
