/** Asks the person behind an MCP client about one pending action, with a form (elicitation). */
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { PendingAction } from "../journal/public.ts";
import type { CallExtra } from "./heartbeat.ts";
import { toJson } from "./json.ts";

/** What a person said. `later`: they closed the form, or it could not be shown; nothing is decided. */
export type Answer =
  | { readonly decision: "approve" | "reject" | "run" | "fail"; readonly reason?: string }
  | { readonly decision: "later" };

/** Longer arguments are cut in the form; the form then says so. */
const MAX_ARGUMENT_CHARS = 4_000;

const CHOICES = {
  approval: [
    { value: "approve", title: "Approve: run it" },
    { value: "reject", title: "Reject: end the program" },
  ],
  in_doubt: [
    { value: "run", title: "Run it again" },
    { value: "fail", title: "Do not run it again: count it as failed" },
  ],
} as const satisfies Record<PendingAction["kind"], readonly { readonly value: string; readonly title: string }[]>;

const INTRODUCTIONS: Readonly<Record<PendingAction["kind"], string>> = {
  approval: "A program wants to run",
  in_doubt:
    "It is not known whether this ran: the connection or the process was lost while it did. It may have taken effect:",
};

function argumentsText(args: unknown): string {
  const text = JSON.stringify(toJson(args), null, 2) ?? "(no arguments)";
  if (text.length <= MAX_ARGUMENT_CHARS) return text;
  const cut = text.length - MAX_ARGUMENT_CHARS;
  return `${text.slice(0, MAX_ARGUMENT_CHARS)}\n… ${cut} more characters are not shown here; the tool "pending" has more.`;
}

function messageOf({ kind, connector, method, args, before }: PendingAction): string {
  const done = before.filter(({ state }) => state === "applied").map((entry) => `${entry.connector}.${entry.method}`);
  return [
    INTRODUCTIONS[kind],
    `${connector}.${method}`,
    argumentsText(args),
    ...(done.length > 0 ? [`Already done: ${done.slice(-10).join(", ")}`] : []),
  ].join("\n\n");
}

/** Whether the client can show a form to its person. */
export function canAsk(server: McpServer): boolean {
  return server.server.getClientCapabilities()?.elicitation?.form !== undefined;
}

function toAnswer(action: PendingAction, content: Readonly<Record<string, unknown>>): Answer {
  const chosen = CHOICES[action.kind].find(({ value }) => value === content.decision);
  if (chosen === undefined) return { decision: "later" };
  const { reason } = content;
  return { decision: chosen.value, ...(typeof reason === "string" && reason !== "" && { reason }) };
}

/**
 * Shows one action and waits for the decision. The form belongs to the tool call that is running, so that the client
 * shows it there.
 */
export async function ask(
  server: McpServer,
  extra: CallExtra,
  action: PendingAction,
  timeoutMs: number,
): Promise<Answer> {
  try {
    const { action: outcome, content } = await server.server.elicitInput(
      {
        mode: "form",
        message: messageOf(action),
        requestedSchema: {
          type: "object",
          properties: {
            // The older of two ways to title choices: every client that has forms knows it.
            decision: {
              type: "string",
              title: "Decision",
              enum: CHOICES[action.kind].map(({ value }) => value),
              enumNames: CHOICES[action.kind].map(({ title }) => title),
            },
            reason: { type: "string", title: "Reason", description: "Kept in the journal; the program can read it." },
          },
          required: ["decision"],
        },
      },
      { relatedRequestId: extra.requestId, signal: extra.signal, timeout: timeoutMs },
    );
    return outcome === "accept" && content !== undefined ? toAnswer(action, content) : { decision: "later" };
  } catch {
    // Timed out, cancelled, or the client could not after all: the run stays paused, and is safe there.
    return { decision: "later" };
  }
}
