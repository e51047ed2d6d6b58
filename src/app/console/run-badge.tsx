/** The status of a run, and how many are before it where it waits for an isolate. */
import type { Model } from "./model.ts";
import { Badge } from "./parts.tsx";
import type { Summary } from "./schemas.ts";
import { count, RUN_LOOKS } from "./words.ts";

interface Props {
  readonly run: Pick<Summary, "id" | "status">;
  readonly model: Model;
}

export function RunBadge({ run: { id, status }, model }: Props) {
  const before = status === "running" ? model.state.queued.get(id) : undefined;
  return (
    <>
      <Badge look={RUN_LOOKS[status]} />
      {before !== undefined && <span class="quiet queued">queued behind {count(before, "run")}</span>}
    </>
  );
}
