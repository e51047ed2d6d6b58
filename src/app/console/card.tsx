/** One action that waits for a person: what it would do, and the ways to decide on it. */
import { ApprovalForms } from "./approval-forms.tsx";
import { aboutAction, type Card, isGoneForGood, isOpen } from "./cards.ts";
import { DoubtForms } from "./doubt-forms.tsx";
import type { Model } from "./model.ts";
import { Arguments, Badge, Since, Text, useName } from "./parts.tsx";
import { isUnknown, type RefusalWords, refusalWords } from "./refusals.ts";
import { hashOf } from "./route.ts";
import type { Action } from "./schemas.ts";
import { count, ENTRY_LOOKS } from "./words.ts";

export function ActionCard({ card, model }: { readonly card: Card; readonly model: Model }) {
  const { action, busy, problem } = card;
  const title = useName();
  const path = `${action.connector}.${action.method}`;
  const said = model.state.described.get(path);
  const isGone = isGoneForGood(card);
  return (
    <article class={`card ${action.kind}`} aria-labelledby={title} aria-busy={busy !== undefined}>
      <header>
        <h3 id={title}>
          <Text>{path}</Text>
        </h3>
        {isOpen(card) && <Badge look={ENTRY_LOOKS[action.kind === "approval" ? "pending" : "in_doubt"]} />}
        <span class="quiet end">
          <Since at={action.askedAt} wait={isOpen(card) && !card.hasEnded} />
        </span>
      </header>
      {said !== undefined && (
        <p class="said">
          <Text>{said}</Text>
        </p>
      )}
      {action.kind === "in_doubt" && <DoubtNote card={card} />}
      {action.argsLeftOut ? <LeftOut card={card} /> : <Arguments value={action.args} />}
      {!action.argsLeftOut && <Before action={action} />}
      <div aria-live="polite">
        {problem !== undefined && <Refusal code={problem.code} words={refusalWords(problem)} />}
        {isGone && <Gone card={card} />}
        {card.isGone && busy !== undefined && <GoesOn card={card} />}
      </div>
      {action.kind === "approval" ? (
        <ApprovalForms card={card} model={model} key={aboutAction(action)} />
      ) : (
        <DoubtForms card={card} model={model} key={aboutAction(action)} />
      )}
      {isGone && (
        <p class="buttons">
          <PutAway card={card} model={model} />
        </p>
      )}
    </article>
  );
}

/** Why there is nothing to decide any more; a refusal that says it is enough. */
function Gone({ card: { action, problem } }: { readonly card: Card }) {
  if (problem !== undefined && !isUnknown(problem)) return null;
  return (
    <p class="refusal">
      {problem === undefined ? (
        "This was decided somewhere else, or its run has ended. What you typed is kept here until you put it away."
      ) : (
        <>
          It no longer waits: your decision arrived, or it was decided somewhere else, or its run has ended.{" "}
          <a href={hashOf({ name: "run", id: action.executionId })}>Its run</a> says which.
        </>
      )}
    </p>
  );
}

/** The answer to a decision comes when its run has ended or waits again, which may be long after the decision was taken. */
function GoesOn({ card: { action } }: { readonly card: Card }) {
  return (
    <p class="quiet">
      It no longer waits. <a href={hashOf({ name: "run", id: action.executionId })}>Its run</a> shows how it goes on.
    </p>
  );
}

/** Takes a card away that can do nothing any more, with what was typed. */
export function PutAway({ card, model }: { readonly card: Card; readonly model: Model }) {
  if (!isGoneForGood(card)) return null;
  return (
    <button type="button" onClick={() => model.dismiss(card.action)}>
      Put away
    </button>
  );
}

function DoubtNote({ card: { action, hasEnded } }: { readonly card: Card }) {
  return (
    <p class="doubt-note">
      The process ended while this ran: it may or may not have taken effect. Look where it would show, then say what
      happened. {hasEnded && "Its run is over and nothing waits for it, but a rollback then knows what to undo. "}
      Its key: <code>{`${action.executionId}:${action.seq}`}</code>
    </p>
  );
}

/** More waits than one answer of the Worker can hold. */
function LeftOut({ card: { action, hasEnded } }: { readonly card: Card }) {
  return (
    <p class="left-out">
      {hasEnded ? (
        <>There is too much to show its arguments here: they are in the journal of </>
      ) : (
        <>
          There is too much to show its arguments beside all the others, and what nobody saw does not run. Decide on the
          others first, or look at it alone, with{" "}
        </>
      )}
      <a href={hashOf({ name: "run", id: action.executionId })}>its run</a>.
    </p>
  );
}

interface RefusalProps {
  readonly code: string;
  readonly words: RefusalWords;
}

export function Refusal({ code, words: { outcome, plain, detail } }: RefusalProps) {
  return (
    <div class="refusal">
      <p>
        <strong>{outcome}</strong> <Text>{plain}</Text>
      </p>
      {detail !== undefined && (
        <p class="quiet">
          <code>{code}</code> <Text>{detail}</Text>
        </p>
      )}
    </div>
  );
}

/** What the run did before, its last calls; all of it is in the run's own journal. */
function Before({ action: { executionId, seq, before, earlier } }: { readonly action: Action }) {
  if (before.length === 0) return <p class="quiet before">The first call of its run.</p>;
  const calls = before.reduce((sum, { times }) => sum + times, 0);
  return (
    <details class="before">
      <summary>After {earlier === 0 ? count(calls, "other call") : count(seq, "other entry", "other entries")}</summary>
      <ol>
        {earlier > 0 && (
          <li>
            <a href={hashOf({ name: "run", id: executionId })}>{count(earlier, "entry", "entries")} before these</a>
          </li>
        )}
        {before.map((line) => (
          <li key={line.seq}>
            <code>
              <Text>{`${line.connector}.${line.method}`}</Text>
            </code>
            {line.times > 1 && ` × ${line.times}`} <span class="quiet">{ENTRY_LOOKS[line.state].label}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}
