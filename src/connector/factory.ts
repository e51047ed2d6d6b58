/** The functions that make connectors, as a wrong call of one is told. */
import { CodemodeError } from "../errors.ts";

/** A function that makes connectors, as its callers should know it. */
export interface Factory<Option extends string = string> {
  readonly name: string;
  /** What it is called with, as one would write it: `(ctx, { name, tools })`. */
  readonly takes: string;
  /** All options that it has. */
  readonly options: readonly Option[];
  readonly needed: readonly Option[];
}

/**
 * Refuses a call whose arguments are not what they should be at all; the ctx is what is most often left out.
 *
 * @throws CodemodeError `INVALID_INPUT` that shows the right call.
 */
export function requireArguments({ name, takes }: Factory, ctx: unknown, options: unknown): void {
  if ([ctx, options].every((given) => typeof given === "object" && given !== null)) return;
  throw new CodemodeError(
    "INVALID_INPUT",
    `${name} takes the ctx of your Agent, Durable Object or Worker, and its options. Write ${name}${takes}.`,
  );
}
