/** Keeps the program of a run under a name, so that other programs can run it. */
import { useState } from "preact/hooks";
import { client, RequestFailed } from "./client.ts";
import { useDraft } from "./drafts.ts";
import type { Model } from "./model.ts";
import { Text, useName } from "./parts.tsx";
import type { Run } from "./schemas.ts";

export function SaveSnippet({ run, model }: { readonly run: Run; readonly model: Model }) {
  const field = useName();
  const [name, typeName] = useDraft(`snippet/${run.id}/name`);
  const [description, typeDescription] = useDraft(`snippet/${run.id}/description`);
  const [problem, setProblem] = useState<string>();
  const save = async () => {
    try {
      const saved = await client.saveSnippet({ name: name.trim(), executionId: run.id, description });
      setProblem(undefined);
      typeName(undefined);
      typeDescription(undefined);
      model.say(`Saved. A program runs it as codemode.run("${saved.name}", input).`, run.id);
    } catch (error) {
      setProblem(error instanceof RequestFailed ? error.message : String(error));
    }
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
        <label for={`${field}-name`}>Name</label>
        <input
          id={`${field}-name`}
          type="text"
          value={name}
          required
          autocomplete="off"
          placeholder="owing"
          onInput={(event) => typeName(event.currentTarget.value)}
        />
        <label for={`${field}-description`}>What it does</label>
        <input
          id={`${field}-description`}
          type="text"
          value={description}
          autocomplete="off"
          placeholder="Accounts that owe more than an amount"
          onInput={(event) => typeDescription(event.currentTarget.value)}
        />
        <div aria-live="polite">
          {problem !== undefined && (
            <p class="refusal">
              <Text>{problem}</Text>
            </p>
          )}
        </div>
        <div class="buttons">
          <button type="submit">Save the snippet</button>
        </div>
      </form>
    </details>
  );
}
