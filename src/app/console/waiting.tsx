/** The first view: everything that waits for a person, by run. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { canApprove } from "./approval-forms.tsx";
import { ActionCard, PutAway, Refusal } from "./card.tsx";
import { aboutAction, type Card, isGoneForGood, isOpen } from "./cards.ts";
import { paths } from "./client.ts";
import { Guard } from "./guard.tsx";
import type { Model } from "./model.ts";
import { Badge, Empty, Text } from "./parts.tsx";
import { decider, Person } from "./person.tsx";
import { refusalWordsOfSeveral } from "./refusals.ts";
import { hashOf } from "./route.ts";
import type { Summary } from "./schemas.ts";
import { NotYet } from "./troubles.tsx";
import { useDrafts } from "./use-drafts.ts";
import { count, headline, runLook } from "./words.ts";

/** Runs, and cards of each, that are drawn at once: there may be hundreds. */
const PAGE = 50;

export function Waiting({ model }: { readonly model: Model }) {
  const { cards } = model.state;
  const [shown, show] = useState(PAGE);
  if (cards === undefined) return <NotYet part="waiting" state={model.state} />;
  const waiting = cards.filter(isOpen).length;
  const byRun = Map.groupBy(cards, ({ action }) => action.executionId);
  return (
    <>
      <div class="title">
        <h1>Waiting for you</h1>
        {waiting > 0 && (
          <p class="quiet">
            {count(waiting, "action")} of {count(byRun.size, "run")}
          </p>
        )}
        {cards.length > 0 && <Person />}
      </div>
      {cards.length === 0 && (
        <Empty title="Nothing waits for you">
          When a program asks for something that a person must allow, it shows up here by itself.{" "}
          <a href={hashOf({ name: "new" })}>Run a program</a> or look at <a href={hashOf({ name: "runs" })}>what ran</a>
          .
        </Empty>
      )}
      {[...byRun].slice(0, shown).map(([id, ofRun]) => (
        <Guard key={id} what="What waits of one run" raw={paths.pending(id)}>
          <RunCards id={id} cards={ofRun} model={model} />
        </Guard>
      ))}
      <More of={byRun.size} one="run" shown={shown} onMore={() => show(shown + PAGE)} />
    </>
  );
}

interface RunCardsProps {
  readonly id: string;
  readonly cards: readonly Card[];
  readonly model: Model;
}

function RunCards({ id, cards, model }: RunCardsProps) {
  const run = model.state.runs?.find((row) => row.id === id);
  return (
    <Group id={id} label={run === undefined ? "Actions of one run" : headline(run.code)} cards={cards} model={model}>
      <h2>
        <a href={hashOf({ name: "run", id })}>
          <Text>{run === undefined ? "Open the run" : headline(run.code)}</Text>
        </a>
      </h2>
      {run?.status === "paused" && <KeptUntil run={run} keepsMs={model.state.keepsPausedMs} />}
      {run !== undefined && run.status !== "paused" && <Badge look={runLook(run)} />}
    </Group>
  );
}

/** What a run needs a person for, in a view of that run. */
export function OfRun({ id, model }: { readonly id: string; readonly model: Model }) {
  const cards = (model.state.cards ?? []).filter(({ action }) => action.executionId === id);
  if (cards.length === 0) return null;
  const title = cards.every(({ hasEnded }) => hasEnded) ? "It left calls in doubt" : "It waits for you";
  return (
    <Group id={id} label={title} cards={cards} model={model}>
      <h2>{title}</h2>
      <Person />
    </Group>
  );
}

interface GroupProps {
  /** Of the run. */
  readonly id: string;
  readonly label: string;
  readonly cards: readonly Card[];
  readonly model: Model;
  /** Its heading, and what stands beside that. */
  readonly children: ComponentChildren;
}

/** The cards of one run. */
function Group({ id, label, cards, model, children }: GroupProps) {
  const [shown, show] = useState(PAGE);
  const [broken, setBroken] = useState<ReadonlySet<string>>(new Set());
  const refused = model.state.refused.get(id);
  const page = cards.slice(0, shown);
  const seen = page.filter(({ action }) => !broken.has(aboutAction(action)));
  const mark = (about: string, isDrawn: boolean) =>
    setBroken((before) => new Set(isDrawn ? [...before].filter((one) => one !== about) : [...before, about]));
  return (
    <section class="group" aria-label={label}>
      <header>
        {children}
        <ApproveAll id={id} cards={seen} model={model} isWhole={seen.length === cards.length} />
      </header>
      <div aria-live="polite">
        {refused !== undefined && <Refusal code={refused.code} words={refusalWordsOfSeveral(refused)} />}
      </div>
      <div class="cards">
        {page.map((card) => (
          <Guard
            key={aboutAction(card.action)}
            what="This action"
            raw={paths.pending(card.action.executionId)}
            rest={
              isGoneForGood(card)
                ? "It no longer waits: it was decided somewhere else, or its run has ended."
                : "It still waits, and is not approved with the others."
            }
            more={<PutAway card={card} model={model} />}
            onDrawn={(isDrawn) => mark(aboutAction(card.action), isDrawn)}
          >
            <ActionCard card={card} model={model} />
          </Guard>
        ))}
      </div>
      <More of={cards.length} one="action" shown={shown} onMore={() => show(shown + PAGE)} />
    </section>
  );
}

interface MoreProps {
  readonly of: number;
  readonly one: string;
  readonly shown: number;
  readonly onMore: () => void;
}

function More({ of, one, shown, onMore }: MoreProps) {
  if (of <= shown) return null;
  return (
    <button type="button" class="more" onClick={onMore}>
      Show {Math.min(PAGE, of - shown)} more of {count(of, one)}
    </button>
  );
}

/**
 * Approves the actions on the screen in one decision, each by its own digest: what nobody has seen yet is not among them, nor what somebody is
 * about to edit or to reject.
 */
function ApproveAll({
  id,
  cards,
  model,
  isWhole,
}: Pick<GroupProps, "id" | "cards" | "model"> & { readonly isWhole: boolean }) {
  const drafts = useDrafts();
  const open = cards.filter((card) => isOpen(card) && canApprove(card.action)).map(({ action }) => action);
  const shown = open.filter((action) => !drafts.isAt(aboutAction(action)));
  const which = shown.length < open.length ? "the other" : isWhole ? "all" : "these";
  const isBusy = cards.some(({ busy }) => busy !== undefined);
  if (shown.length < 2) return null;
  return (
    <button
      type="button"
      class="end"
      aria-disabled={isBusy}
      onClick={() => !isBusy && model.approveAll(id, shown, decider())}
    >
      Approve {which} {shown.length}
    </button>
  );
}

/** A paused run is given up some time after its last change, by the maintenance of its host. */
function KeptUntil({ run, keepsMs }: { readonly run: Summary; readonly keepsMs: number | undefined }) {
  if (keepsMs === undefined) return null;
  const until = new Date(run.updatedAt + keepsMs);
  const when = until.toLocaleString(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });
  return (
    <p class="quiet" title={until.toLocaleString()}>
      kept until {when}
    </p>
  );
}
