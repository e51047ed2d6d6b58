/** Fields: one line of text, and JSON that says at once what is not JSON about it. */
import type { TargetedInputEvent } from "preact";
import type { Focus } from "./forms.tsx";
import { Text, useName } from "./parts.tsx";

interface LineProps {
  readonly label: string;
  readonly text: string;
  readonly placeholder: string;
  readonly onType: (text: string) => void;
  readonly type?: "search";
  readonly required?: boolean;
  readonly focus?: Focus;
}

export function LineField({ label, text, placeholder, onType, type, required = false, focus }: LineProps) {
  const id = useName();
  const shared = {
    id,
    value: text,
    required,
    placeholder,
    autocomplete: "off",
    ref: focus ?? null,
    onInput: ({ currentTarget: { value } }: TargetedInputEvent<HTMLInputElement>) => onType(value),
  };
  return (
    <>
      <label for={id}>{label}</label>
      {type === "search" ? <input type="search" {...shared} /> : <input type="text" {...shared} />}
    </>
  );
}

interface JsonProps {
  readonly label: string;
  readonly text: string;
  readonly fault: string | undefined;
  readonly onType: (text: string) => void;
  readonly focus: Focus;
}

export function JsonField({ label, text, fault, onType, focus }: JsonProps) {
  const id = useName();
  return (
    <>
      <label for={id}>{label}</label>
      <textarea
        id={id}
        class="code"
        rows={Math.min(18, Math.max(3, text.split("\n").length + 1))}
        ref={focus}
        value={text}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        dir="ltr"
        aria-invalid={fault !== undefined}
        aria-describedby={`${id}-fault`}
        onInput={(event) => onType(event.currentTarget.value)}
      />
      <p id={`${id}-fault`} class="fault" aria-live="polite">
        {fault !== undefined && <Text>{fault}</Text>}
      </p>
    </>
  );
}
