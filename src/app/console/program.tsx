/** A program with the numbers of its lines, the one with an error marked; of a long program a part first. */
import { useMemo, useState } from "preact/hooks";
import { linesOf } from "./highlight.ts";
import { Text } from "./parts.tsx";
import { count } from "./words.ts";

/** Lines drawn at first, and with each further click: a megabyte may be half a million of them. */
const SHOWN_LINES = 500;
const MORE_LINES = 5_000;

/** Lines before and after the one with the error, in an excerpt. */
const AROUND = 2;

interface Props {
  readonly code: string;
  readonly errorLine?: number | undefined;
}

export function Program({ code, errorLine }: Props) {
  const lines = useMemo(() => code.replace(/\s+$/, "").split("\n"), [code]);
  // An error further down is on the screen, too, with what is before it.
  const isFar = errorLine !== undefined && errorLine > SHOWN_LINES && errorLine <= lines.length;
  const begin = isFar ? errorLine - SHOWN_LINES / 2 : 0;
  const [from, setFrom] = useState(begin);
  const [shown, show] = useState(SHOWN_LINES);
  const left = lines.length - from - shown;
  return (
    <>
      {from > 0 && (
        <button type="button" class="link" onClick={() => setFrom(Math.max(0, from - MORE_LINES))}>
          Show the lines before
        </button>
      )}
      <Lines label="Program" lines={lines} from={from} to={from + shown} errorLine={errorLine} />
      {left > 0 && (
        <button type="button" class="link" onClick={() => show(shown + MORE_LINES)}>
          Show {Math.min(left, MORE_LINES).toLocaleString("en")} more of {count(lines.length, "line")}
        </button>
      )}
    </>
  );
}

/** The line with the error, and those around it. */
export function Excerpt({ code, errorLine }: Props & { readonly errorLine: number }) {
  const lines = useMemo(() => code.split("\n"), [code]);
  // The sandbox says which line it is, and a hostile program may say that for it.
  if (errorLine > lines.length) return null;
  return (
    <Lines
      label="Where the error is"
      lines={lines}
      from={Math.max(0, errorLine - 1 - AROUND)}
      to={errorLine + AROUND}
      errorLine={errorLine}
    />
  );
}

interface LinesProps {
  readonly label: string;
  readonly lines: readonly string[];
  /** From this one, counted from 0, to the one before that. */
  readonly from: number;
  readonly to: number;
  readonly errorLine: number | undefined;
}

/** Moves what is around a line, and not the page, so that the line is in the middle. */
function scrollTo(line: HTMLElement | null): void {
  const box = line?.closest("section");
  if (line === null || !box) return;
  box.scrollTop += line.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 2;
}

function Lines({ label, lines, from, to, errorLine }: LinesProps) {
  const words = useMemo(() => linesOf(lines.slice(0, to).join("\n")).slice(from), [lines, from, to]);
  return (
    <section class="program" aria-label={label}>
      <ol dir="ltr" style={{ counterReset: `line ${from}` }}>
        {words.map((line, index) => (
          // biome-ignore-start lint/suspicious/noArrayIndexKey: lines and words have no other name than their place.
          <li key={index} {...(from + index + 1 === errorLine && { class: "wrong", ref: scrollTo })}>
            {from + index + 1 === errorLine && <span class="unseen">The error is about this line: </span>}
            <code>
              {line.map((word, place) => (
                <span key={place} class={word.kind}>
                  <Text>{word.text}</Text>
                </span>
              ))}
            </code>
          </li>
          // biome-ignore-end lint/suspicious/noArrayIndexKey: lines and words have no other name than their place.
        ))}
      </ol>
    </section>
  );
}
