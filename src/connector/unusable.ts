/** Tools that cannot be called as they were given, where one must not take the others with it: listed, with the reason, and refusing. */
import { CodemodeError, type ErrorCode, isCodemodeError } from "../errors.ts";
import type { ConnectorTool } from "./types.ts";

/** Why a tool cannot be called. */
interface Fault {
  readonly code: ErrorCode;
  /** For whoever reads the list of tools, and for whoever calls it all the same. */
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** In the place of such a tool. */
export function refusingTool({ code, message, data }: Fault, aliases: readonly string[] = []): ConnectorTool {
  return {
    description: message,
    ...(aliases.length > 0 && { aliases }),
    execute: () => {
      throw new CodemodeError(code, message, data);
    },
  };
}

/** In the place of a tool whose declaration threw. Its developer is warned: nobody else would hear of it before it is called. */
export function replacingTool(callee: string, fault: unknown, aliases: readonly string[] = []): ConnectorTool {
  const known = isCodemodeError(fault) ? fault : undefined;
  const said = known?.message ?? `${callee}: ${fault instanceof Error ? fault.message : String(fault)}`;
  const message = `${said.replace(/\.$/, "")}. No program can call it until that is mended.`;
  console.warn(message);
  return refusingTool({ code: known?.code ?? "INVALID_TOOL", message, data: known?.data ?? { callee } }, aliases);
}
