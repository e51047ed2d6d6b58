/** What cannot be read: how whoever asks for it is told, and, once, whoever asked for something else. */
import { CodemodeError } from "../errors.ts";
import { toFailure } from "../wire/values.ts";

function reasonOf(error: unknown): string {
  const why = error instanceof CodemodeError && error.code === "NEWER_JOURNAL" ? error.cause : error;
  return toFailure(why).message.replace(/\.?$/, ".");
}

const nextStep = (forget: string) => `deploy the version that wrote it, or forget it with ${forget}`;

const deletion = (id: string) => `deleteExecution(${JSON.stringify(id)})`;

/** For whoever asks for exactly that execution. */
export function unreadable(id: string, error: unknown): CodemodeError {
  const message = `${id} cannot be read, and nothing changed: ${reasonOf(error)} To go on, ${nextStep(deletion(id))}.`;
  return new CodemodeError("NEWER_JOURNAL", message, { executionId: id }, { cause: error });
}

/** What nothing was done with while something was with all others: it is said once of each, for as long as the process lives. */
export class PassedOver {
  readonly #said = new Set<string>();

  execution(id: string, error: unknown): void {
    this.#say(id, error, deletion(id));
  }

  /** What work on an execution gives; nothing where it fails, and then that is said. */
  attempt<T>(id: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.execution(id, error);
      return undefined;
    }
  }

  snippet(name: string, error: unknown): void {
    const quoted = JSON.stringify(name);
    this.#say(`the snippet ${quoted}`, error, `deleteSnippet(${quoted})`);
  }

  #say(what: string, error: unknown, forget: string): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    // What the disk did not take was read, so no other version would do better.
    const isRefused = error instanceof CodemodeError && error.code === "INTERRUPTED";
    const last = isRefused ? "" : ` If that never succeeds, ${nextStep(forget)}.`;
    console.warn(
      `codemode: ${what} was passed over and left as it is: ${reasonOf(error)} The next use tries again.${last}`,
    );
  }
}
