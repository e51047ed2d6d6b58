/** The smallest parts of the page: text that hides nothing, badges, times, arguments, buttons that ask twice. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { jsonOf, piecesOf, rowsOf } from "./values.ts";
import { ago, count, type Look, waited } from "./words.ts";

/** Shown at first, and with each further click: a value may be a megabyte, each character of it marked. */
const SHOWN_CHARS = 8_000;
const MORE_CHARS = 100_000;

/** Arguments shown at first: there may be as many as a megabyte holds. */
const SHOWN_ROWS = 100;

/** Text that a program, a tool or a person wrote. It is only ever text, and what would not be seen is marked. */
export function Text({ children }: { readonly children: string }) {
  return (
    <>
      {piecesOf(children).map((piece, index) =>
        piece.hidden ? (
          <mark key={index} class="hidden-char" title="A character that does not show">
            {piece.text}
          </mark>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}

/** A block of text or JSON, its beginning first where it is long. */
export function Block({ text }: { readonly text: string }) {
  const [chars, show] = useState(SHOWN_CHARS);
  const shown = text.slice(0, chars);
  const left = text.length - shown.length;
  return (
    <div class="block">
      <pre dir="ltr">
        <Text>{shown}</Text>
      </pre>
      {left > 0 && (
        <button type="button" class="link" onClick={() => show(chars + MORE_CHARS)}>
          {left > MORE_CHARS ? `Show ${count(MORE_CHARS, "more character")} of` : "Show all"}{" "}
          {count(text.length, "character")}
        </button>
      )}
    </div>
  );
}

export function Json({ value }: { readonly value: unknown }) {
  return <Block text={useMemo(() => jsonOf(value), [value])} />;
}

/** Arguments as a table of names and values; nested ones as indented JSON. */
export function Arguments({ value }: { readonly value: unknown }) {
  const [isWhole, showAll] = useState(false);
  const rows = useMemo(() => rowsOf(value), [value]);
  if (value === undefined) return <p class="quiet">No arguments.</p>;
  if (rows === undefined) return <Json value={value} />;
  if (rows.length === 0) return <p class="quiet">No arguments.</p>;
  const shown = isWhole ? rows : rows.slice(0, SHOWN_ROWS);
  return (
    <>
      <table class="args">
        <caption class="unseen">Arguments</caption>
        <tbody>
          {shown.map((row) => (
            <tr key={row.name}>
              <th scope="row">
                <Text>{row.name}</Text>
              </th>
              <td class={row.kind}>
                {row.shape === "block" ? (
                  <Block text={row.text} />
                ) : row.kind === "string" && row.text.trim() === "" ? (
                  <span class="quiet">{row.text === "" ? "(empty text)" : "(blank text)"}</span>
                ) : (
                  <bdi dir="ltr">
                    <Text>{row.text}</Text>
                  </bdi>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown.length && (
        <button type="button" class="link" onClick={() => showAll(true)}>
          Show all {count(rows.length, "argument")}
        </button>
      )}
    </>
  );
}

export function Badge({ look }: { readonly look: Look }) {
  return (
    <span class={`badge ${look.tone}`}>
      <span aria-hidden="true">{look.sign}</span> {look.label}
    </span>
  );
}

const listeners = new Set<(now: number) => void>();
let clock: ReturnType<typeof setInterval> | undefined;

/** Tells the time each second until it is called off: on one clock, or the page would be drawn once for each that shows it. */
function eachSecond(listener: (now: number) => void): () => void {
  listeners.add(listener);
  clock ??= setInterval(() => {
    const now = Date.now();
    for (const tell of listeners) tell(now);
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(clock);
    clock = undefined;
  };
}

/** The time, each second, for those who show how long something takes; it stands still for what is over. */
export function useNow(isTicking = true): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!isTicking) return;
    return eachSecond(setNow);
  }, [isTicking]);
  return now;
}

/** How long ago something was, or how long it has waited; the exact time on pointing at it. */
export function Since({ at, wait = false }: { readonly at: number; readonly wait?: boolean }) {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={new Date(at).toLocaleString()}>
      {wait ? `waiting ${waited(at, now)}` : ago(at, now)}
    </time>
  );
}

let names = 0;

/** An id for a label's field. Preact's own begins anew whenever the page is drawn from its root, which here is often. */
export function useName(): string {
  const [name] = useState(() => {
    names += 1;
    return `n${names}`;
  });
  return name;
}

/** A field or button that a click has opened takes the keyboard when it comes; not again whenever the page is drawn. */
export function focusOnCome(element: HTMLElement | null): void {
  element?.focus({ preventScroll: true });
}

/** A button whose first click only asks. */
export function AskTwice(props: {
  readonly label: string;
  readonly question: string;
  readonly yes: string;
  /** What it says while the answer to the question is on its way. */
  readonly busy?: string | undefined;
  readonly onYes: () => void;
}) {
  const [isAsking, ask] = useState(false);
  const [wasAnswered, answer] = useState(false);
  if (!isAsking) {
    return (
      <button
        type="button"
        class="danger"
        aria-disabled={props.busy !== undefined}
        ref={wasAnswered ? focusOnCome : null}
        onClick={() => props.busy === undefined && ask(true)}
      >
        {props.busy ?? props.label}
      </button>
    );
  }
  return (
    <span class="ask" role="alert">
      <span>{props.question}</span>
      <button
        type="button"
        class="danger strong"
        ref={focusOnCome}
        onClick={() => {
          answer(true);
          ask(false);
          props.onYes();
        }}
      >
        {props.yes}
      </button>
      <button
        type="button"
        onClick={() => {
          answer(true);
          ask(false);
        }}
      >
        Keep it
      </button>
    </span>
  );
}

/** What a view says where there is nothing, with the next step. */
export function Empty({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      <p>{children}</p>
    </div>
  );
}
