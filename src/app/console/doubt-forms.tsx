/** Says what became of a call that is in doubt: it ran, it is to run, or it failed. */
import { useMemo } from "preact/hooks";
import { aboutAction, type Card, isGoneForGood } from "./cards.ts";
import { JsonField, LineField } from "./fields.tsx";
import { CardForm, type FormProps, useForm } from "./forms.tsx";
import type { Model } from "./model.ts";
import { decider } from "./person.tsx";
import { useDraft } from "./use-drafts.ts";
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
  const isBusy = card.busy !== undefined;
  return (
    <div class="buttons">
      <button
        type="button"
        class="primary"
        aria-label={`It ran: ${path}`}
        disabled={isBusy}
        ref={focus("ran")}
        onClick={() => open("ran")}
      >
        It ran…
      </button>
      {!hasEnded && action.argsLeftOut !== true && (
        <button
          type="button"
          aria-label={isBusy ? `${card.busy} ${path}` : `It did not run: run it: ${path}`}
          aria-disabled={isBusy}
          onClick={() => model.decide(action, { kind: "run" }, decider())}
        >
          {card.busy ?? "It did not run: run it"}
        </button>
      )}
      <button
        type="button"
        aria-label={`It failed: ${path}`}
        disabled={isBusy}
        ref={focus("fail")}
        onClick={() => open("fail")}
      >
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
    <CardForm
      card={card}
      send="It ran, with this result"
      isReady={parsed.ok}
      back={text === "null" ? "Back" : "Discard"}
      onSend={() => parsed.ok && model.decide(action, { kind: "ran", result: parsed.value }, decider())}
      onBack={() => onClose(draft)}
    >
      <JsonField
        label={`What it answered, as JSON: ${hasEnded ? "a rollback" : "the program"} gets this as the result`}
        text={text}
        fault={parsed.ok ? undefined : parsed.message}
        onType={type}
        focus={focus}
      />
    </CardForm>
  );
}

function FailForm({ card, model, onClose, focus }: FormProps) {
  const { action, hasEnded } = card;
  const draft = `${aboutAction(action)}/error`;
  const [error, type] = useDraft(draft);
  return (
    <CardForm
      card={card}
      send="It failed"
      back={error === "" ? "Back" : "Discard"}
      onSend={() => model.decide(action, { kind: "fail", error }, decider())}
      onBack={() => onClose(draft)}
    >
      <LineField
        label={`What went wrong: ${hasEnded ? "for the journal" : "the program gets this as the error"}`}
        text={error}
        placeholder="The bank has no such payment."
        onType={type}
        focus={focus}
      />
    </CardForm>
  );
}
