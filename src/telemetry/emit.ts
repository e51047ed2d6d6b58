/** Hands an event to those who listen, so that nothing they do reaches the run. */
import type { CodemodeEvent, CodemodeEventListener } from "./events.ts";

/** A listener that cannot hurt: its first failure is reported, those after it are not. */
function guarded(who: string, listener: CodemodeEventListener): CodemodeEventListener {
  let reported = false;
  const report = (error: unknown) => {
    if (reported) return;
    reported = true;
    console.warn(`codemode: ${who} threw; further failures of it are not reported.`, error);
  };
  return (event) => {
    try {
      // An async function fits the type, and its rejection would end up in nobody's hands.
      Promise.resolve(listener(event)).catch(report);
    } catch (error) {
      report(error);
    }
  };
}

/** One listener for all that are there, in this order; `undefined` where there is none. */
export function emitterOf(listeners: Readonly<Record<string, CodemodeEventListener | undefined>>) {
  const safe = Object.entries(listeners).flatMap(([who, listener]) =>
    listener === undefined ? [] : [guarded(who, listener)],
  );
  if (safe.length === 0) return undefined;
  return (event: CodemodeEvent) => {
    for (const listen of safe) listen(event);
  };
}
