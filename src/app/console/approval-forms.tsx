/** Approve, edit and approve, or reject one action. What is typed is a draft until it is sent. */
import { useMemo } from "preact/hooks";
import { aboutAction, type Card, isGoneForGood } from "./cards.ts";
import { useDraft } from "./drafts.ts";
import { type FormProps, useForm } from "./forms.ts";
import { JsonField } from "./json-field.tsx";
import type { Model } from "./model.ts";
import { useName } from "./parts.tsx";
import { decider } from "./person.tsx";
import type { Action } from "./schemas.ts";
import { editableJson, parseJson } from "./values.ts";

interface Props {
  readonly card: Card;
  readonly model: Model;
}

/** What nobody saw does not run, also not edited. */
export function canApprove({ kind, argsLeftOut }: Action): boolean {
  return kind === "approval" && argsLeftOut !== true;
}

export function ApprovalForms({ card, model }: Props) {
  const { action } = card;
  const { form, open, close, focus } = useForm(aboutAction(action));
  const isSeen = canApprove(action);
  const path = `${action.connector}.${action.method}`;
  if (form === "edit" && isSeen) return <EditForm card={card} model={model} onClose={close} focus={focus("edit")} />;
  if (form === "reject") return <RejectForm card={card} model={model} onClose={close} focus={focus("reject")} />;
  if (isGoneForGood(card)) return null;
  return (
    <div class="buttons">
      {isSeen && (
        <>
          <button
            type="button"
            class="primary"
            aria-label={`Approve ${path}`}
            onClick={() => model.decide(action, { kind: "approve" }, decider())}
          >
            {card.busy ?? "Approve"}
          </button>
          <button
            type="button"
            aria-label={`Edit the arguments of ${path}`}
            ref={focus("edit")}
            onClick={() => open("edit")}
          >
            Edit…
          </button>
        </>
      )}
      <button type="button" aria-label={`Reject ${path}`} ref={focus("reject")} onClick={() => open("reject")}>
        Reject…
      </button>
    </div>
  );
}

function EditForm({ card, model, onClose, focus }: FormProps) {
  const { action } = card;
  // A tool takes one object: where the program gave none, an edit begins with an empty one.
  const asked = useMemo(() => editableJson(action.args === undefined ? {} : action.args), [action.args]);
  const draft = `${aboutAction(action)}/args`;
  const [text, type] = useDraft(draft, asked);
  const parsed = useMemo(() => parseJson(text), [text]);
  const send = () => {
    if (parsed.ok) void model.decide(action, { kind: "approve", args: parsed.value }, decider());
  };
  return (
    <form
      class="decide"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <JsonField
        label="Arguments to run instead, as JSON"
        text={text}
        fault={parsed.ok ? undefined : parsed.message}
        onType={type}
        focus={focus}
      />
      <div class="buttons">
        <button type="submit" class="primary" disabled={!parsed.ok || isGoneForGood(card)}>
          {card.busy ?? "Approve with these"}
        </button>
        <button type="button" onClick={() => onClose(draft)}>
          Discard the edit
        </button>
      </div>
    </form>
  );
}

const THEN = [
  { value: "end", label: "End the run" },
  { value: "throw", label: "Let the program go on: it gets the reason as an error" },
] as const;

function RejectForm({ card, model, onClose, focus }: FormProps) {
  const { action } = card;
  const about = aboutAction(action);
  const [reason, type] = useDraft(`${about}/reason`);
  const [then, choose] = useDraft(`${about}/then/form`, "end");
  const id = useName();
  return (
    <form
      class="decide"
      onSubmit={(event) => {
        event.preventDefault();
        void model.decide(action, { kind: "reject", then: then === "throw" ? "throw" : "end", reason }, decider());
      }}
    >
      <label for={id}>Reason</label>
      <input
        id={id}
        type="text"
        value={reason}
        autocomplete="off"
        placeholder="over the limit"
        ref={focus}
        onInput={(event) => type(event.currentTarget.value)}
      />
      <fieldset>
        <legend>Then</legend>
        {THEN.map(({ value, label }) => (
          <label key={value} class="choice">
            <input type="radio" name={`${id}-then`} checked={then === value} onChange={() => choose(value)} />
            {label}
          </label>
        ))}
      </fieldset>
      <div class="buttons">
        <button type="submit" class="danger strong" disabled={isGoneForGood(card)}>
          {card.busy ?? "Reject"}
        </button>
        <button type="button" onClick={() => onClose(`${about}/reason`)}>
          Back
        </button>
      </div>
    </form>
  );
}
