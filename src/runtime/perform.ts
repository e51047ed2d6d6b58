/** Has one call made: by the runtime itself where the tool is built in, else by the host. */
import type { Entry } from "../journal/entry.ts";
import { BUILTIN, type BuiltinContext, performBuiltin } from "./builtin.ts";
import type { ToolOutcome } from "./port.ts";

/** Rejects only when the host is gone. */
export function performCall(entry: Entry, context: BuiltinContext): Promise<ToolOutcome> {
  const { connector, method, seq, attempt } = entry;
  // What a person put in the place of the program's arguments is what runs.
  const args = entry.editedArgs ?? entry.args;
  return connector === BUILTIN
    ? performBuiltin(method, args, context)
    : context.port.perform({ executionId: context.execution.id, seq, attempt, connector, method, args });
}
