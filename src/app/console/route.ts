/** What the page shows, as the part of its address after `#`: reload, back and a link to a colleague lead to the same view. */

export type View =
  | { readonly name: "waiting" }
  | { readonly name: "runs" }
  | { readonly name: "run"; readonly id: string }
  | { readonly name: "snippets" }
  | { readonly name: "new"; readonly from?: string };

/** The view of a hash; what is not known is the first view. */
export function viewOf(hash: string): View {
  const [name = "", ...rest] = hash.replace(/^#\/?/, "").split("/");
  const id = decoded(rest.join("/"));
  if (name === "runs") return id === "" ? { name: "runs" } : { name: "run", id };
  if (name === "snippets") return { name: "snippets" };
  if (name === "new") return id === "" ? { name: "new" } : { name: "new", from: id };
  return { name: "waiting" };
}

export function hashOf(view: View): string {
  switch (view.name) {
    case "waiting":
      return "#/";
    case "runs":
      return "#/runs";
    case "run":
      return `#/runs/${encodeURIComponent(view.id)}`;
    case "snippets":
      return "#/snippets";
    case "new":
      return view.from === undefined ? "#/new" : `#/new/${encodeURIComponent(view.from)}`;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A hash that somebody cut in the middle of a character.
    return text;
  }
}
