/** The open streams of `GET /events`: who watches hears of each event of a run, and that a request changed something. */
import type { CodemodeEvent } from "../telemetry/events.ts";

/** A line at least this often: a watcher whose network went away without a word notices by its absence. */
const PING_MS = 20_000;

/** How long a watcher waits before it opens a broken stream again. */
const RETRY_MS = 1_000;

/** Messages that may wait for a watcher; one that reads no more must not fill the memory. It may come again. */
const MAX_BEHIND = 1_000;

const text = new TextEncoder();

type Watcher = ReadableStreamDefaultController<Uint8Array>;

/**
 * Server-Sent Events by three names: `run` (its data is a `CodemodeEvent`: never arguments, results or programs), `changed`
 * (a request to this API has been answered that may have changed something), and `ping`.
 *
 * The object that holds it stays in memory while somebody watches, and forgets every watcher with the process: they come again.
 */
export class EventStreams {
  readonly #watchers = new Set<Watcher>();
  #pings: ReturnType<typeof setInterval> | undefined;

  /** For `onEvent`. */
  readonly tell = (event: CodemodeEvent): void => this.#send("run", event);

  changed(): void {
    this.#send("changed", {});
  }

  /** A stream for one more watcher, until it goes. */
  open(): Response {
    let mine: Watcher | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (watcher) => {
        mine = watcher;
        this.#watchers.add(watcher);
        watcher.enqueue(text.encode(`retry: ${RETRY_MS}\n\n`));
        this.#pings ??= setInterval(() => this.#send("ping", {}), PING_MS);
      },
      cancel: () => this.#forget(mine),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
  }

  #forget(watcher: Watcher | undefined): void {
    if (watcher !== undefined) this.#watchers.delete(watcher);
    if (this.#watchers.size > 0) return;
    clearInterval(this.#pings);
    this.#pings = undefined;
  }

  #send(name: string, data: unknown): void {
    const line = text.encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    for (const watcher of this.#watchers) {
      try {
        watcher.enqueue(line);
        if ((watcher.desiredSize ?? 0) >= -MAX_BEHIND) continue;
        this.#forget(watcher);
        watcher.close();
      } catch {
        // It has gone, and its stream did not say so.
        this.#forget(watcher);
      }
    }
  }
}
