/** How a run ended: its result, or its error with the place in the program. */
import { Block, Json } from "./parts.tsx";
import { Excerpt } from "./program.tsx";
import { count } from "./words.ts";

export function Result({ value }: { readonly value: unknown }) {
  return (
    <section class="outcome good" aria-label="Result">
      <h2>Result</h2>
      {value === undefined ? <p class="quiet">The program returned nothing.</p> : <Json value={value} />}
    </section>
  );
}

interface FailureProps {
  readonly message: string;
  readonly code: string | undefined;
  /** The program and the line of it where the error is, where they are known. */
  readonly program?: string;
  readonly line?: number | undefined;
}

export function Failure({ message, code, program, line }: FailureProps) {
  const isNamed = line === undefined || new RegExp(`\\bline ${line}\\b`, "i").test(message);
  // Errors of the text of a program come with the lines around them; those of its run do not.
  const isExcerptOurs = program !== undefined && line !== undefined && !/^> +\d+ \|/m.test(message);
  return (
    <section class="outcome bad" aria-label="Error">
      <h2>Error {code !== undefined && <code class="outcome-code">{code}</code>}</h2>
      <Block text={isNamed ? message : `Line ${line}: ${message}`} />
      {isExcerptOurs && <Excerpt code={program} errorLine={line} />}
    </section>
  );
}

export function Output({ lines }: { readonly lines: readonly string[] | undefined }) {
  if (lines === undefined || lines.length === 0) return null;
  return (
    <section>
      <h2>
        Console output <span class="quiet">{count(lines.length, "line")}</span>
      </h2>
      <Block text={lines.join("\n")} />
    </section>
  );
}
