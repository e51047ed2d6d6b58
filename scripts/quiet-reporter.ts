/** A Vitest reporter that keeps expected noise out of the output, so that an exception which nobody injected is seen. */
import type { Reporter } from "vitest/node";

/** What tests inject says so in its own words; the runtime logs thousands of them as uncaught. */
const INJECTED = [
  "A test killed the facet at ",
  "A test struck at ",
  "A test cut the line",
  "(a test ended it)",
  // What follows from a message that was lost, once no word of the test is left in it.
  "The execution was interrupted: the line to the sandbox broke.",
];

/** How the runtime begins what it logs; the report of a failed test, which may quote the same words, begins otherwise. */
const BY_THE_RUNTIME = "uncaught exception; ";

/** Of dependencies that were published without the sources that their maps name. */
const MISSING_SOURCES = /^Sourcemap for ".*\/node_modules\/.*" points to missing source files$/m;

/** Whether a text that is logged is of a fault that a test injected. */
export function isInjected(text: string): boolean {
  return INJECTED.some((words) => text.includes(words));
}

export default class QuietReporter implements Reporter {
  #kept = 0;

  onInit(): void {
    for (const stream of [process.stdout, process.stderr]) {
      stream.write = new Proxy(stream.write, {
        apply: (write, self, [text, ...rest]) =>
          typeof text === "string" && this.#keeps(text) ? true : Reflect.apply(write, self, [text, ...rest]),
      });
    }
  }

  onTestRunEnd(): void {
    if (this.#kept > 0) process.stdout.write(`\n${this.#kept} exceptions that tests injected are not shown\n`);
  }

  /** Whether a text stays out of the output. */
  #keeps(text: string): boolean {
    if (!text.startsWith(BY_THE_RUNTIME)) return MISSING_SOURCES.test(text);
    if (!isInjected(text)) return false;
    this.#kept += 1;
    return true;
  }
}
