/** Approve, edit and approve, or reject one action. What is typed is a draft until it is sent. */
import { drafts, useDraft } from "./drafts.ts";
import { JsonField } from "./json-field.tsx";
import { aboutAction, type Card, type Model } from "./model.ts";
import { focusOnCome, useName } from "./parts.tsx";
import { decider } from "./person.tsx";
import { editableJson, parseJson } from "./values.ts";

interface Props {
  readonly card: Card;
  readonly model: Model;
}

export function ApprovalForms({ card, model }: Props) {
  const { action } = card;
  const about = aboutAction(action);
  const [form, open] = useDraft(`${about}/form`);
  const isGone = card.isGone && card.busy === undefined;
  const path = `${action.connector}.${action.method}`;
  if (form === "edit") return <EditForm card={card} model={model} onClose={() => open(undefined)} />;
  if (form === "reject") return <RejectForm card={card} model={model} onClose={() => open(undefined)} />;
  if (isGone) return null;
  return (
    <div class="buttons">
      <button
        type="button"
        class="primary"
        aria-label={`Approve ${path}`}
        onClick={() => model.decide(action, { kind: "approve" }, decider())}
      >
        {card.busy ?? "Approve"}
      </button>
      <button type="button" aria-label={`Edit the arguments of ${path}`} onClick={() => open("edit")}>
        Edit…
      </button>
      <button type="button" aria-label={`Reject ${path}`} onClick={() => open("reject")}>
        Reject…
      </button>
    </div>
  );
}

interface FormProps extends Props {
  readonly onClose: () => void;
}

function EditForm({ card, model, onClose }: FormProps) {
  const { action } = card;
  const about = aboutAction(action);
  const [text, type] = useDraft(`${about}/args`, editableJson(action.args));
  const parsed = parseJson(text);
  const isGone = card.isGone && card.busy === undefined;
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
      />
      <div class="buttons">
        <button type="submit" class="primary" disabled={!parsed.ok || isGone}>
          {card.busy ?? "Approve with these"}
        </button>
        <button
          type="button"
          onClick={() => {
            drafts.set(`${about}/args`, undefined);
            onClose();
          }}
        >
          Discard the edit
        </button>
      </div>
    </form>
  );
}

function RejectForm({ card, model, onClose }: FormProps) {
  const { action } = card;
  const about = aboutAction(action);
  const [reason, type] = useDraft(`${about}/reason`);
  const [then, choose] = useDraft(`${about}/then/form`, "end");
  const id = useName();
  const isGone = card.isGone && card.busy === undefined;
  const choices = [
    { value: "end", label: "End the run" },
    { value: "throw", label: "Let the program go on: it gets the reason as an error" },
  ];
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
        ref={focusOnCome}
        onInput={(event) => type(event.currentTarget.value)}
      />
      <fieldset>
        <legend>Then</legend>
        {choices.map(({ value, label }) => (
          <label key={value} class="choice">
            <input type="radio" name={`${id}-then`} checked={then === value} onChange={() => choose(value)} />
            {label}
          </label>
        ))}
      </fieldset>
      <div class="buttons">
        <button type="submit" class="danger strong" disabled={isGone}>
          {card.busy ?? "Reject"}
        </button>
        <button
          type="button"
          onClick={() => {
            drafts.set(`${about}/reason`, undefined);
            onClose();
          }}
        >
          Back
        </button>
      </div>
    </form>
  );
}
