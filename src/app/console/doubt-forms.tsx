/** Says what became of a call that a crash left in doubt: it ran, it is to run, or it failed. */
import { useMemo } from "preact/hooks";
import { aboutAction, type Card, isGoneForGood } from "./cards.ts";
import { useDraft } from "./drafts.ts";
import { type FormProps, useForm } from "./forms.ts";
import { JsonField } from "./json-field.tsx";
import type { Model } from "./model.ts";
import { useName } from "./parts.tsx";
import { decider } from "./person.tsx";
import { parseJson } from "./values.ts";

interface Props {
  readonly card: Card;
  readonly model: Model;
}

export function DoubtForms({ card, model }: Props) {
  const { action, hasEnded } = card;
  const { form, open, close, focus } = useForm(aboutAction(action));
  if (form === "ran") return <RanForm card={card} model={model} onClose={close} focus={focus("ran")} />;
  if (form === "fail") return <FailForm card={card} model={model} onClose={close} focus={focus("fail")} />;
  if (isGoneForGood(card)) return null;
  const path = `${action.connector}.${action.method}`;
  return (
    <div class="buttons">
      <button
        type="button"
        class="primary"
        aria-label={`It ran: ${path}`}
        ref={focus("ran")}
        onClick={() => open("ran")}
      >
        {card.busy ?? "It ran…"}
      </button>
      {!hasEnded && action.argsLeftOut !== true && (
        <button
          type="button"
          aria-label={`It did not run, run it: ${path}`}
          onClick={() => model.decide(action, { kind: "run" }, decider())}
        >
          Run it
        </button>
      )}
      <button type="button" aria-label={`It failed: ${path}`} ref={focus("fail")} onClick={() => open("fail")}>
        It failed…
      </button>
    </div>
  );
}

function RanForm({ card, model, onClose, focus }: FormProps) {
  const { action, hasEnded } = card;
  const draft = `${aboutAction(action)}/result`;
  const [text, type] = useDraft(draft, "null");
  const parsed = useMemo(() => parseJson(text), [text]);
  return (
    <form
      class="decide"
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed.ok) void model.decide(action, { kind: "ran", result: parsed.value }, decider());
      }}
    >
      <JsonField
        label={`What it answered, as JSON: ${hasEnded ? "a rollback" : "the program"} gets this as the result`}
        text={text}
        fault={parsed.ok ? undefined : parsed.message}
        onType={type}
        focus={focus}
      />
      <Buttons
        label={card.busy ?? "It ran, with this result"}
        can={parsed.ok && !isGoneForGood(card)}
        onBack={() => onClose(draft)}
      />
    </form>
  );
}

function FailForm({ card, model, onClose, focus }: FormProps) {
  const { action, hasEnded } = card;
  const draft = `${aboutAction(action)}/error`;
  const [error, type] = useDraft(draft);
  const id = useName();
  return (
    <form
      class="decide"
      onSubmit={(event) => {
        event.preventDefault();
        void model.decide(action, { kind: "fail", error }, decider());
      }}
    >
      <label for={id}>What went wrong: {hasEnded ? "for the journal" : "the program gets this as the error"}</label>
      <input
        id={id}
        type="text"
        value={error}
        autocomplete="off"
        placeholder="The bank has no such payment."
        ref={focus}
        onInput={(event) => type(event.currentTarget.value)}
      />
      <Buttons label={card.busy ?? "It failed"} can={!isGoneForGood(card)} onBack={() => onClose(draft)} />
    </form>
  );
}

function Buttons(props: { readonly label: string; readonly can: boolean; readonly onBack: () => void }) {
  return (
    <div class="buttons">
      <button type="submit" class="primary" disabled={!props.can}>
        {props.label}
      </button>
      <button type="button" onClick={props.onBack}>
        Back
      </button>
    </div>
  );
}
