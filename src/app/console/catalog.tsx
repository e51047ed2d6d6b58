/** A search box over what programs can call, as programs see it. */
import { useEffect, useState } from "preact/hooks";
import { AGAIN_MS, client, problemOf } from "./client.ts";
import { LineField } from "./fields.tsx";
import { Text } from "./parts.tsx";
import type { Found } from "./schemas.ts";
import { count } from "./words.ts";

/** `onPick` gets the call of a tool or snippet as a program writes it. */
export function Catalog({ onPick }: { readonly onPick: (call: string) => void }) {
  const [query, type] = useState("");
  const { found, problem } = useSearch(query);
  return (
    <aside class="catalog" aria-label="Catalog">
      <LineField
        type="search"
        label="What a program can call"
        text={query}
        placeholder="search tools and snippets"
        onType={type}
      />
      <div role="status" class="quiet">
        {problem ?? (found === undefined ? "Reading …" : foundWords(found, query))}
      </div>
      <ul>
        {found?.results.map((result) => (
          <li key={result.path}>
            <Result result={result} onPick={onPick} />
          </li>
        ))}
      </ul>
    </aside>
  );
}

/** What the last search for which there is an answer has found; one without an answer is made again, until there is one. */
function useSearch(query: string): { readonly found?: Found; readonly problem?: string } {
  const [state, setState] = useState<{ readonly found?: Found; readonly problem?: string }>({});
  useEffect(() => {
    let isLatest = true;
    let later: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      try {
        const found = await client.search(query);
        if (isLatest) setState({ found });
      } catch (error) {
        if (!isLatest) return;
        setState(({ found }) => ({ ...(found && { found }), problem: problemOf(error).message }));
        later = setTimeout(read, AGAIN_MS);
      }
    };
    void read();
    return () => {
      isLatest = false;
      clearTimeout(later);
    };
  }, [query]);
  return state;
}

interface ResultProps {
  readonly result: Found["results"][number];
  readonly onPick: (call: string) => void;
}

function Result({ result, onPick }: ResultProps) {
  return (
    <>
      <button type="button" class="link" title="Put it into the program" onClick={() => onPick(callOf(result))}>
        <code>
          <Text>{result.path}</Text>
        </code>
      </button>
      {result.requiresApproval === true && <span class="badge wait">a person approves</span>}
      {result.kind === "snippet" && <span class="badge plain">snippet</span>}
      {result.description !== undefined && (
        <p>
          <Text>{result.description}</Text>
        </p>
      )}
      {result.signature !== undefined && (
        <p class="signature">
          <code>
            <Text>{result.signature}</Text>
          </code>
        </p>
      )}
    </>
  );
}

function foundWords({ total }: Found, query: string): string {
  if (total === 0) return "Nothing of that kind. Try other words.";
  return query === "" ? `${total.toLocaleString("en")} in all` : count(total, "match", "matches");
}

function callOf({ path, kind }: Found["results"][number]): string {
  return kind === "snippet" ? `await codemode.run(${JSON.stringify(path)}, {})` : `await ${path}({})`;
}
