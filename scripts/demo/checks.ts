/** The figures that the demo claims, each compared with what was found. */
import { isDeepStrictEqual, styleText } from "node:util";

export class Checks {
  readonly #lines: string[] = [];
  failed = 0;
  passed = 0;

  equal(claim: string, found: unknown, expected: unknown): void {
    const holds = isDeepStrictEqual(found, expected);
    if (holds) this.passed += 1;
    else this.failed += 1;
    const mark = holds ? styleText("green", "ok") : styleText("red", "WRONG");
    const line = `  ${mark} ${claim}${holds ? "" : `: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`}`;
    this.#lines.push(line);
    if (!holds) process.stdout.write(`${line}\n`);
  }

  print(): void {
    process.stdout.write(`${this.#lines.join("\n")}\n\n${this.passed} passed, ${this.failed} failed\n`);
  }
}
