/** A search box over what programs can call, as programs see it. */
import { useEffect, useState } from "preact/hooks";
import { client, RequestFailed } from "./client.ts";
import { Text, useName } from "./parts.tsx";
import type { Found } from "./schemas.ts";
import { count } from "./words.ts";

/** `onPick` gets the call of a tool or snippet as a program writes it. */
export function Catalog({ onPick }: { readonly onPick: (call: string) => void }) {
  const field = useName();
  const [query, type] = useState("");
  const [found, setFound] = useState<Found>();
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    let isLatest = true;
    client.search(query).then(
      (answer) => {
        if (!isLatest) return;
        setFound(answer);
        setProblem(undefined);
      },
      (error: unknown) => {
        if (isLatest) setProblem(error instanceof RequestFailed ? error.message : String(error));
      },
    );
    return () => {
      isLatest = false;
    };
  }, [query]);

  return (
    <aside class="catalog" aria-label="Catalog">
      <label for={field}>What a program can call</label>
      <input
        id={field}
        type="search"
        value={query}
        placeholder="search tools and snippets"
        autocomplete="off"
        onInput={(event) => type(event.currentTarget.value)}
      />
      <div role="status" class="quiet">
        {problem ?? (found === undefined ? "" : foundWords(found, query))}
      </div>
      <ul>
        {found?.results.map((result) => (
          <li key={result.path}>
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
          </li>
        ))}
      </ul>
    </aside>
  );
}

function foundWords({ total }: Found, query: string): string {
  if (total === 0) return "Nothing of that kind. Try other words.";
  return query === "" ? `${total.toLocaleString("en")} in all` : count(total, "match", "matches");
}

function callOf({ path, kind }: Found["results"][number]): string {
  return kind === "snippet" ? `await codemode.run(${JSON.stringify(path)}, {})` : `await ${path}({})`;
}
