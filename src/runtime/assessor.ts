/** What the tools say of a pass's requests; tools that say the same of every call are asked once. */
import type { Assessment } from "../connector/types.ts";
import { argsOf, type Entry } from "../journal/entry.ts";
import { MAX_MESSAGE_CHARS, type Request } from "../wire/messages.ts";
import { BUILTIN, BUILTIN_POLICY } from "./builtin.ts";
import type { LiveJournal } from "./journal.ts";
import type { ToolCall } from "./port.ts";

/** A request, and what its tool says of it. */
export interface Assessed {
  readonly request: Request;
  readonly assessment: Assessment;
}

/** A call whose tool has to be asked about it. */
interface Unassessed {
  readonly index: number;
  readonly call: ToolCall;
}

/** What is known of a turn's requests without the host, and what it must be asked. */
export interface Known {
  readonly assessed: readonly Assessed[];
  readonly asked: readonly Unassessed[];
}

/** What needs no tool: steps, timers, built-ins, and calls that are not about to be made. */
const UNASKED: Assessment = { kind: "valid", method: "", policy: BUILTIN_POLICY };

/** Until the host says otherwise there is no such tool. */
const NO_TOOL: Assessment = { kind: "unknown", near: [] };

/** Whether a call that is recorded may be about to be made, so that its tool as it is now has to be asked. */
function isMadeAgain({ state, repeatable, ephemeral }: Entry): boolean {
  return state === "approved" || (state === "started" && repeatable) || ephemeral;
}

/** How many of the calls go with one message: at least one. */
function fitting(calls: readonly Unassessed[]): number {
  let left = MAX_MESSAGE_CHARS;
  const beyond = calls.findIndex(({ call }, index) => {
    left -= call.args.length;
    return left < 0 && index > 0;
  });
  return beyond < 0 ? calls.length : beyond;
}

export class Assessor {
  readonly #journal: LiveJournal;
  /** By connector, then by method: a key of both would be joined and hashed for every call. */
  readonly #policies = new Map<string, Map<string, Assessment>>();

  constructor(journal: LiveJournal) {
    this.#journal = journal;
  }

  known(requests: readonly Request[]): Known {
    const asked: Unassessed[] = [];
    const assessed = requests.map((request, index): Assessed => {
      if (request.kind !== "call" || request.connector === BUILTIN) return { request, assessment: UNASKED };
      const { execution, entries } = this.#journal;
      const entry = entries.get(request.seq);
      if (entry !== undefined && !isMadeAgain(entry)) return { request, assessment: UNASKED };
      const { seq, connector, method } = request;
      const assessment = this.#policies.get(connector)?.get(method);
      if (assessment !== undefined) return { request, assessment };
      if (execution.connectors.includes(connector)) {
        const args = entry === undefined ? request.args : argsOf(entry);
        asked.push({ index, call: { executionId: execution.id, seq, attempt: 1, connector, method, args } });
      }
      return { request, assessment: NO_TOOL };
    });
    return { assessed, asked };
  }

  /**
   * Fills in what the tools say, in one message to the host, and in further ones for what has no room in it or was let run by a person
   * meanwhile; without an answer the host is gone.
   */
  async ask(
    { assessed, asked }: Known,
    host: (calls: readonly ToolCall[]) => Promise<readonly Assessment[] | undefined>,
  ): Promise<Assessed[]> {
    const complete = [...assessed];
    for (let open = asked; open.length > 0; ) {
      const some = open.slice(0, fitting(open));
      const answers = await host(some.map(({ call }) => call));
      if (answers === undefined) break;
      for (const [position, { index, call }] of some.entries()) {
        const assessment = answers[position];
        const item = complete[index];
        if (assessment === undefined || item === undefined) continue;
        complete[index] = { request: item.request, assessment };
        if (assessment.kind === "valid" && !assessment.policy.perCall) this.#remember(call, assessment);
      }
      open = some.length < open.length ? open.slice(some.length) : this.#unasked(complete);
    }
    return complete;
  }

  /** What needed no tool when it was looked at, and is about to be made now. */
  #unasked(complete: Assessed[]): Unassessed[] {
    return complete.flatMap(({ request, assessment }, index) => {
      if (assessment !== UNASKED) return [];
      const { assessed, asked } = this.known([request]);
      complete.splice(index, 1, ...assessed);
      return asked.map(({ call }) => ({ index, call }));
    });
  }

  #remember({ connector, method }: ToolCall, assessment: Assessment): void {
    const policies = this.#policies.get(connector) ?? new Map<string, Assessment>();
    this.#policies.set(connector, policies.set(method, assessment));
  }
}
