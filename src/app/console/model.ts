/**
 * The one state of the page and everything that changes it. The Worker is the truth: after each event the parts that are on
 * the screen are read again, one reading at a time. What a person typed is none of it (drafts.ts).
 */
import {
  aboutAction,
  approvedWords,
  BUSY,
  type Card,
  cardsOf,
  doneWords,
  goneWords,
  type Mark,
  marked,
  NEXT,
  type Read,
  without,
} from "./cards.ts";
import {
  AGAIN_MS,
  approveSeveral,
  client,
  decide,
  isUnreachable,
  type Problem,
  problemOf,
  type Verdict,
} from "./client.ts";
import { drafts } from "./drafts.ts";
import { listen } from "./live.ts";
import { Reading, runOf, waitingFor } from "./reading.ts";
import { isUnknown } from "./refusals.ts";
import { Rounds } from "./rounds.ts";
import { hashOf, statusOf, type View, viewOf } from "./route.ts";
import type { Action, Heard, Outcome, Summary } from "./schemas.ts";
import { isOnItsWay, type Sent, type State } from "./state.ts";
import { SETTLE_MS } from "./still.ts";
import { errorName } from "./words.ts";

const PAGE = 25;
const MAX_PAGE = 200;

const NOTICE_MS = 12_000;
const MAX_NOTICES = 3;

/** What became of a decision that was sent. */
type Sending<T> =
  | { readonly isTaken: true; readonly answer: T }
  | { readonly isTaken: false; readonly problem: Problem };

/** Where whoever uses the keyboard goes on from, when what had it is gone. */
export function focusMain(): void {
  document.getElementById("main")?.focus({ preventScroll: true });
}

export class Model {
  state: State;
  readonly #show: (model: Model) => void;
  readonly #asked = new Set<string>();
  #isStreaming = false;
  readonly #readings = new Rounds(() => this.#read());
  /** Runs that are ended from here: whoever does that knows why what waited in them no longer does. */
  readonly #ending = new Set<string>();
  #notices = 0;
  #decisions = 0;

  constructor(show: (model: Model) => void) {
    this.#show = show;
    this.state = {
      view: viewOf(location.hash),
      link: "connecting",
      troubles: [],
      isMissing: false,
      refused: new Map(),
      queued: new Map(),
      described: new Map(),
      sent: new Map(),
      notices: [],
    };
  }

  start(): void {
    addEventListener("hashchange", () => this.#follow());
    listen({
      heard: (event) => {
        this.#queue(event);
        this.refresh();
      },
      link: (isOpen) => {
        this.#isStreaming = isOpen;
        // Whoever does not listen does not hear that a run began.
        if (!isOpen) this.state = { ...this.state, queued: new Map() };
        this.refresh();
      },
    });
    // While the stream of events is broken, or the last reading failed.
    setInterval(() => {
      if (!this.#isStreaming || this.state.link === "offline" || this.state.troubles.length > 0) this.refresh();
    }, AGAIN_MS);
    this.#set({});
    this.refresh();
  }

  go(view: View): void {
    location.hash = hashOf(view);
  }

  #follow(): void {
    const view = viewOf(location.hash);
    const isNarrowed = view.name === "runs" && this.state.view.name === "runs";
    if (statusOf(view) !== statusOf(this.state.view)) this.#forgetRuns();
    const { run: _, ...rest } = this.state;
    const isSame = view.name === "run" && this.state.run?.id === view.id;
    this.state = isSame ? { ...this.state, view } : { ...rest, view, isMissing: false };
    this.#set({});
    this.#readings.wantNow();
    // Who narrows the list may try another of the links beside.
    if (isNarrowed) return;
    scrollTo(0, 0);
    focusMain();
  }

  /** The list is of other runs from here on. */
  #forgetRuns(): void {
    const { runs: _, cursor: __, ...rest } = this.state;
    this.state = rest;
  }

