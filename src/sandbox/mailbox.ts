/** The host's side of turn-taking: settlements wait here until the guest's turn asks for them. */
import type { Delivery, Reply } from "../wire/messages.ts";

export class Mailbox {
  #outbox: Delivery[] = [];
  #answer: ((reply: Reply) => void) | undefined;
  #halted = false;
  #sent = 0;
  #received = 0;

  /** The guest took a turn: a turn that still waits is released, this one waits for the next settlement. */
  async take(received: number): Promise<string> {
    this.#received = received;
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

  #flush(): void {
    if (this.#answer === undefined || (this.#outbox.length === 0 && !this.#halted)) return;
    const answer = this.#answer;
    const deliveries = this.#outbox;
    this.#answer = undefined;
    this.#outbox = [];
    this.#sent += deliveries.length;
    answer({ deliveries, ...(this.#halted && { halt: true as const }) });
  }
}
