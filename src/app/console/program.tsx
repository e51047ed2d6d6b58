/** A program with the numbers of its lines, the one with an error marked. */
import { useMemo } from "preact/hooks";
import { linesOf } from "./highlight.ts";
import { Text } from "./parts.tsx";

interface Props {
  readonly code: string;
  readonly errorLine?: number | undefined;
  /** Only so many lines around the one with the error. */
  readonly around?: number;
}

export function Program({ code, errorLine, around }: Props) {
  const lines = useMemo(() => linesOf(code.replace(/\s+$/, "")), [code]);
  const isPart = around !== undefined && errorLine !== undefined;
  const first = isPart ? Math.max(0, errorLine - 1 - around) : 0;
  const shown = isPart ? lines.slice(first, errorLine + around) : lines;
  return (
    <section class="program" aria-label="Program">
      <ol dir="ltr" style={{ counterReset: `line ${first}` }}>
        {shown.map((words, index) => (
          // biome-ignore-start lint/suspicious/noArrayIndexKey: lines and words have no other name than their place.
          <li key={index} class={first + index + 1 === errorLine ? "wrong" : undefined}>
            <code>
              {words.map((word, place) => (
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
