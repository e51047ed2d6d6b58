/** The journal of a run as a picture: a row for each entry, its bars on one time scale, its details under it. */
import { useMemo, useRef, useState } from "preact/hooks";
import { bandsOf } from "./bands.ts";
import { paths } from "./client.ts";
import { foundIn, statesOf, type Wanted } from "./find.ts";
import { Guard } from "./guard.tsx";
import { PauseRow, Row, Ruler } from "./journal-row.tsx";
import { nestedOf } from "./nesting.ts";
import { Pages, pageOf } from "./pages.tsx";
import { useNow } from "./parts.tsx";
import type { Entry, Run } from "./schemas.ts";
import { pausesOf } from "./stretches.ts";
import { type Timeline, timelineOf } from "./timeline.ts";
import { count, entryLooks, isOver, span } from "./words.ts";

/** Fewer entries are seen at a glance. */
const FEW = 20;

const ALL: Wanted = { words: "", state: "any" };

export function Journal({ run }: { readonly run: Run }) {
  const place = useRef<HTMLElement>(null);
  const [wanted, want] = useState(ALL);
  const [from, go] = useState(0);
  const { log, now, whole, pausesAfter, nested, found, rows, timeline, onScreen } = usePicture(run, wanted, from);
  if (log.length === 0) return <NoEntries isRunning={run.status === "running"} />;
  const turn = (to: number) => {
    go(to);
    place.current?.scrollIntoView();
  };
  const change = (to: Partial<Wanted>) => {
    want({ ...wanted, ...to });
    go(0);
  };
  return (
    <section class="journal" aria-label="Journal" ref={place}>
      <h2>
        Journal <span class="quiet">{summaryOf(log, whole)}</span>
      </h2>
      {log.length > FEW && (
        <Find log={nested.entries} status={run.status} wanted={wanted} found={found} onChange={change} />
      )}
      <Pages of={found.length} from={from} onTurn={turn} label="Pages of the journal" />
      {found.length === 0 && <p class="quiet">No entry is like that. Try other words.</p>}
      {found.length > 0 && <Legend rows={rows} timeline={timeline} isWhole={timeline === whole} />}
      <ol class="sheet" style={{ "--bands": bandsOf(timeline) }}>
        <Ruler timeline={timeline} />
        {rows.map((entry) => (
          <li key={entry.seq}>
            <Guard what={`Entry ${entry.seq}`} raw={paths.run(run.id)}>
              <Row
                entry={entry}
                timeline={timeline}
                run={run}
                now={now}
                depth={nested.depths.get(entry.seq) ?? 0}
                isUnderIt={entry.parent !== undefined && onScreen.has(entry.parent)}
                isAround={nested.around.has(entry.seq)}
              />
              <PauseRow pauses={pausesAfter.get(entry.seq) ?? []} run={run} />
            </Guard>
          </li>
        ))}
      </ol>
      <Pages of={found.length} from={from} onTurn={turn} label="Pages of the journal, again" />
    </section>
  );
}

/** What is drawn of a journal. Only what is on the screen shares its width: of ten thousand calls on one scale none could be seen. */
function usePicture({ log, status, updatedAt }: Run, wanted: Wanted, from: number) {
  const isOpen = !isOver(status);
  const ticking = useNow(isOpen);
  const now = isOpen ? ticking : updatedAt;
  const pauses = useMemo(() => pausesOf(log, now), [log, now]);
  const pausesAfter = useMemo(() => Map.groupBy(pauses, ({ after }) => after), [pauses]);
  const whole = useMemo(() => timelineOf(log, now, pauses), [log, now, pauses]);
  const nested = useMemo(() => nestedOf(log), [log]);
  const found = useMemo(() => foundIn(nested.entries, wanted), [nested, wanted]);
  const rows = useMemo(() => pageOf(found, from), [found, from]);
  const timeline = useMemo(
    () => (rows === nested.entries ? whole : timelineOf(rows, now, pauses)),
    [rows, nested, whole, now, pauses],
  );
  const onScreen = useMemo(() => new Set(rows.map(({ seq }) => seq)), [rows]);
  return { log, now, whole, pausesAfter, nested, found, rows, timeline, onScreen };
}

function NoEntries({ isRunning }: { readonly isRunning: boolean }) {
  return (
    <section>
      <h2>Journal</h2>
      <p class="quiet">{isRunning ? "No calls yet." : "The program made no calls."}</p>
    </section>
  );
}

function summaryOf(log: readonly Entry[], { activeMs }: Timeline): string {
  const entries = count(log.length, "entry", "entries");
  return activeMs === 0 ? entries : `${entries}, ${span(activeMs)} in which something ran`;
}

interface FindProps extends Pick<Run, "log" | "status"> {
  readonly wanted: Wanted;
  readonly found: readonly Entry[];
  readonly onChange: (change: Partial<Wanted>) => void;
}

function Find({ log, status, wanted, found, onChange }: FindProps) {
  const states = useMemo(() => statesOf(log, entryLooks(status)), [log, status]);
  return (
    <search class="find">
      <input
        type="search"
        aria-label="Find in the journal"
        placeholder="find by tool, argument, error, person"
        autocomplete="off"
        value={wanted.words}
        onInput={({ currentTarget: { value } }) => onChange({ words: value })}
      />
      <label>
        Status{" "}
        <select
          value={wanted.state}
          onChange={({ currentTarget: { value } }) =>
            onChange({ state: states.find(({ state }) => state === value)?.state ?? "any" })
          }
        >
          <option value="any">any</option>
          {states.map(({ state, label, times }) => (
            <option key={state} value={state}>
              {label} ({times.toLocaleString("en")})
            </option>
          ))}
        </select>
      </label>
      <span class="quiet" role="status">
        {found !== log && `${found.length.toLocaleString("en")} of ${count(log.length, "entry", "entries")}`}
      </span>
    </search>
  );
}

interface LegendProps {
  readonly rows: readonly Entry[];
  readonly timeline: Timeline;
  readonly isWhole: boolean;
}

function Legend({ rows, timeline, isWhole }: LegendProps) {
  const hasWaits = rows.some(({ seq }) => timeline.bars.get(seq)?.some(({ kind }) => kind === "wait"));
  return (
    <div class="legend quiet" aria-hidden="true">
      <Key swatch="run">ran</Key>
      {hasWaits && <Key swatch="wait">waited for a person</Key>}
      {timeline.pauses.length > 0 && <Key swatch="pause">paused</Key>}
      {timeline.folds.length > 0 && (
        <Key swatch="fold">{isWhole ? "nothing ran: drawn shorter" : "nothing of this ran: drawn shorter"}</Key>
      )}
    </div>
  );
}

function Key({ swatch, children }: { readonly swatch: string; readonly children: string }) {
  return (
    <span class="key">
      <span class={`swatch ${swatch}`} /> {children}
    </span>
  );
}
