/** What the page knows, as its views are drawn from it; what changes it is in model.ts. */
import type { Card } from "./cards.ts";
import type { Problem } from "./client.ts";
import type { View } from "./route.ts";
import type { Outcome, Run, Snippet, Summary } from "./schemas.ts";

interface Notice {
  readonly id: number;
  readonly text: string;
  /** The run that it is about, if it is about one. */
  readonly executionId?: string;
  /** It is seen no more, and still takes the clicks that were meant for it. */
  readonly isGoing: boolean;
}

/** What the page reads. */
export type Part = "waiting" | "runs" | "run" | "snippets" | "settings";

/** A part of what the page reads that it could not read, or not all of it. */
export interface Trouble {
  readonly part: Part;
  /** Some of it was read, and is shown. */
  readonly isInPart: boolean;
  readonly message: string;
}

/** A program that was sent from here. The API says its id when it answers; until then the list of runs shows it by its text. */
export interface Sent {
  readonly code: string;
  readonly at: number;
  /** The runs that were there before, where the list had been read: without it, which one is new cannot be told. */
  readonly known?: ReadonlySet<string>;
  /** How it went, or why that is not known; neither while it is on its way. */
  readonly outcome?: Outcome;
  readonly problem?: Problem;
}

export function isOnItsWay(sent: Sent | undefined): boolean {
  return sent !== undefined && sent.outcome === undefined && sent.problem === undefined;
}

export interface State {
  readonly view: View;
  /** `connecting` until the first answer; `polling`: the stream of events is broken, but the Worker answers. */
  readonly link: "connecting" | "live" | "polling" | "offline";
  /** What the last reading could not read, and why. */
  readonly troubles: readonly Trouble[];
  /** The name of an error in what a click or an answer led to, where nothing is drawn that could say so. */
  readonly fault?: string;
  /** Undefined until read. */
  readonly cards?: readonly Card[];
  /** Why the last decision about several actions of a run was not taken, by the run's id: none of them was approved. */
  readonly refused: ReadonlyMap<string, Problem>;
  readonly runs?: readonly Summary[];
  readonly cursor?: string;
  /** The execution of the view, as last read; `isMissing` where there is none of that id. */
  readonly run?: Run;
  readonly isMissing: boolean;
  /** Undefined until read. */
  readonly snippets?: readonly Snippet[];
  /** Milliseconds that a paused run is kept at least. */
  readonly keepsPausedMs?: number;
  /** How many runs are before one that waits for an isolate, by its id; known since this page listens. */
  readonly queued: ReadonlyMap<string, number>;
  /** What tools say of themselves, by `connector.method`. */
  readonly described: ReadonlyMap<string, string>;
  /** The last program that was sent from each draft. */
  readonly sent: ReadonlyMap<string, Sent>;
  readonly notices: readonly Notice[];
}
