/** One reading of all that is on the screen, part by part: what cannot be read takes nothing from the rest. */
import { aboutAction, type Read } from "./cards.ts";
import { client, isUnreachable, problemOf, RequestFailed } from "./client.ts";
import type { View } from "./route.ts";
import type { Action, Rows, Run } from "./schemas.ts";
import type { Part, Trouble } from "./state.ts";
import { count } from "./words.ts";

export class Reading {
  readonly troubles: Trouble[] = [];

  /**
   * The answer about a part; undefined where it could not be read, with why among the troubles.
   *
   * @throws RequestFailed where nothing answered: then there is nothing to read at all.
   */
  async part<T>(part: Part, asked: Promise<T & { readonly unknown?: number }>): Promise<T | undefined> {
    try {
      const answer = await asked;
      const { unknown = 0 } = answer;
      if (unknown > 0) this.troubles.push({ part, isInPart: true, message: unknownWords(unknown) });
      return answer;
    } catch (error) {
      if (isUnreachable(error)) throw error;
      this.troubles.push({ part, isInPart: false, message: problemOf(error).message });
      return undefined;
    }
  }
}

/** What waits, as a view shows it. */
export async function waitingFor(view: View): Promise<Read & { readonly unknown: number }> {
  const [pending, inDoubt] = await Promise.all([pendingFor(view), client.inDoubt()]);
  return { pending: pending.rows, inDoubt: inDoubt.rows, unknown: Math.max(pending.unknown, inDoubt.unknown) };
}

/** Of the run that is looked at, one answer of its own may hold arguments that the answer about all left out. */
async function pendingFor(view: View): Promise<Rows<Action>> {
  const all = await client.pending();
  if (view.name !== "run" || !all.rows.some((one) => one.argsLeftOut && one.executionId === view.id)) return all;
  const whole = new Map((await client.pending(view.id)).rows.map((action) => [aboutAction(action), action]));
  return { ...all, rows: all.rows.map((action) => whole.get(aboutAction(action)) ?? action) };
}

/** No `run` where there is none of that id. */
export async function runOf(id: string): Promise<{ readonly run?: Run; readonly unknown: number }> {
  try {
    const run = await client.run(id);
    return { run, unknown: run.unknown };
  } catch (error) {
    if (error instanceof RequestFailed && error.code === "NOT_FOUND") return { unknown: 0 };
    throw error;
  }
}

function unknownWords(rows: number): string {
  return `${count(rows, "row")} of it ${rows === 1 ? "is" : "are"} not of a kind that this page knows.`;
}
