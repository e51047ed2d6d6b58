/** Hears from the Worker that something happened, by its event stream; opens a stream that broke again, for ever. */
import * as v from "valibot";
import { EventSchema, type Heard } from "./schemas.ts";

/** The Worker says something at least every 20 s: beyond this the line is dead, however open it looks. */
const SILENCE_MS = 50_000;

/** A stream that was refused is not opened again by the browser itself. */
const REOPEN_MS = 1_500;

export interface Listener {
  /** Something changed; with what and of which execution, where it is known. */
  readonly heard: (event: Heard) => void;
  /** The stream is open, or is not. */
  readonly link: (isOpen: boolean) => void;
}

function eventOf(data: unknown): Heard {
  if (typeof data !== "string") return {};
  try {
    return v.parse(EventSchema, JSON.parse(data));
  } catch {
    return {};
  }
}

/**
 * Begins to listen. A page that nobody looks at has no stream: a browser opens six lines to one place, and one for each of
 * six forgotten tabs would leave none for decisions.
 */
export function listen({ heard, link }: Listener): void {
  let source: EventSource | undefined;
  let later: ReturnType<typeof setTimeout> | undefined;

  const close = () => {
    clearTimeout(later);
    source?.close();
    source = undefined;
    link(false);
  };
  const open = () => {
    close();
    if (document.hidden) return;
    const mine = new EventSource("/events");
    source = mine;
    const isAlive = () => {
      clearTimeout(later);
      later = setTimeout(open, SILENCE_MS);
    };
    isAlive();
    mine.onopen = () => {
      isAlive();
      // What happened while nobody listened is read now.
      link(true);
    };
    mine.onerror = () => {
      link(false);
      if (mine.readyState !== EventSource.CLOSED) return;
      clearTimeout(later);
      later = setTimeout(open, REOPEN_MS);
    };
    mine.addEventListener("ping", isAlive);
    for (const name of ["changed", "run"]) {
      mine.addEventListener(name, ({ data }) => {
        isAlive();
        heard(eventOf(data));
      });
    }
  };
  document.addEventListener("visibilitychange", open);
  open();
}
