/**
 * The rules of decisions as a model: pure, one step per request. Two requests at once are right when their answers and
 * what is left behind could have come from taking them one after the other, or one while the other's run goes on.
 */

/** How a call of the model's program stands. `by` is who decided, `undone` what a rollback came to. */
export type Call =
  | { readonly state: "absent" | "pending" }
  | { readonly state: "approved"; readonly by: string; readonly edited: boolean; readonly undone: boolean }
  | { readonly state: "rejected"; readonly by: string };

export interface State {
  readonly status: "paused" | "running" | "completed" | "rejected" | "error" | "rolled_back" | "deleted";
  readonly calls: readonly Call[];
  /** The desk is locked: nothing that it did can be undone. */
  readonly locked: boolean;
}

/** Calls 0 to 2 are asked at once, call 3 when they are decided; then the program ends. */
export const FIRST = [0, 1, 2] as const;
export const LAST = 3;

export const PROGRAM = `async () => {
  const first = await Promise.allSettled([0, 1, 2].map((n) => ask.do({ n })));
  const last = await ask.do({ n: 3 }).catch((error) => error.message);
  return [...first.map((one) => one.status), last];
}`;

export const BEGUN: State = {
  status: "paused",
  calls: [{ state: "pending" }, { state: "pending" }, { state: "pending" }, { state: "absent" }],
  locked: false,
};

export type Request =
  | { readonly do: "approve" | "edit"; readonly by: string; readonly seq: number; readonly sawIt: boolean }
  | {
      readonly do: "reject";
      readonly by: string;
      readonly seq: number;
      readonly sawIt: boolean;
      readonly then: "end" | "throw";
    }
  | { readonly do: "approveAll"; readonly by: string }
  | {
      readonly do: "approveSeveral" | "rejectSeveral";
      readonly by: string;
      readonly seqs: readonly number[];
      /** One that the client gives another action's digest. */
      readonly forged?: number | undefined;
    }
  | { readonly do: "cancel" | "expire" | "rollback" | "delete" | "recover" };

/** What the one who asked is told, reduced to what must be true. */
export type Answer =
  | "accepted"
  | "NOT_PENDING"
  | "NOT_FOUND"
  | "STALE_DECISION"
  | "ILLEGAL_TRANSITION"
  | "yes"
  | "no"
  | "done";

export interface Step {
  readonly state: State;
  readonly answer: Answer;
}

function decided(state: State, seqs: readonly number[], call: Call, status: State["status"]): State {
  return { ...state, status, calls: state.calls.map((one, seq) => (seqs.includes(seq) ? call : one)) };
}

/** A decision about several calls holds for all of them, or for none; where not all fit, the worst of what is wrong is answered. */
function decideSeveral(state: State, request: Extract<Request, { seqs: unknown }>): Step {
  const { by, seqs, forged } = request;
  const answers = seqs.map((seq): Answer => {
    const call = state.calls[seq];
    if (call === undefined || call.state === "absent") return "NOT_FOUND";
    if (call.state !== "pending") return "NOT_PENDING";
    return seq === forged ? "STALE_DECISION" : "accepted";
  });
  const worst = (["STALE_DECISION", "NOT_FOUND", "NOT_PENDING"] as const).find((answer) => answers.includes(answer));
  if (worst !== undefined) return { state, answer: worst };
  const call: Call =
    request.do === "approveSeveral"
      ? { state: "approved", by, edited: false, undone: false }
      : { state: "rejected", by };
  return { state: decided(state, seqs, call, "running"), answer: "accepted" };
}

function decision(state: State, request: Extract<Request, { by: string }>): Step {
  if (state.status === "deleted") return { state, answer: "NOT_FOUND" };
  if (state.status !== "paused" && state.status !== "running") return { state, answer: "NOT_PENDING" };
  const { by } = request;
  if (request.do === "approveAll") {
    const waiting = [...state.calls.keys()].filter((seq) => state.calls[seq]?.state === "pending");
    if (waiting.length === 0) return { state, answer: "NOT_PENDING" };
    return {
      state: decided(state, waiting, { state: "approved", by, edited: false, undone: false }, "running"),
      answer: "accepted",
    };
  }
  if ("seqs" in request) return decideSeveral(state, request);
  const { seq, sawIt } = request;
  const call = state.calls[seq];
  if (call === undefined || call.state === "absent") return { state, answer: "NOT_FOUND" };
  if (call.state !== "pending") return { state, answer: "NOT_PENDING" };
  if (!sawIt) return { state, answer: "STALE_DECISION" };
  if (request.do !== "reject") {
    const edited = request.do === "edit";
    return {
      state: decided(state, [seq], { state: "approved", by, edited, undone: false }, "running"),
      answer: "accepted",
    };
  }
  const status = request.then === "end" ? "rejected" : "running";
  return { state: decided(state, [seq], { state: "rejected", by }, status), answer: "accepted" };
}

/** What was undone stays so; what could not be is tried again by each rollback. */
function undo({ locked }: State): (call: Call) => Call {
  return (call) => (call.state === "approved" ? { ...call, undone: call.undone || !locked } : call);
}

/** One request, at once. What it lets run is `running` until {@link settle}. */
export function take(state: State, request: Request): Step {
  const { status } = state;
  switch (request.do) {
    case "approve":
    case "edit":
    case "reject":
    case "approveAll":
    case "approveSeveral":
    case "rejectSeveral":
      return decision(state, request);
    case "cancel":
      return status === "paused" || status === "running"
        ? { state: { ...state, status: "error" }, answer: "yes" }
        : { state, answer: "no" };
    case "expire":
      return status === "paused" ? { state: { ...state, status: "rejected" }, answer: "yes" } : { state, answer: "no" };
    case "rollback":
      if (status === "deleted") return { state, answer: "NOT_FOUND" };
      if (status === "running") return { state, answer: "ILLEGAL_TRANSITION" };
      return { state: { ...state, status: "rolled_back", calls: state.calls.map(undo(state)) }, answer: "done" };
    case "delete":
      return status === "deleted" ? { state, answer: "no" } : { state: { ...state, status: "deleted" }, answer: "yes" };
    case "recover":
      return { state, answer: "done" };
  }
}

/** The run that a decision let go on comes to its next pause or its end. */
export function settle(state: State): State {
  if (state.status !== "running") return state;
  if (state.calls.some((call) => call.state === "pending")) return { ...state, status: "paused" };
  if (state.calls[LAST]?.state === "absent") {
    return {
      ...state,
      status: "paused",
      calls: state.calls.map((call, seq) => (seq === LAST ? { state: "pending" } : call)),
    };
  }
  return { ...state, status: "completed" };
}

/** All that two requests at once may come to: states, and the answers in the order of the requests. */
export function takeBoth(state: State, one: Request, other: Request): { state: State; answers: [Answer, Answer] }[] {
  const between = (middle: (state: State) => State) => {
    const first = take(state, one);
    const second = take(middle(first.state), other);
    const otherFirst = take(state, other);
    const oneSecond = take(middle(otherFirst.state), one);
    return [
      { state: settle(second.state), answers: [first.answer, second.answer] as [Answer, Answer] },
      { state: settle(oneSecond.state), answers: [oneSecond.answer, otherFirst.answer] as [Answer, Answer] },
    ];
  };
  return [...between(settle), ...between((running) => running)];
}
