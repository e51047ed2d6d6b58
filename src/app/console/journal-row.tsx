/** One row of a journal: what was done, where on the time scale, how it ended; and the ruler above the rows. */
import { useState } from "preact/hooks";
import { EntryDetails } from "./entry.tsx";
import { gistOf } from "./find.ts";
import { Badge, Text } from "./parts.tsx";
import type { Entry } from "./schemas.ts";
import type { Bar, Timeline } from "./timeline.ts";
import { ENTRY_LOOKS, entryName, span, waited } from "./words.ts";

interface RowProps {
  readonly entry: Entry;
  readonly timeline: Timeline;
  readonly executionId: string;
  readonly now: number;
}

export function Row({ entry, timeline, executionId, now }: RowProps) {
  const look = ENTRY_LOOKS[entry.state];
  // What is not open is not drawn: hundreds of arguments and results, again each second, would stop the page.
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="entry" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="number">{entry.seq}</span>
        <Name entry={entry} />
        <Lane bars={timeline.bars.get(entry.seq) ?? []} folds={timeline.folds} tone={look.tone} />
        <span class="quiet took">{lengthOf(entry, now)}</span>
        <Badge look={look} />
      </summary>
      {isOpen && <EntryDetails entry={entry} executionId={executionId} />}
    </details>
  );
}

function Name({ entry }: { readonly entry: Entry }) {
  const gist = gistOf(entry.editedArgs ?? entry.args);
  return (
    <span class="name">
      <Text>{entryName(entry)}</Text>
      {entry.attempt > 1 && <span class="quiet"> attempt {entry.attempt}</span>}
      {entry.editedArgs !== undefined && <span class="quiet"> edited</span>}
      {gist !== "" && (
        <span class="gist quiet">
          {" "}
          <Text>{gist}</Text>
        </span>
      )}
    </span>
  );
}

const DID: Readonly<Record<Bar["kind"], string>> = { run: "ran", wait: "waited for a person" };

interface LaneProps extends Pick<Timeline, "folds"> {
  readonly bars: readonly Bar[];
  readonly tone: string;
}

function Lane({ bars, folds, tone }: LaneProps) {
  return (
    <span class="lane" aria-hidden="true">
      {folds.map((fold) => (
        <span
          key={fold.left}
          class="fold"
          style={{ left: `${fold.left}%`, width: `${fold.width}%` }}
          title={`${span(fold.ms)} in which nothing ran`}
        />
      ))}
      {bars.map((bar) => (
        <span
          key={bar.kind}
          class={`bar ${bar.kind} ${tone}`}
          style={{ left: `${bar.left}%`, width: `${bar.width}%` }}
          title={`${DID[bar.kind]} ${span(bar.ms)}`}
        />
      ))}
    </span>
  );
}

/** Percent of the width that the length of a fold takes; where folds are closer, pointing at one says its length. */
const LABEL = 14;

/** How long the width of the rows is: a round length where it is to scale, and how long each fold was. */
export function Ruler({ timeline: { scale, folds } }: Pick<RowProps, "timeline">) {
  if (scale === undefined && folds.length === 0) return null;
  let free = 0;
  const labels = folds.filter(({ left, width }) => {
    const middle = left + width / 2;
    if (middle < free) return false;
    free = middle + LABEL;
    return true;
  });
  return (
    <li class="ruler" aria-hidden="true">
      <span class="lane">
        {scale !== undefined && (
          <span class="scale" style={{ left: `${scale.left}%`, width: `${scale.width}%` }}>
            {span(scale.ms)}
          </span>
        )}
        {labels.map((fold) => (
          <span key={fold.left} class="folded" style={{ left: `${fold.left + fold.width / 2}%` }}>
            {span(fold.ms)}
          </span>
        ))}
      </span>
    </li>
  );
}

/** How long it ran, or how long it has waited. */
function lengthOf({ startedAt, settledAt, askedAt, state }: Entry, now: number): string {
  if (startedAt !== undefined && settledAt !== undefined) return span(settledAt - startedAt);
  if (state === "pending" && askedAt !== undefined) return `${waited(askedAt, now)} so far`;
  return "";
}
