/** Keeps the program of a run under a name, so that other programs can run it. */
import { useState } from "preact/hooks";
import { client } from "./client.ts";
import { LineField } from "./fields.tsx";
import type { Model } from "./model.ts";
import { Refused, useRequest } from "./request.tsx";
import type { Run } from "./schemas.ts";
import { useDraft } from "./use-drafts.ts";

export function SaveSnippet({ run, model }: { readonly run: Run; readonly model: Model }) {
  const [name, typeName] = useDraft(`snippet/${run.id}/name`);
  const [description, typeDescription] = useDraft(`snippet/${run.id}/description`);
  const [taken, keepTaken] = useState<string>();
  const { busy, problem, send } = useRequest();
  const snippet = { name: name.trim(), executionId: run.id, description };
  const isReplacing = taken === snippet.name;
  const save = async () => {
    const saved = await send("Saving …", async () => {
      if (isReplacing || !(await client.snippets()).rows.some((other) => other.name === snippet.name)) {
        return client.saveSnippet(snippet);
      }
      keepTaken(snippet.name);
      return undefined;
    });
    if (saved === undefined) return;
    keepTaken(undefined);
    typeName(undefined);
    typeDescription(undefined);
    model.say(`Saved. A program runs it as codemode.run("${saved.name}", input).`, run.id);
  };
  return (
    <details class="snippet">
      <summary>Save it as a snippet</summary>
      <form
        class="decide"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <LineField label="Name" text={name} placeholder="owing" onType={typeName} required />
        <LineField
          label="What it does"
          text={description}
          placeholder="Accounts that owe money"
          onType={typeDescription}
        />
        <Refused problem={problem} />
        <div aria-live="polite">
          {isReplacing && (
            <p class="doubt-note">
              There is a snippet of that name already. Programs that begin from now on get this one instead.
            </p>
          )}
        </div>
        <div class="buttons">
          <button type="submit" disabled={busy !== undefined}>
            {busy ?? (isReplacing ? "Replace the snippet" : "Save the snippet")}
          </button>
        </div>
      </form>
    </details>
  );
}
