/** Approve, edit and approve, or reject one action. What is typed is a draft until it is sent. */
import { useMemo } from "preact/hooks";
import { aboutAction, type Card, isGoneForGood } from "./cards.ts";
import { JsonField, LineField } from "./fields.tsx";
import { CardForm, type FormProps, useForm } from "./forms.tsx";
import type { Model } from "./model.ts";
import { useName } from "./parts.tsx";
import { decider } from "./person.tsx";
import type { Action } from "./schemas.ts";
import { useDraft } from "./use-drafts.ts";
import { editableJson, hasStandIn, parseJson } from "./values.ts";

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
  const isBusy = card.busy !== undefined;
  return (
    <div class="buttons">
      {isSeen && (
        <>
          {/* Not disabled while it is on its way: it would lose the keyboard. */}
          <button
            type="button"
            class="primary"
            aria-label={`${card.busy ?? "Approve"} ${path}`}
            aria-disabled={isBusy}
            onClick={() => model.decide(action, { kind: "approve" }, decider())}
          >
            {card.busy ?? "Approve"}
          </button>
          <button
            type="button"
            aria-label={`Edit the arguments of ${path}`}
            disabled={isBusy}
            ref={focus("edit")}
            onClick={() => open("edit")}
          >
            Edit…
          </button>
        </>
      )}
      <button
        type="button"
        aria-label={`Reject ${path}`}
        disabled={isBusy}
        ref={focus("reject")}
        onClick={() => open("reject")}
      >
        Reject…
      </button>
    </div>
  );
}

function EditForm({ card, model, onClose, focus }: FormProps) {
  const { action } = card;
  // A tool takes one object: where the program gave none, an edit begins with an empty one.
  const asked = useMemo(() => editableJson(action.args === undefined ? {} : action.args), [action.args]);
  const isStandIn = useMemo(() => hasStandIn(action.args), [action.args]);
  const draft = `${aboutAction(action)}/args`;
  const [text, type] = useDraft(draft, asked);
  const parsed = useMemo(() => parseJson(text), [text]);
  return (
    <CardForm
      card={card}
      send="Approve with these"
      isReady={parsed.ok}
      onSend={() => parsed.ok && model.decide(action, { kind: "approve", args: parsed.value }, decider())}
      back="Discard the edit"
      onBack={() => onClose(draft)}
    >
      <JsonField
        label="Arguments to run instead, as JSON"
        text={text}
        fault={parsed.ok ? undefined : parsed.message}
        onType={type}
        focus={focus}
      />
      {isStandIn && (
        <p class="doubt-note">
          JSON cannot hold all of what the program gave, such as a Date, a Map or bytes. An edit sends what stands here:
          texts and lists.
        </p>
      )}
    </CardForm>
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
  const [chosen, choose] = useDraft(`${about}/then/form`, "end");
  const then = chosen === "throw" ? "throw" : "end";
  const group = useName();
  return (
    <CardForm
      card={card}
      send="Reject"
      tone="danger strong"
      back={reason === "" ? "Back" : "Discard"}
      onSend={() => model.decide(action, { kind: "reject", then, reason }, decider())}
      onBack={() => onClose(`${about}/reason`)}
    >
      <LineField label="Reason" text={reason} placeholder="over the limit" onType={type} focus={focus} />
      <fieldset>
        <legend>Then</legend>
        {THEN.map(({ value, label }) => (
          <label key={value} class="choice">
            <input type="radio" name={group} checked={then === value} onChange={() => choose(value)} />
            {label}
          </label>
        ))}
      </fieldset>
    </CardForm>
  );
}
