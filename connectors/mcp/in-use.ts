/**
 * Which requests are under way on a client, whoever makes them. One that fails for itself (a 503, a session that is over, a
 * broken socket) says nothing of the others: over Streamable HTTP each is a request of its own, and only closing the client
 * takes their answers. Where the whole connection is gone, the client ends them all by itself.
 */
import type { McpClientLike } from "./client.ts";

interface Use {
  requests: number;
  /** Nobody begins another request; it is closed with the end of the last one. */
  isRetired: boolean;
}

/** By client: several connectors may have the same one. */
const uses = new WeakMap<McpClientLike, Use>();

function useOf(client: McpClientLike): Use {
  const known = uses.get(client) ?? { requests: 0, isRetired: false };
  uses.set(client, known);
  return known;
}

async function closeUnused(client: McpClientLike): Promise<void> {
  const { requests, isRetired } = useOf(client);
  if (!isRetired || requests > 0) return;
  uses.delete(client);
  try {
    await client.close?.();
  } catch {
    // What is gone already may fail to close.
  }
}

/** Makes a request on a client, which stays open for as long as somebody waits for it. */
export async function using<T>(client: McpClientLike, request: () => Promise<T>): Promise<T> {
  const use = useOf(client);
  use.requests += 1;
  try {
    return await request();
  } finally {
    use.requests -= 1;
    void closeUnused(client);
  }
}

/** Closes a client as soon as no request is under way on it. */
export function retire(client: McpClientLike): void {
  useOf(client).isRetired = true;
  void closeUnused(client);
}

/** Somebody goes on with a client that was to be closed. */
export function keep(client: McpClientLike): void {
  useOf(client).isRetired = false;
}
