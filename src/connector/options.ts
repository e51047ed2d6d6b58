/** Checks what connectors are made of: an option that would be ignored is an error, and so is a call without its ctx. */
import { CodemodeError } from "../errors.ts";

/** A function that makes connectors, as its callers should know it. */
export interface Factory {
  /** How it is called, as one would write it: `toolSetConnector(ctx, { name, tools })`. */
  readonly call: string;
  readonly options: Readonly<Record<string, "needed" | "optional">>;
}

function refuse({ call }: Factory, problem: string, data: Readonly<Record<string, unknown>> = {}): never {
  throw new CodemodeError("INVALID_INPUT", `${call.replace(/\(.*/, "")} ${problem}. Write ${call}.`, data);
}

function isObject(given: unknown): given is object {
  return typeof given === "object" && given !== null;
}

/**
 * Refuses a call whose arguments are not what they should be at all; the ctx is what is most often left out.
 *
 * @throws CodemodeError `INVALID_INPUT` that shows the right call.
 */
export function requireArguments(factory: Factory, ctx: unknown, options: unknown): void {
  if (isObject(ctx) && isObject(options)) return;
  refuse(factory, "takes the ctx of your Agent, Durable Object or Worker, and its options");
}

/**
 * Refuses options that mean nothing, and options without what is needed.
 *
 * @throws CodemodeError `INVALID_INPUT` that names the option, and those that there are.
 */
export function checkOptions(factory: Factory, given: unknown): void {
  if (!isObject(given)) refuse(factory, "takes its options");
  const { options } = factory;
  for (const option of Object.keys(given)) {
    if (Object.hasOwn(options, option)) continue;
    refuse(factory, `has no option "${option}". It takes ${Object.keys(options).join(", ")}`, { option });
  }
  for (const [option, use] of Object.entries(options)) {
    if (use === "needed" && Reflect.get(given, option) === undefined)
      refuse(factory, `needs the option "${option}"`, { option });
  }
}
