/** Which form of a card is open, and where the keyboard goes when a person opens or closes one. */
import { useRef } from "preact/hooks";
import type { Card } from "./cards.ts";
import { drafts, useDraft } from "./drafts.ts";
import type { Model } from "./model.ts";

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
