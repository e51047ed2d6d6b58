/** One row of a journal: what was done, where on the time scale, how it ended; and the ruler above the rows. */
import { useState } from "preact/hooks";
import { isTold } from "./decisions.ts";
import { EntryDetails } from "./entry.tsx";
import { givenTo } from "./find.ts";
import { Badge, Text } from "./parts.tsx";
import type { Entry, Run } from "./schemas.ts";
import { type Pause, ranMs } from "./stretches.ts";
import type { Bar, Timeline } from "./timeline.ts";
import { clockTimes, count, entryLooks, entryName, isOver, RUN_LOOKS, span, waited } from "./words.ts";

interface RowProps {
  readonly entry: Entry;
  readonly timeline: Timeline;
  readonly run: Pick<Run, "id" | "status">;
  readonly now: number;
  /** How many steps are around it. */
  readonly depth: number;
  /** The step around it is above it on the screen. */
  readonly isUnderIt: boolean;
  /** It is a step that made others. */
  readonly isAround: boolean;
}

/** Deeper entries stand no further to the right: their names would have no room. */
const DEEPEST = 6;

export function Row({ entry, timeline, run, now, depth, isUnderIt, isAround }: RowProps) {
  const look = entryLooks(run.status)[entry.state];
  // What is not open is not drawn: hundreds of arguments and results, again each second, would stop the page.
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      class={isAround ? "entry around" : "entry"}
      style={{ "--depth": Math.min(depth, DEEPEST) }}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <span class="number">{entry.seq}</span>
        <Name entry={entry} isPlaced={isUnderIt && depth <= DEEPEST} />
        <Lane bars={timeline.bars.get(entry.seq) ?? []} tone={look.tone} />
        <span class="quiet took">{lengthOf(entry, run, now)}</span>
        <Badge look={look} />
      </summary>
      {isOpen && <EntryDetails entry={entry} executionId={run.id} />}
    </details>
  );
}

/** `isPlaced`: its place on the screen says what it is in, to those who see that. */
function Name({ entry, isPlaced }: { readonly entry: Entry; readonly isPlaced: boolean }) {
  const gist = givenTo(entry);
  return (
    <span class="name">
      <Text>{entryName(entry)}</Text>
      {entry.parent !== undefined && <span class={isPlaced ? "unseen" : "quiet within"}> in entry {entry.parent}</span>}
      {entry.attempt > 1 && <span class="quiet"> attempt {entry.attempt}</span>}
      {entry.editedArgs !== undefined && <span class="quiet"> edited</span>}
      {isTold(entry) && <span class="quiet"> told by a person</span>}
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

interface LaneProps {
  readonly bars: readonly Bar[];
  readonly tone: string;
}

function Lane({ bars, tone }: LaneProps) {
  return (
    <span class="lane" aria-hidden="true">
      {bars.map((bar) => (
        <span
          key={`${bar.kind} ${bar.left}`}
          class={`bar ${bar.kind} ${tone}`}
          style={{ left: `${bar.left}%`, width: `${bar.width}%` }}
          title={`${DID[bar.kind]} ${span(bar.ms)}`}
        />
      ))}
    </span>
  );
}

interface StripProps {
  readonly kind: "fold" | "pause";
  readonly place: { readonly left: number; readonly width: number };
  readonly title: string;
}

/** Where a fold or a pause begins above the rows; the rows have them as their background. */
function Strip({ kind, place: { left, width }, title }: StripProps) {
  return <span class={kind} style={{ left: `${left}%`, width: `${width}%` }} title={title} />;
}

/** Percent of the width that the length of a fold takes; where folds are closer, pointing at one says its length. */
const LABEL = 14;

/** Narrower folds have no length on them: it would be on others, too. */
const LEAST_WITH_LABEL = 3;

/** How long the width of the rows is: a round length where it is to scale, and how long each fold was. */
export function Ruler({ timeline: { scale, folds, pauses } }: Pick<RowProps, "timeline">) {
  if (scale === undefined && folds.length + pauses.length === 0) return null;
  let free = 0;
  const labels = folds.filter(({ left, width }) => {
    const middle = left + width / 2;
    if (middle < free || width < LEAST_WITH_LABEL) return false;
    free = middle + LABEL;
    return true;
  });
  return (
    <li class="ruler" aria-hidden="true">
      <span class="lane">
        {folds.map((fold) => (
          <Strip key={fold.left} kind="fold" place={fold} title={`${span(fold.ms)} in which nothing ran`} />
        ))}
        {pauses.map((pause) => (
          <Strip
            key={pause.from}
            kind="pause"
            place={pause}
            title={`paused ${span(pause.to - pause.from)}: waited for a person`}
          />
        ))}
        {scale !== undefined && (
          <span class="scale" style={{ left: `${scale.left}%`, width: `${scale.width}%` }}>
            <span>{span(scale.ms)}</span>
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
function lengthOf(entry: Entry, { status }: Pick<Run, "status">, now: number): string {
  const { askedAt, state } = entry;
  const ran = ranMs(entry);
  if (ran !== undefined) return span(ran);
  if (state === "pending" && askedAt !== undefined && !isOver(status)) return `${waited(askedAt, now)} so far`;
  return "";
}

/** Where the run stood still for a person, and when it went on. A run that asks for each of many calls pauses often in one place. */
export function PauseRow({ pauses, run }: { readonly pauses: readonly Pause[] } & Pick<RowProps, "run">) {
  const last = pauses.at(-1);
  if (last === undefined) return null;
  const all = pauses.reduce((sum, { from, to }) => sum + to - from, 0);
  const goesOn = last.isOpen && !isOver(run.status);
  const length = goesOn ? `${waited(0, all)} so far` : span(all);
  const times = pauses.length === 1 ? length : `${count(pauses.length, "time")}, ${length}`;
  const end = last.isOpen ? "the run ended" : "resumed";
  const [when] = clockTimes([goesOn ? ["since", last.from] : [end, last.to]]);
  return (
    <p class="pause-row">
      <span aria-hidden="true">{RUN_LOOKS.paused.sign}</span> Paused {times}, for a person to decide
      <span class="quiet">: {when}</span>
    </p>
  );
}
