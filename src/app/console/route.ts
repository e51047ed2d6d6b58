/** What the page shows, as the part of its address after `#`: reload, back and a link to a colleague lead to the same view. */
import type { RunStatus } from "./schemas.ts";
import { RUN_LOOKS } from "./words.ts";

export type View =
  | { readonly name: "waiting" }
  | { readonly name: "runs"; readonly status?: RunStatus }
  | { readonly name: "run"; readonly id: string }
  | { readonly name: "snippets" }
  | { readonly name: "new"; readonly from?: string };

/** The view of a hash; what is not known is the first view. */
export function viewOf(hash: string): View {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?");
  const [name = "", ...rest] = path.split("/");
  const id = decoded(rest.join("/"));
  if (name === "runs") return id === "" ? runsOf(new URLSearchParams(search).get("status")) : { name: "run", id };
  if (name === "snippets") return { name: "snippets" };
  if (name === "new") return id === "" ? { name: "new" } : { name: "new", from: id };
  return { name: "waiting" };
}

export function hashOf(view: View): string {
  switch (view.name) {
    case "waiting":
      return "#/";
    case "runs":
      return view.status === undefined ? "#/runs" : `#/runs?${new URLSearchParams({ status: view.status })}`;
    case "run":
      return `#/runs/${encodeURIComponent(view.id)}`;
    case "snippets":
      return "#/snippets";
    case "new":
      return view.from === undefined ? "#/new" : `#/new/${encodeURIComponent(view.from)}`;
  }
}

/** The status of the runs that a view lists, where it does not list all. */
export function statusOf(view: View): RunStatus | undefined {
  return view.name === "runs" ? view.status : undefined;
}

function isStatus(text: string): text is RunStatus {
  return Object.hasOwn(RUN_LOOKS, text);
}

function runsOf(status: string | null): View {
  return status !== null && isStatus(status) ? { name: "runs", status } : { name: "runs" };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A hash that somebody cut in the middle of a character.
    return text;
  }
}
