/** The journal of a run as a picture: a row for each entry, its bars on one time scale, its details under it. */
import { useMemo, useState } from "preact/hooks";
import { EntryDetails } from "./entry.tsx";
import { Badge, Text, useNow } from "./parts.tsx";
import type { Entry, Run } from "./schemas.ts";
import { type Bar, type Fold, type Timeline, timelineOf } from "./timeline.ts";
import { count, ENTRY_LOOKS, entryName, span, waited } from "./words.ts";

/** Rows drawn at once: a journal may have thousands. */
const PAGE = 200;

export function Journal({ run }: { readonly run: Run }) {
  const [shown, show] = useState(PAGE);
  const isOpen = run.status === "running" || run.status === "paused";
  const ticking = useNow(isOpen);
  const now = isOpen ? ticking : run.updatedAt;
  const timeline = useMemo(() => timelineOf(run.log, now), [run.log, now]);
  if (run.log.length === 0) {
    return (
      <section>
        <h2>Journal</h2>
        <p class="quiet">{run.status === "running" ? "No calls yet." : "The program made no calls."}</p>
      </section>
    );
  }
  const rows = run.log.slice(0, shown);
  return (
    <section class="journal" aria-label="Journal">
      <h2>
        Journal <span class="quiet">{summaryOf(run.log, timeline)}</span>
      </h2>
      <div class="legend quiet" aria-hidden="true">
        <Key swatch="run">ran</Key>
        {run.log.some(({ askedAt }) => askedAt !== undefined) && <Key swatch="wait">waited for a person</Key>}
        {timeline.folds.length > 0 && <Key swatch="fold">nothing ran: drawn shorter</Key>}
      </div>
      <ol>
        {rows.map((entry) => (
          <li key={entry.seq}>
            <Row
              entry={entry}
              bars={timeline.bars.get(entry.seq) ?? []}
              folds={timeline.folds}
              executionId={run.id}
              now={now}
            />
          </li>
        ))}
      </ol>
      {run.log.length > shown && (
        <button type="button" onClick={() => show(shown + PAGE)}>
          Show {Math.min(PAGE, run.log.length - shown)} more of {count(run.log.length, "entry", "entries")}
        </button>
      )}
    </section>
  );
}

function Key({ swatch, children }: { readonly swatch: string; readonly children: string }) {
  return (
    <span class="key">
      <span class={`swatch ${swatch}`} /> {children}
    </span>
  );
}

function summaryOf(log: readonly Entry[], { activeMs }: Timeline): string {
  const entries = count(log.length, "entry", "entries");
  return activeMs === 0 ? entries : `${entries}, ${span(activeMs)} in which something ran`;
}

interface RowProps {
  readonly entry: Entry;
  readonly bars: readonly Bar[];
  readonly folds: readonly Fold[];
  readonly executionId: string;
  readonly now: number;
}

function Row({ entry, bars, folds, executionId, now }: RowProps) {
  const look = ENTRY_LOOKS[entry.state];
  // What is not open is not drawn: hundreds of arguments and results, again each second, would stop the page.
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="entry" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="number">{entry.seq}</span>
        <span class="name">
          <Text>{entryName(entry)}</Text>
          {entry.attempt > 1 && <span class="quiet"> attempt {entry.attempt}</span>}
          {entry.editedArgs !== undefined && <span class="quiet"> edited</span>}
        </span>
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
              class={`bar ${bar.kind} ${look.tone}`}
              style={{ left: `${bar.left}%`, width: `${bar.width}%` }}
            />
          ))}
        </span>
        <span class="quiet took">{lengthOf(entry, now)}</span>
        <Badge look={look} />
      </summary>
      {isOpen && <EntryDetails entry={entry} executionId={executionId} />}
    </details>
  );
}

/** How long it ran, or how long it has waited. */
function lengthOf({ startedAt, settledAt, askedAt, state }: Entry, now: number): string {
  if (startedAt !== undefined && settledAt !== undefined) return span(settledAt - startedAt);
  if (state === "pending" && askedAt !== undefined) return `${waited(askedAt, now)} so far`;
  return "";
}
