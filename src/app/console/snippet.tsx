/** Keeps the program of a run under a name, so that other programs can run it. */
import { client } from "./client.ts";
import { useDraft } from "./drafts.ts";
import { LineField } from "./fields.tsx";
import type { Model } from "./model.ts";
import { Refused, useRequest } from "./request.tsx";
import type { Run } from "./schemas.ts";

export function SaveSnippet({ run, model }: { readonly run: Run; readonly model: Model }) {
  const [name, typeName] = useDraft(`snippet/${run.id}/name`);
  const [description, typeDescription] = useDraft(`snippet/${run.id}/description`);
  const { busy, problem, send } = useRequest();
  const save = async () => {
    const saved = await send("Saving …", () =>
      client.saveSnippet({ name: name.trim(), executionId: run.id, description }),
    );
    if (saved === undefined) return;
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
          placeholder="Accounts that owe more than an amount"
          onType={typeDescription}
        />
        <Refused problem={problem} />
        <div class="buttons">
          <button type="submit" disabled={busy !== undefined}>
            {busy ?? "Save the snippet"}
          </button>
        </div>
      </form>
    </details>
  );
}
