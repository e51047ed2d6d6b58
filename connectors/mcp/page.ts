/** Asks a client for one page of the list of tools, also where it would give none of it because of one entry. */
import type { McpClientLike } from "./client.ts";
import { kindOfFailure } from "./failure.ts";

/** A schema of both generations that takes any answer: v1 asks `safeParse`, v2 the Standard Schema. */
const ANY_ANSWER = {
  safeParse: (data: unknown) => ({ success: true, data }),
  "~standard": { version: 1, vendor: "durable-codemode", validate: (value: unknown) => ({ value }) },
};

/** Whether the client itself could not use what the server answered. An error of the server has a number. */
function isOfClient(error: unknown): boolean {
  const kind = kindOfFailure(error);
  return kind === "nonsense" || (kind === "answered" && typeof Reflect.get(Object(error), "code") !== "number");
}

/**
 * One page of `tools/list`, unchecked. The SDKs check all entries, v1 compiles their output schemas too, and give no page
 * where one is wrong; then the page is asked for as it is, since who reads it checks each entry.
 */
export async function listPage(client: McpClientLike, params: { readonly cursor?: string }): Promise<unknown> {
  const { listTools } = client;
  if (listTools === undefined) return { tools: [] };
  try {
    // A v2 client may keep the list for a while; what was approved must be compared with what the server says now.
    return await Reflect.apply(listTools, client, [params, { cacheMode: "refresh" }]);
  } catch (error) {
    if (client.request === undefined || !isOfClient(error)) throw error;
    const asIs = Reflect.apply(client.request, client, [{ method: "tools/list", params }, ANY_ANSWER]);
    return Promise.resolve(asIs).catch(() => Promise.reject(error));
  }
}
