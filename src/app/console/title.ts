/** The title of the page: how many actions wait, and where one is. A tab, and who hears the page, know it by that. */
import { isOpen } from "./cards.ts";
import type { State } from "./state.ts";
import { headline } from "./words.ts";

const PAGE = "Codemode console";

/** How many actions wait for a person. */
export function waitingOf({ cards = [] }: Pick<State, "cards">): number {
  return cards.filter(isOpen).length;
}

export function pageTitle(state: Pick<State, "view" | "cards" | "run">): string {
  const waiting = waitingOf(state);
  const view = viewTitle(state);
  const title = view === undefined ? PAGE : `${view} – ${PAGE}`;
  return waiting > 0 ? `(${waiting}) ${title}` : title;
}

/** The first view has the page's own name. */
function viewTitle({ view, run }: Pick<State, "view" | "run">): string | undefined {
  switch (view.name) {
    case "waiting":
      return undefined;
    case "runs":
      return "Runs";
    case "run":
      return run?.id === view.id ? headline(run.code) : "Run";
    case "snippets":
      return "Snippets";
    case "new":
      return "Run a program";
  }
}
