/** Drafts as what is drawn uses them: what changes is drawn again. */
import { useEffect, useState } from "preact/hooks";
import { drafts } from "./drafts.ts";

/** Draws whoever uses it again when what is typed changes, wherever it is typed. */
export function useDrafts(): typeof drafts {
  const [, again] = useState({});
  useEffect(() => drafts.watch(() => again({})), []);
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
