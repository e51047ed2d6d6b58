/** The first view: everything that waits for a person, by run. */
import { ActionCard } from "./card.tsx";
import { aboutAction, type Card, type Model } from "./model.ts";
import { Empty, Text } from "./parts.tsx";
import { decider, Person } from "./person.tsx";
import { hashOf } from "./route.ts";
import type { Summary } from "./schemas.ts";
import { count, headline } from "./words.ts";

export function Waiting({ model }: { readonly model: Model }) {
  const { cards } = model.state;
  if (cards === undefined) return <p class="quiet">Reading …</p>;
  const waiting = cards.filter(({ isGone }) => !isGone).length;
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
      {[...byRun].map(([id, ofRun]) => (
        <RunCards key={id} id={id} cards={ofRun} model={model} />
      ))}
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
    <section class="group" aria-label={run === undefined ? "Actions of one run" : headline(run.code)}>
      <header>
        <h2>
          <a href={hashOf({ name: "run", id })}>
            <Text>{run === undefined ? "Open the run" : headline(run.code)}</Text>
          </a>
        </h2>
        <KeptUntil run={run} keepsMs={model.state.keepsPausedMs} />
        <ApproveAll cards={cards} model={model} />
      </header>
      <Cards cards={cards} model={model} />
    </section>
  );
}

/** The cards alone, for a view that is about their run anyway. */
export function Cards({ cards, model }: Omit<RunCardsProps, "id">) {
  return (
    <div class={model.state.isSettling ? "cards settling" : "cards"}>
      {cards.map((card) => (
        <ActionCard key={aboutAction(card.action)} card={card} model={model} />
      ))}
    </div>
  );
}

/** Approves the actions on the screen, each by its own digest: what came in the meantime is not among them. */
export function ApproveAll({ cards, model }: Omit<RunCardsProps, "id">) {
  const shown = cards.filter((card) => card.action.kind === "approval" && !card.isGone).map(({ action }) => action);
  if (shown.length < 2) return null;
  return (
    <button
      type="button"
      class="end"
      disabled={cards.some(({ busy }) => busy !== undefined)}
      onClick={() => model.approveAll(shown, decider())}
    >
      Approve all {shown.length}
    </button>
  );
}

/** A paused run is given up some time after its last change, by the maintenance of its host. */
function KeptUntil({ run, keepsMs }: { readonly run: Summary | undefined; readonly keepsMs: number | undefined }) {
  if (run === undefined || keepsMs === undefined) return null;
  const until = new Date(run.updatedAt + keepsMs);
  const when = until.toLocaleString(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });
  return (
    <p class="quiet" title={until.toLocaleString()}>
      kept until {when}
    </p>
  );
}
