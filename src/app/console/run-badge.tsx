/** The status of a run, and how many are before it where it waits for an isolate. */
import type { Model } from "./model.ts";
import { Badge } from "./parts.tsx";
import type { Summary } from "./schemas.ts";
import { count, runLook } from "./words.ts";

interface Props {
  readonly run: Pick<Summary, "id" | "status" | "errorCode">;
  readonly model: Model;
}

export function RunBadge({ run, model }: Props) {
  const before = run.status === "running" ? model.state.queued.get(run.id) : undefined;
  return (
    <>
      <Badge look={runLook(run)} />
      {before !== undefined && <span class="quiet queued">queued behind {count(before, "run")}</span>}
    </>
  );
}
