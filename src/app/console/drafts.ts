/**
 * What a person has typed and not sent, by what it is about. It outlives every refresh of the view, and, in the tab's own
 * storage, a reload: a decision is worth more than a page.
 */

const STORED = "codemode.drafts";
const typed = new Map<string, string>(stored());

function stored(): [string, string][] {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(STORED) ?? "{}");
    return Object.entries(Object(found)).filter((pair): pair is [string, string] => typeof pair[1] === "string");
  } catch {
    return [];
  }
}

function keep(): void {
  try {
    sessionStorage.setItem(STORED, JSON.stringify(Object.fromEntries(typed)));
  } catch {
    // More than the browser stores: it is still here until the page goes.
  }
}

const watchers = new Set<() => void>();

function changed(): void {
  keep();
  for (const heard of watchers) heard();
}

export const drafts = {
  get: (key: string): string | undefined => typed.get(key),
  set(key: string, text: string | undefined): void {
    if (text === undefined) typed.delete(key);
    else typed.set(key, text);
    changed();
  },
  /** Forgets everything about one thing. */
  forget(about: string): void {
    for (const key of typed.keys()) if (key.startsWith(`${about}/`)) typed.delete(key);
    changed();
  },
  /** Whether somebody is at it: a form about it is open, or text was typed. */
  isAt: (about: string): boolean => typed.has(`${about}/form`) || drafts.has(about),
  /** Whether text was typed about it; that a form was merely opened is not text. */
  has(about: string): boolean {
    return [...typed].some(([key, text]) => key.startsWith(`${about}/`) && !key.endsWith("/form") && text !== "");
  },
  /** Tells of every change; answers how to hear no more. */
  watch(heard: () => void): () => void {
    watchers.add(heard);
    return () => {
      watchers.delete(heard);
    };
  },
};
