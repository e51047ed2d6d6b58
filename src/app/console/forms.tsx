/** The forms of a card: which is open, where the keyboard goes when one opens or closes, and what all of them have. */
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { type Card, isGoneForGood } from "./cards.ts";
import { drafts } from "./drafts.ts";
import type { Model } from "./model.ts";
import { useDraft } from "./use-drafts.ts";

/** A `ref` that gives the keyboard to its element, once. */
export type Focus = (element: HTMLElement | null) => void;

export interface FormProps {
  readonly card: Card;
  readonly model: Model;
  /** Forgets what was typed in the form. */
  readonly onClose: (draft: string) => void;
  /** For the first field. */
  readonly focus: Focus;
}

/**
 * The open form of one card. Its first field takes the keyboard when it opens, and the button that opened it when it closes:
 * the element that had it is gone then. A form that was open before, on a page that is loaded again, takes nothing.
 */
export function useForm(about: string) {
  const [form, change] = useDraft(`${about}/form`);
  const moved = useRef("");
  return {
    form,
    open(name: string): void {
      moved.current = name;
      change(name);
    },
    close(draft: string): void {
      moved.current = form;
      drafts.set(draft, undefined);
      change(undefined);
    },
    /** For the first field of a form, and for the button that opens it. */
    focus:
      (name: string): Focus =>
      (element) => {
        if (element === null || moved.current !== name) return;
        moved.current = "";
        element.focus({ preventScroll: true });
      },
  };
}

interface CardFormProps {
  readonly card: Card;
  /** What the button says that sends it. */
  readonly send: string;
  readonly tone?: "primary" | "danger strong";
  /** Whether what is typed can be sent. */
  readonly isReady?: boolean;
  readonly onSend: () => void;
  readonly back?: string;
  readonly onBack: () => void;
  readonly children: ComponentChildren;
}

export function CardForm(props: CardFormProps) {
  const { card, send, tone = "primary", isReady = true, back = "Back" } = props;
  return (
    <form
      class="decide"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) props.onSend();
      }}
    >
      {props.children}
      {/* Of a card that can do nothing any more, what was typed is left to be read; the card itself is put away. */}
      {!isGoneForGood(card) && (
        <div class="buttons">
          <button type="submit" class={tone} disabled={!isReady}>
            {card.busy ?? send}
          </button>
          <button type="button" onClick={props.onBack}>
            {back}
          </button>
        </div>
      )}
    </form>
  );
}
