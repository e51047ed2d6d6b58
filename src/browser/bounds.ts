/** What bounds one run in the iframe sandbox on the page's side: its calls. */
import { CodemodeError } from "../errors.ts";
import { DEFAULT_LIMITS } from "../limits.ts";

const { maxCalls, maxCallsInFlight } = DEFAULT_LIMITS;

/** Counts calls and refuses those over the limits. */
export class CallGate {
  #made = 0;
  #open = 0;

  /** No call is open: the program itself is at work. */
  get idle(): boolean {
    return this.#open === 0;
  }

  /** @throws CodemodeError `TOO_MANY_CALLS` or `TOO_MANY_CALLS_IN_FLIGHT`; {@link leave} is due in any case. */
  enter(): void {
    this.#made += 1;
    this.#open += 1;
    if (this.#made > maxCalls) {
      const says = `The program made more than ${maxCalls} calls. Ask for more in each call.`;
      throw new CodemodeError("TOO_MANY_CALLS", says, { maxCalls });
    }
    if (this.#open > maxCallsInFlight) {
      const says = `More than ${maxCallsInFlight} calls were open at once. Await them in groups.`;
      throw new CodemodeError("TOO_MANY_CALLS_IN_FLIGHT", says, { maxCallsInFlight });
    }
  }

  leave(): void {
    this.#open -= 1;
  }
}
