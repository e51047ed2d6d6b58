/** Says what became of a call that a crash left in doubt: it ran, it is to run, or it failed. */

import { drafts, useDraft } from "./drafts.ts";
import { JsonField } from "./json-field.tsx";
import { aboutAction, type Card, type Model } from "./model.ts";
import { useName } from "./parts.tsx";
import { decider } from "./person.tsx";
import { parseJson } from "./values.ts";

interface Props {
  readonly card: Card;
  readonly model: Model;
}

export function DoubtForms({ card, model }: Props) {
  const { action } = card;
  const [form, open] = useDraft(`${aboutAction(action)}/form`);
  const isGone = card.isGone && card.busy === undefined;
  if (form === "ran") return <RanForm card={card} model={model} onClose={() => open(undefined)} />;
  if (form === "fail") return <FailForm card={card} model={model} onClose={() => open(undefined)} />;
  if (isGone) return null;
  const path = `${action.connector}.${action.method}`;
  return (
    <div class="buttons">
      <button type="button" class="primary" aria-label={`It ran: ${path}`} onClick={() => open("ran")}>
        {card.busy ?? "It ran…"}
      </button>
      <button
        type="button"
        aria-label={`It did not run, run it: ${path}`}
        onClick={() => model.decide(action, { kind: "run" }, decider())}
      >
        Run it
      </button>
      <button type="button" aria-label={`It failed: ${path}`} onClick={() => open("fail")}>
        It failed…
      </button>
    </div>
  );
}

interface FormProps extends Props {
  readonly onClose: () => void;
}

function RanForm({ card, model, onClose }: FormProps) {
  const { action } = card;
  const draft = `${aboutAction(action)}/result`;
  const [text, type] = useDraft(draft, "null");
  const parsed = parseJson(text);
  const isGone = card.isGone && card.busy === undefined;
  return (
    <form
      class="decide"
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed.ok) void model.decide(action, { kind: "ran", result: parsed.value }, decider());
      }}
    >
      <JsonField
        label="What it answered, as JSON: the program gets this as the result"
        text={text}
        fault={parsed.ok ? undefined : parsed.message}
        onType={type}
      />
      <Buttons
        label={card.busy ?? "It ran, with this result"}
        can={parsed.ok && !isGone}
        draft={draft}
        onClose={onClose}
      />
    </form>
  );
}

function FailForm({ card, model, onClose }: FormProps) {
  const { action } = card;
  const draft = `${aboutAction(action)}/error`;
  const [error, type] = useDraft(draft);
  const id = useName();
  const isGone = card.isGone && card.busy === undefined;
  return (
    <form
      class="decide"
      onSubmit={(event) => {
        event.preventDefault();
        void model.decide(action, { kind: "fail", error }, decider());
      }}
    >
      <label for={id}>What went wrong: the program gets this as the error</label>
      <input
        id={id}
        type="text"
        value={error}
        autocomplete="off"
        placeholder="The bank has no such payment."
        onInput={(event) => type(event.currentTarget.value)}
      />
      <Buttons label={card.busy ?? "It failed"} can={!isGone} draft={draft} onClose={onClose} />
    </form>
  );
}

function Buttons(props: {
  readonly label: string;
  readonly can: boolean;
  readonly draft: string;
  readonly onClose: () => void;
}) {
  return (
    <div class="buttons">
      <button type="submit" class="primary" disabled={!props.can}>
        {props.label}
      </button>
      <button
        type="button"
        onClick={() => {
          drafts.set(props.draft, undefined);
          props.onClose();
        }}
      >
        Back
      </button>
    </div>
  );
}
