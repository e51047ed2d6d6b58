/** Host functions that read their input with the tool's own schema, for executors that are used without a runtime. */
import { type InputParser, inputParser } from "../../src/connector/parse.ts";
import { CodemodeError } from "../../src/errors.ts";

type HostFunction = (...args: unknown[]) => Promise<unknown>;

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** A streaming tool's last value is its result. */
async function resultOf(answer: unknown): Promise<unknown> {
  if (!isAsyncIterable(answer)) return answer;
  let last: unknown;
  for await (const value of answer) last = value;
  return last;
}

/** What the frameworks hand to `execute`, for a call that no conversation made. */
function callOptions(): Readonly<Record<string, unknown>> {
  return {
    toolCallId: crypto.randomUUID(),
    messages: [],
    context: undefined,
    experimental_context: undefined,
    emitCustomEvent() {},
  };
}

/**
 * `execute` behind the tool's schema.
 *
 * @param where - how programs call it, `tools.getWeather` say; for the error.
 * @throws CodemodeError from the function: `INVALID_ARGUMENTS` with the path of what is wrong.
 */
export function checkedFunction(execute: HostFunction, schema: unknown, where: string): HostFunction {
  let reading: Promise<InputParser | undefined> | undefined;
  return async (input) => {
    reading ??= inputParser(schema, where);
    const parse = await reading;
    if (parse === undefined) return resultOf(await execute(input, callOptions()));
    const parsed = await parse(input ?? {});
    if (!parsed.ok) throw new CodemodeError("INVALID_ARGUMENTS", `${where}: ${parsed.message}`, { path: parsed.path });
    return resultOf(await execute(parsed.value, callOptions()));
  };
}
