/** The snippets: what each does, how a program runs it, its own program, and how to forget it. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { client, paths, RequestFailed } from "./client.ts";
import { Guard } from "./guard.tsx";
import type { Model } from "./model.ts";
import { AskTwice, Empty, Json, Since, Text } from "./parts.tsx";
import { Program } from "./program.tsx";
import { Refused, useRequest } from "./request.tsx";
import { hashOf } from "./route.ts";
import type { Snippet } from "./schemas.ts";
import { NotYet } from "./troubles.tsx";

export function Snippets({ model }: { readonly model: Model }) {
  const { snippets } = model.state;
  if (snippets === undefined) return <NotYet part="snippets" state={model.state} />;
  return (
    <>
      <div class="title">
        <h1>Snippets</h1>
      </div>
      {snippets.length === 0 && (
        <Empty title="No snippets yet">
          Open one of the <a href={hashOf({ name: "runs" })}>runs</a> that completed, and save its program: other
          programs can run it then.
        </Empty>
      )}
      <ul class="snippets sheet">
        {snippets.map((snippet) => (
          <li key={snippet.name}>
            <Guard what="This snippet" raw={paths.snippets}>
              <One snippet={snippet} model={model} />
            </Guard>
          </li>
        ))}
      </ul>
    </>
  );
}

/**
 * Forgets the snippet that was shown.
 *
 * @throws RequestFailed where another was saved under its name since, or none is left: nobody has looked at that.
 */
async function forget({ name, savedAt }: Snippet): Promise<true> {
  const now = (await client.snippets()).rows.find((other) => other.name === name);
  if (now !== undefined && now.savedAt !== savedAt)
    throw new RequestFailed("It was saved anew since you looked, and was not deleted.", "STALE_DECISION", 200);
  if (now === undefined || !(await client.deleteSnippet(name)))
    throw new RequestFailed("Somebody else has deleted it already.", "NOT_FOUND", 200);
  return true;
}

function One({ snippet, model }: { readonly snippet: Snippet; readonly model: Model }) {
  const { name, description, connectors, savedAt, inputSchema } = snippet;
  const { busy, problem, send } = useRequest();
  const remove = async () => {
    if (await send("Deleting …", () => forget(snippet))) model.say(`The snippet ${name} is deleted.`);
    model.refresh();
  };
  return (
    <article aria-label={name}>
      <h2>
        <Text>{name}</Text>
      </h2>
      {description !== "" && (
        <p>
          <Text>{description}</Text>
        </p>
      )}
      <p class="facts">
        <span>
          saved <Since at={savedAt} />
        </span>
        {connectors.length > 0 && (
          <span>
            uses <Text>{connectors.join(", ")}</Text>
          </span>
        )}
        <code>
          <Text>{`codemode.run(${JSON.stringify(name)}, input)`}</Text>
        </code>
      </p>
      <Unfolded title="Program">
        <Program code={snippet.code} />
      </Unfolded>
      {inputSchema !== undefined && (
        <Unfolded title="What it takes">
          <Json value={inputSchema} />
        </Unfolded>
      )}
      <div class="buttons">
        <AskTwice
          label="Delete the snippet…"
          question="Delete it? Runs that began with it keep it."
          yes="Delete"
          busy={busy}
          onYes={remove}
        />
      </div>
      <Refused problem={problem} />
    </article>
  );
}

/** Drawn once it is opened: all programs together may be megabytes. */
function Unfolded({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const [isOpen, open] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => open(currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen && children}
    </details>
  );
}
