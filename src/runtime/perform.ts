/** Has calls made: by the runtime itself where the tool is built in, else by the host. */
import { argsOf, type Entry } from "../journal/entry.ts";
import { BUILTIN, type BuiltinContext, performBuiltin } from "./builtin.ts";
import type { ToolCall, ToolOutcome } from "./port.ts";

/** Makes a call. Rejects only when the host is gone. */
export type Perform = (entry: Entry) => Promise<ToolOutcome>;

/** How calls of one pass are made. */
export function performerOf(context: BuiltinContext): Perform {
  const { execution, port } = context;
  // Looked up once: an RPC stub makes a new object whenever it is asked for one of its methods.
  const { perform } = port;
  return async (entry) => {
    const { connector, method, seq, attempt, decision } = entry;
    const args = argsOf(entry);
    if (connector === BUILTIN) return performBuiltin(method, args, context);
    const call: ToolCall = { executionId: execution.id, seq, attempt, connector, method, args, decision };
    const outcome: ToolOutcome = JSON.parse(await Reflect.apply(perform, port, [JSON.stringify(call)]));
    return outcome;
  };
}
