/** The host's side of turn-taking: settlements wait here until the guest's turn asks for them. */
import { CodemodeError } from "../errors.ts";
import { type Delivery, MAX_MESSAGE_CHARS, type Reply, type Turn } from "../wire/messages.ts";

export class Mailbox {
  #outbox: Delivery[] = [];
  #answer: ((reply: Reply) => void) | undefined;
  #halted = false;
  #open = false;
  #sent = 0;
  #received = 0;

  /**
   * The guest says how many deliveries it has got, and whether it may say more without another.
   *
   * @throws CodemodeError `PROTOCOL_VIOLATION` when it counts what was never sent.
   */
  acknowledge({ received, open }: Pick<Turn, "received" | "open">): void {
    if (received > this.#sent)
      throw new CodemodeError("PROTOCOL_VIOLATION", "The sandbox counts deliveries that it did not get.");
    this.#received = received;
    this.#open = open === true;
  }

  /** The guest took a turn: a turn that still waits is released, this one waits for the next settlement. */
  async take(): Promise<string> {
    this.#answer?.({ deliveries: [] });
    const reply = await new Promise<Reply>((resolve) => {
      this.#answer = resolve;
      this.#flush();
    });
    return JSON.stringify(reply);
  }

  post(delivery: Delivery): void {
    this.#outbox.push(delivery);
    this.#flush();
  }

  /** The pass is over: whatever the guest asks from now on, it gets nothing. */
  halt(): void {
    this.#halted = true;
    this.#outbox = [];
    this.#flush();
  }

  /** True while the guest waits and nothing is on its way to it. */
  get guestWaits(): boolean {
    return this.#answer !== undefined && this.#received === this.#sent;
  }

  /** Has the guest say when all is done, if its last turn left that open. Answers whether it was asked. */
  askIfOpen(): boolean {
    const answer = this.#answer;
    if (!this.#open || answer === undefined) return false;
    this.#answer = undefined;
    answer({ deliveries: [], settle: true });
    return true;
  }

  #flush(): void {
    if (this.#answer === undefined || (this.#outbox.length === 0 && !this.#halted)) return;
    const answer = this.#answer;
    const deliveries = this.#outbox.splice(0, fitting(this.#outbox));
    this.#answer = undefined;
    this.#sent += deliveries.length;
    answer({ deliveries, ...(this.#halted && { halt: true as const }) });
  }
}

/** How many of the deliveries go with one message: at least one. */
function fitting(deliveries: readonly Delivery[]): number {
  let left = MAX_MESSAGE_CHARS;
  const beyond = deliveries.findIndex(({ value = "" }, index) => {
    left -= value.length;
    return left < 0 && index > 0;
  });
  return beyond < 0 ? deliveries.length : beyond;
}
