/** Counts what runs do, in Workers Analytics Engine: one point for each call, each decision, each end. */
import type { CodemodeEvent } from "durable-codemode";

export function meter(dataset: AnalyticsEngineDataset) {
  return (event: CodemodeEvent): void => {
    switch (event.type) {
      case "call.settled":
        dataset.writeDataPoint({
          indexes: [`${event.connector}.${event.method}`],
          blobs: ["call", event.ok ? "ok" : (event.code ?? "")],
          doubles: [event.durationMs],
        });
        return;
      case "approval.decided":
        dataset.writeDataPoint({
          indexes: [`${event.connector}.${event.method}`],
          blobs: ["approval", event.decision],
          doubles: [event.waitedMs],
        });
        return;
      case "execution.ended":
        dataset.writeDataPoint({
          indexes: ["execution"],
          blobs: [event.status, event.code ?? ""],
          doubles: [event.durationMs ?? 0],
        });
    }
  };
}
