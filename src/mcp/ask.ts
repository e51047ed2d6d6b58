/** Asks the person behind an MCP client about one pending action, with a form (elicitation). */
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { PendingAction } from "../journal/public.ts";
import { MAX_NOTE_CHARS } from "../tool/check-decision.ts";
import { beginning } from "../truncate.ts";
import type { CallExtra } from "./heartbeat.ts";
import { shownPart } from "./json.ts";

/** What a person said. `later`: they closed the form, or it could not be shown; nothing is decided. */
export type Answer =
  | { readonly decision: "approve" | "reject" | "run" | "fail"; readonly reason?: string }
  | { readonly decision: "later" };

/** A person who is to read more than that does so elsewhere: the form then says so, and does not offer to run the action. */
const MAX_ARGUMENT_CHARS = 50_000;

/** What a form offers; `runs`: only where the arguments were seen whole (G5). */
interface Choice {
  readonly value: Exclude<Answer["decision"], "later">;
  readonly title: string;
  readonly runs: boolean;
}

const CHOICES: Readonly<Record<PendingAction["kind"], readonly Choice[]>> = {
  approval: [
    { value: "approve", title: "Approve: run it", runs: true },
    { value: "reject", title: "Reject: end the program", runs: false },
  ],
  in_doubt: [
    { value: "run", title: "Run it again", runs: true },
    { value: "fail", title: "Do not run it again: count it as failed", runs: false },
  ],
};

const INTRODUCTIONS: Readonly<Record<PendingAction["kind"], string>> = {
  approval: "A program wants to run",
  in_doubt:
    "It is not known whether this ran: the connection or the process was lost while it did. It may have taken effect:",
};

/** The arguments as text, and whether that is all of them. */
function argumentsOf({ args, argsLeftOut }: PendingAction): { readonly text: string; readonly whole: boolean } {
  const { shown, whole } = shownPart(args, Number.MAX_SAFE_INTEGER);
  const text = JSON.stringify(shown, null, 2) ?? "(no arguments)";
  if (whole && argsLeftOut !== true && text.length <= MAX_ARGUMENT_CHARS) return { text, whole: true };
  return {
    text: `${text.slice(0, MAX_ARGUMENT_CHARS)}\n… Not all of the arguments are shown here, so it cannot be run from here. Decide in the application that runs this server, or reject it.`,
    whole: false,
  };
}

function messageOf({ kind, connector, method, before }: PendingAction, argumentsText: string): string {
  const done = before.filter(({ state }) => state === "applied").map((entry) => `${entry.connector}.${entry.method}`);
  return [
    INTRODUCTIONS[kind],
    `${connector}.${method}`,
    argumentsText,
    ...(done.length > 0 ? [`Already done: ${done.slice(-10).join(", ")}`] : []),
  ].join("\n\n");
}

/** Whether the client can show a form to its person. */
export function canAsk(server: McpServer): boolean {
  return server.server.getClientCapabilities()?.elicitation?.form !== undefined;
}

function toAnswer(offered: readonly Choice[], content: Readonly<Record<string, unknown>>): Answer {
  const chosen = offered.find(({ value }) => value === content.decision);
  if (chosen === undefined) return { decision: "later" };
  const { reason } = content;
  if (typeof reason !== "string" || reason === "") return { decision: chosen.value };
  // A longer one would be refused, and the decision with it: so would the form's answer, if the form named a limit.
  return { decision: chosen.value, reason: beginning(reason, MAX_NOTE_CHARS) };
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
    const { text, whole } = argumentsOf(action);
    const offered = CHOICES[action.kind].filter(({ runs }) => whole || !runs);
    const { action: outcome, content } = await server.server.elicitInput(
      {
        mode: "form",
        message: messageOf(action, text),
        requestedSchema: {
          type: "object",
          properties: {
            // The older of two ways to title choices: every client that has forms knows it.
            decision: {
              type: "string",
              title: "Decision",
              enum: offered.map(({ value }) => value),
              enumNames: offered.map(({ title }) => title),
            },
            reason: { type: "string", title: "Reason", description: "Kept in the journal; the program can read it." },
          },
          required: ["decision"],
        },
      },
      { relatedRequestId: extra.requestId, signal: extra.signal, timeout: timeoutMs },
    );
    return outcome === "accept" && content !== undefined ? toAnswer(offered, content) : { decision: "later" };
  } catch {
    // Timed out, cancelled, or the client could not after all: the run stays paused, and is safe there.
    return { decision: "later" };
  }
}
