/** What is wrong with the page as a whole: no Worker, an answer that could not be read, an error of its own. */
import { paths } from "./client.ts";
import type { Model } from "./model.ts";
import { Text } from "./parts.tsx";
import { statusOf, type View } from "./route.ts";
import type { Part, State, Trouble } from "./state.ts";

export function Banner({ model }: { readonly model: Model }) {
  const { link, troubles, view, fault } = model.state;
  return (
    <div role="alert">
      {link === "offline" && (
        <p class="banner">
          <strong>The Worker cannot be reached.</strong> What you see may be old. This page asks again every two
          seconds; what you type is kept.
        </p>
      )}
      {link !== "offline" &&
        byReason(troubles).map((some) => <Unread key={some[0]?.part} troubles={some} view={view} />)}
      {fault !== undefined && (
        <p class="banner">
          <strong>Something in this page failed</strong> (<code>{fault}</code>), and what you did last may not have
          happened. Look at it again, or{" "}
          <button type="button" class="link" onClick={() => location.reload()}>
            reload the page
          </button>
          : what you typed is kept.{" "}
          <button type="button" class="link" onClick={() => model.forgive()}>
            Put this message away
          </button>
        </p>
      )}
    </div>
  );
}

function byReason(troubles: readonly Trouble[]): (readonly Trouble[])[] {
  const reasons = new Map<string, Trouble[]>();
  for (const trouble of troubles) {
    const reason = `${trouble.isInPart} ${trouble.message}`;
    reasons.set(reason, [...(reasons.get(reason) ?? []), trouble]);
  }
  return [...reasons.values()];
}

const PARTS: Readonly<Record<Part, { readonly what: string; readonly raw: (view: View) => string }>> = {
  waiting: { what: "what waits for a person", raw: () => paths.pending() },
  runs: { what: "the list of runs", raw: (view) => paths.runs({ status: statusOf(view) }) },
  run: { what: "this run", raw: (view) => paths.run(view.name === "run" ? view.id : "") },
  snippets: { what: "the snippets", raw: () => paths.snippets },
  settings: { what: "how long runs are kept", raw: () => paths.settings },
};

/** Parts that could not be read for one reason. */
function Unread({ troubles, view }: { readonly troubles: readonly Trouble[]; readonly view: View }) {
  const [{ isInPart, message } = { isInPart: false, message: "" }] = troubles;
  const parts = troubles.map(({ part }) => PARTS[part]);
  return (
    <p class="banner">
      <strong>
        Could not be read{isInPart && " in full"}: {parts.map(({ what }) => what).join(", ")}.
      </strong>{" "}
      <Text>{message}</Text> {isInPart ? "All else is shown." : "What you see of it may be old; all else works."} This
      page asks again every two seconds. Open the raw data of{" "}
      {parts.map(({ what, raw }, place) => (
        <span key={what}>
          {place > 0 && ", "}
          <a href={raw(view)} target="_blank" rel="noreferrer">
            {what}
          </a>
        </span>
      ))}
      .
    </p>
  );
}

/** In the place of what was never read. */
export function NotYet({ part, state }: { readonly part: Part; readonly state: State }) {
  const isRefused = state.troubles.some((trouble) => trouble.part === part && !trouble.isInPart);
  return <p class="quiet">{isRefused ? "It could not be read; above is why." : "Reading …"}</p>;
}
