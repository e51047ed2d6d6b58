/** A Vitest reporter that says each minute which files are still running, and ends a run that is stuck in one. A soak it lets go on. */
import type { Reporter, TestModule, Vitest } from "vitest/node";

const MINUTE = 60_000;

/** Several times what the longest file takes on a slow machine. A worker in an endless loop heeds no timeout of a test. */
const STUCK_AFTER = 30 * MINUTE;

/** A soak takes as long as whoever asked for it said. */
const IS_SOAK = process.env.VITE_SOAK !== undefined || process.env.VITE_KILLS !== undefined;

export default class ProgressReporter implements Reporter {
  readonly #begun = new Map<string, number>();
  #vitest: Vitest | undefined;
  #clock: NodeJS.Timeout | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunStart(): void {
    this.#clock = setInterval(() => this.#tell(), MINUTE);
    this.#clock.unref();
  }

  onTestModuleQueued({ relativeModuleId }: TestModule): void {
    this.#begun.set(relativeModuleId, Date.now());
  }

  onTestModuleEnd({ relativeModuleId }: TestModule): void {
    this.#begun.delete(relativeModuleId);
  }

  onTestRunEnd(): void {
    clearInterval(this.#clock);
  }

  #tell(): void {
    for (const [file, begun] of this.#begun) {
      const passed = Date.now() - begun;
      if (passed < MINUTE) continue;
      process.stdout.write(`${file} has been running for ${Math.floor(passed / MINUTE)} min\n`);
      if (passed < STUCK_AFTER || IS_SOAK) continue;
      process.stderr.write(`${file} is stuck. Run it alone to see where: npx vitest run ${file}\n`);
      clearInterval(this.#clock);
      process.exitCode = 1;
      void this.#vitest?.exit(true);
    }
  }
}
