/** A field for JSON that says at once what is not JSON about it. */
import type { Focus } from "./forms.ts";
import { useName } from "./parts.tsx";

export function JsonField(props: {
  readonly label: string;
  readonly text: string;
  readonly fault: string | undefined;
  readonly onType: (text: string) => void;
  readonly focus: Focus;
}) {
  const id = useName();
  const rows = Math.min(18, Math.max(3, props.text.split("\n").length + 1));
  return (
    <>
      <label for={id}>{props.label}</label>
      <textarea
        id={id}
        class="code"
        rows={rows}
        ref={props.focus}
        value={props.text}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        dir="ltr"
        aria-invalid={props.fault !== undefined}
        aria-describedby={`${id}-fault`}
        onInput={(event) => props.onType(event.currentTarget.value)}
      />
      <p id={`${id}-fault`} class="fault" aria-live="polite">
        {props.fault ?? ""}
      </p>
    </>
  );
}
