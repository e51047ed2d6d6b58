/** Events of runs under test, as short texts to compare. */
import type { CodemodeEvent } from "../../src/telemetry/events.ts";

export interface Watched {
  readonly events: CodemodeEvent[];
  readonly options: { readonly onEvent: (event: CodemodeEvent) => void };
  /** One line per event: its type, and what is the same on every run of the test. */
  lines(): string[];
  of<Type extends CodemodeEvent["type"]>(type: Type): Extract<CodemodeEvent, { type: Type }>[];
}

/** What of an event goes into its line, by type. */
const FACTS: Readonly<Record<CodemodeEvent["type"], readonly string[]>> = {
  "execution.started": [],
  "pass.queued": ["ahead"],
  "pass.started": ["reason", "replayed"],
  "pass.loaded": [],
  "pass.ended": ["status"],
  "call.started": ["seq", "connector", "method", "attempt"],
  "call.settled": ["seq", "connector", "method", "ok", "code"],
  "approval.requested": ["seq", "connector", "method", "kind"],
  "approval.decided": ["seq", "connector", "method", "decision"],
  "call.reverted": ["seq", "connector", "method", "ok"],
  "execution.ended": ["status", "code"],
  "execution.rolled_back": ["reverted", "failed"],
};

export function line(event: CodemodeEvent): string {
  const facts = FACTS[event.type].map((name) => Reflect.get(event, name)).filter((fact) => fact !== undefined);
  return [event.type, ...facts].join(" ");
}

export function watch(): Watched {
  const events: CodemodeEvent[] = [];
  return {
    events,
    options: { onEvent: (event) => events.push(event) },
    lines: () => events.map(line),
    of: <Type extends CodemodeEvent["type"]>(type: Type) =>
      events.filter((event): event is Extract<CodemodeEvent, { type: Type }> => event.type === type),
  };
}