  #queue({ executionId, type, behind, ahead }: Heard): void {
    if (executionId === undefined) return;
    const queued = new Map(this.state.queued);
    if (type === "pass.queued") queued.set(executionId, (behind?.length ?? 0) + (ahead ?? 0));
    else if (!queued.delete(executionId)) return;
    this.#set({ queued });
  }

  #set(change: Partial<State>): void {
    const hadFocus = document.activeElement !== document.body;
    this.state = { ...this.state, ...change };
    this.#show(this);
    if (hadFocus && document.activeElement === document.body) focusMain();
  }

  /** Reads again what is on the screen, soon; many wishes become one reading. */
  refresh(): void {
    this.#readings.want();
  }

  /** Answers whether one is still in the view that was read: whoever went to another has seen nothing of that yet. */
  async #read(): Promise<boolean> {
    const { view } = this.state;
    const decisions = this.#decisions;
    const shown = Math.min(MAX_PAGE, Math.max(PAGE, this.state.runs?.length ?? 0));
    const reading = new Reading();
    try {
      const [waiting, page, read, snippets, settings] = await Promise.all([
        reading.part("waiting", waitingFor(view)),
        reading.part("runs", client.runs({ limit: shown, status: statusOf(view) })),
        view.name === "run" ? reading.part("run", runOf(view.id)) : undefined,
        view.name === "snippets" ? reading.part("snippets", client.snippets()) : undefined,
        this.state.keepsPausedMs === undefined ? reading.part("settings", client.settings()) : undefined,
      ]);
      const isCurrent = view === this.state.view;
      // What waited when the reading began may have been decided on here while it was on its way.
      if (waiting !== undefined && decisions === this.#decisions) this.#take(waiting);
      this.#set({
        link: this.#isStreaming ? "live" : "polling",
        troubles: reading.troubles.filter(({ part }) => isCurrent || part !== "run"),
        ...(page !== undefined &&
          statusOf(view) === statusOf(this.state.view) &&
          this.#listOf(page.executions, page.cursor)),
        ...(isCurrent &&
          read !== undefined && { ...(read.run && { run: read.run }), isMissing: read.run === undefined }),
        ...(snippets !== undefined && { snippets: snippets.rows }),
        ...(settings !== undefined && { keepsPausedMs: settings.keepsPausedMs }),
      });
      for (const action of [...(waiting?.pending ?? []), ...(waiting?.inDoubt ?? [])]) void this.#describe(action);
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      this.#set({ link: "offline" });
    }
    return view === this.state.view;
  }

  /** The newest page, and below it what was loaded before and is older. */
  #listOf(newest: readonly Summary[], cursor: string | undefined): Partial<State> {
    const last = newest.at(-1);
    const known = new Set(newest.map(({ id }) => id));
    const older =
      cursor === undefined || last === undefined
        ? []
        : (this.state.runs ?? []).filter(({ id, createdAt }) => !known.has(id) && createdAt <= last.createdAt);
    const { cursor: before, ...rest } = this.state;
    this.state = rest;
    const next = older.length > 0 ? before : cursor;
    return { runs: [...newest, ...older], ...(next !== undefined && { cursor: next }) };
  }

  async more(): Promise<void> {
    const { cursor, view } = this.state;
    if (cursor === undefined) return;
    const page = await client.runs({ limit: PAGE, cursor, status: statusOf(view) });
    // Meanwhile the list may have come to be of other runs, or to end elsewhere.
    if (statusOf(view) !== statusOf(this.state.view) || cursor !== this.state.cursor) return;
    const { cursor: _, ...rest } = this.state;
    const { runs = [] } = rest;
    const known = new Set(runs.map(({ id }) => id));
    this.state = rest;
    this.#set({
      runs: [...runs, ...page.executions.filter(({ id }) => !known.has(id))],
      ...(page.cursor !== undefined && { cursor: page.cursor }),
    });
  }

  /** The cards after a reading. What went from under somebody's eyes did so for a reason, which is said. */
  #take(read: Read): void {
    const { view, cards: before = [] } = this.state;
    const cards = cardsOf(before, read, drafts.has);
    const runs = new Set(cards.map(({ action }) => action.executionId));
    const refused = new Map([...this.state.refused].filter(([id]) => runs.has(id)));
    this.#set({ cards, refused });
    const seen = before.filter(
      ({ action: { executionId }, hasEnded }) =>
        (view.name === "waiting" || (view.name === "run" && view.id === executionId)) &&
        (hasEnded || !this.#ending.has(executionId)),
    );
    const gone = goneWords(seen, cards);
    if (gone !== undefined) this.say(gone.text, gone.executionId);
  }

  #cardOf(action: Action): Card | undefined {
    return this.state.cards?.find((one) => aboutAction(one.action) === aboutAction(action));
  }

  #mark(actions: readonly Action[], mark: Mark): void {
    this.#set({ cards: marked(this.state.cards ?? [], actions, mark) });
  }

  #refuse(executionId: string, problem: Problem | undefined): void {
    const refused = new Map(this.state.refused);
    if (problem === undefined) refused.delete(executionId);
    else refused.set(executionId, problem);
    this.#set({ refused });
  }

  /** Takes cards away, with what was typed about them. */
  #remove(actions: readonly Action[]): void {
    for (const action of actions) drafts.forget(aboutAction(action));
    this.#set({ cards: without(this.state.cards ?? [], actions) });
    // The button that was pressed went with its card: whoever uses the keyboard goes on from here.
    if (document.activeElement === document.body) focusMain();
  }

  dismiss(action: Action): void {
    this.#remove([action]);
    this.refresh();
  }

  /** Sends one decision about actions of a run; what was answered, with their cards gone, or why it was not taken. */
  async #send<T>(
    executionId: string,
    actions: readonly Action[],
    busy: string,
    request: () => Promise<T>,
  ): Promise<Sending<T>> {
    this.#refuse(executionId, undefined);
    this.#mark(actions, { busy });
    let answer: T;
    try {
      answer = await request();
    } catch (error) {
      this.refresh();
      return { isTaken: false, problem: problemOf(error) };
    }
    this.#decisions += 1;
    this.#remove(actions);
    this.refresh();
    return { isTaken: true, answer };
  }

  /** Sends a decision about what was shown; true when it was taken. A refusal is shown at its card, and what was typed stays. */
  async decide(action: Action, verdict: Verdict, by: string): Promise<boolean> {
    const card = this.#cardOf(action);
    if (card === undefined || card.busy !== undefined || card.isGone) return false;
    const { executionId } = action;
    const isEnd = verdict.kind === "reject" && verdict.then === "end";
    const request = () => decide(action, verdict, by);
    const sent = await this.#send(executionId, [action], BUSY[verdict.kind], () =>
      isEnd ? this.ending(executionId, request) : request(),
    );
    if (sent.isTaken) {
      const next = isEnd ? "rejected" : sent.answer?.status;
      this.#tell(sent.answer, executionId, doneWords(card, verdict.kind, next));
    } else this.#mark([action], { problem: sent.problem });
    return sent.isTaken;
  }

  /**
   * Approves what was shown of one run, in one decision: all of it, or nothing where one of them was decided on or has changed
   * since. What somebody is about to edit or to reject is left as it is.
   */
  async approveAll(executionId: string, shown: readonly Action[], by: string): Promise<void> {
    const actions = shown.filter((action) => {
      const card = this.#cardOf(action);
      return card !== undefined && !card.isGone && card.busy === undefined && !drafts.isAt(aboutAction(action));
    });
    if (actions.length === 0) return;
    const sent = await this.#send(executionId, actions, BUSY.approve, () => approveSeveral(executionId, actions, by));
    if (sent.isTaken) {
      return this.#tell(sent.answer, executionId, approvedWords(actions.length, sent.answer.status));
    }
    // Where it is not known whether it was taken, each card says so: it may be gone at the next look.
    this.#mark(actions, isUnknown(sent.problem) ? { problem: sent.problem } : {});
    if (!isUnknown(sent.problem)) this.#refuse(executionId, sent.problem);
  }

  /** Sends what ends a run. */
  async ending<T>(executionId: string, request: () => Promise<T>): Promise<T> {
    this.#ending.add(executionId);
    try {
      return await request();
    } catch (error) {
      this.#ending.delete(executionId);
      throw error;
    }
  }

  /** Says what a decision did; where the program was written, how it went on is told, too. */
  #tell(outcome: Outcome | undefined, executionId: string, words: string): void {
    const told = [...this.state.sent].map(([draft, sent]): [string, Sent] =>
      outcome !== undefined && sent.outcome?.executionId === executionId
        ? [draft, { ...sent, outcome }]
        : [draft, sent],
    );
    this.#set({ sent: new Map(told) });
    this.say(words, executionId);
  }

  /** Runs the program of a draft; how it goes is kept, whatever view one is in by then. */
  async run(draft: string, code: string): Promise<void> {
    if (code.trim() === "" || isOnItsWay(this.state.sent.get(draft))) return;
    const { runs } = this.state;
    const sent = { code, at: Date.now(), ...(runs !== undefined && { known: new Set(runs.map(({ id }) => id)) }) };
    const keep = (now: Sent) => this.#set({ sent: new Map(this.state.sent).set(draft, now) });
    keep(sent);
    try {
      const outcome = await client.execute(code);
      keep({ ...sent, outcome });
      if (this.state.view.name !== "new") this.say(NEXT[outcome.status], outcome.executionId);
    } catch (error) {
      keep({ ...sent, problem: problemOf(error) });
    }
    this.refresh();
  }

  /** Says that something of the page itself failed: a click that did nothing would say nothing. */
  failed(error: unknown): void {
    this.#set({ fault: errorName(error) });
  }

  forgive(): void {
    const { fault: _, ...rest } = this.state;
    this.state = rest;
    this.#set({});
  }

  say(text: string, executionId?: string): void {
    this.#notices += 1;
    const notice = { id: this.#notices, text, ...(executionId !== undefined && { executionId }), isGoing: false };
    this.#set({ notices: [...this.state.notices, notice].slice(-MAX_NOTICES) });
    setTimeout(() => this.unsay(notice.id), NOTICE_MS);
  }

  /** A click that comes once more is not for what lies under the message. */
  unsay(id: number): void {
    const { notices } = this.state;
    if (!notices.some((notice) => notice.id === id)) return;
    this.#set({ notices: notices.map((notice) => (notice.id === id ? { ...notice, isGoing: true } : notice)) });
    setTimeout(() => this.#set({ notices: this.state.notices.filter((notice) => notice.id !== id) }), SETTLE_MS);
  }

  async #describe({ connector, method }: Action): Promise<void> {
    const target = `${connector}.${method}`;
    if (this.#asked.has(target)) return;
    this.#asked.add(target);
    try {
      const { description } = await client.describe(target);
      if (description !== undefined) this.#set({ described: new Map(this.state.described).set(target, description) });
    } catch {
      // A tool that is no longer there, or no connection: the card is whole without it. Asked again next time.
      this.#asked.delete(target);
    }
  }
}
