/**
 * What a person has typed and not sent, by what it is about. It outlives every refresh of the view, and, in the tab's own
 * storage, a reload: a decision is worth more than a page.
 */
import { useEffect, useState } from "preact/hooks";

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
};

/** Draws whoever uses it again when what is typed changes, wherever it is typed. */
export function useDrafts(): typeof drafts {
  const [, again] = useState({});
  useEffect(() => {
    const heard = () => again({});
    watchers.add(heard);
    return () => {
      watchers.delete(heard);
    };
  }, []);
  return drafts;
}

/** A text that is kept as a draft, with how to change it; undefined goes back to `initial`. */
export function useDraft(key: string, initial = ""): [string, (text: string | undefined) => void] {
  const [, again] = useState({});
  const change = (text: string | undefined) => {
    drafts.set(key, text);
    again({});
  };
  return [drafts.get(key) ?? initial, change];
}
