/** Tells a client that asked for progress that its call is alive, and what it is waiting for. */
import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import type { ServerNotification, ServerRequest } from "@modelcontextprotocol/sdk/types.js";

/** The context of one tool call. */
export type CallExtra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** Says what the call is doing now; heard with the next beat and at once. */
export type Say = (doing: string) => void;

/**
 * Runs work with a heartbeat: a progress notification at the start, at each change of what is done, and every `everyMs`.
 * Clients that reset their time-out on progress then wait as long as the run, or the person, takes.
 */
export async function withHeartbeat<T>(extra: CallExtra, everyMs: number, work: (say: Say) => Promise<T>): Promise<T> {
  const progressToken = extra._meta?.progressToken;
  if (progressToken === undefined) return work(() => undefined);
  const startedAt = Date.now();
  let doing = "running";
  let progress = 0;
  const beat = () => {
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    const params = { progressToken, progress, message: `${doing} (${seconds} s)` };
    progress += 1;
    // A client that went away does not stop the run.
    extra.sendNotification({ method: "notifications/progress", params }).catch(() => undefined);
  };
  beat();
  const timer = setInterval(beat, everyMs);
  try {
    return await work((next) => {
      doing = next;
      beat();
    });
  } finally {
    clearInterval(timer);
  }
}
