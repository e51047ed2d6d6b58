/**
 * Counts the tool lists that servers announce. The count stands beside the client and knows no connector, so any number of them
 * may be made over one client and forgotten: each compares the count with what it was when it read its list.
 */
import type { McpClientLike } from "./client.ts";

const LIST_CHANGED = "notifications/tools/list_changed";

/** What a client's server has announced so far. */
export interface Announced {
  readonly lists: number;
}

interface Counter {
  lists: number;
  /** What we put on the client; where another stands in its place, somebody came after us. */
  handler: unknown;
}

const counters = new WeakMap<McpClientLike, Counter>();

/** Of a client that hears nothing. */
const NOTHING: Announced = { lists: 0 };

/**
 * Counts from now on, where nobody else listens for it.
 *
 * Clients have one handler for each notification, and it is the developer's to set; the fallback handler is called only
 * for what has none, and whoever was there before us is still called.
 */
export function announcedTo(client: McpClientLike): Announced {
  if (!("setNotificationHandler" in client)) return NOTHING;
  const before: unknown = Reflect.get(client, "fallbackNotificationHandler");
  const counter = counters.get(client) ?? { lists: 0, handler: undefined };
  if (counter.handler !== undefined && counter.handler === before) return counter;
  counters.set(client, counter);
  counter.handler = async (notification: { method?: unknown }) => {
    if (notification.method === LIST_CHANGED) counter.lists += 1;
    if (typeof before === "function") await Reflect.apply(before, client, [notification]);
  };
  Reflect.set(client, "fallbackNotificationHandler", counter.handler);
  return counter;
}
