/** What runs inside the floor's isolate: the same messages as a program of ours causes, and nothing around them. */
import { WorkerEntrypoint } from "cloudflare:workers";

/** The facet, as the guest calls it. */
export interface FloorBridge {
  exchange(message: string): Promise<string>;
}

/** What the guest is told before it starts. */
export interface FloorOpening {
  readonly program: string;
  readonly n: number;
  /** Results of an earlier pass, as text. */
  readonly recorded: readonly string[];
}

/** What a program gives that has told its end with its last message. */
const ENDED = -1;

function idOf(text: string): number {
  return JSON.parse(text).id;
}

const PROGRAMS: Readonly<Record<string, (bridge: FloorBridge, n: number) => Promise<number>>> = {
  async nothing() {
    return 0;
  },
  async effects(bridge, n) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += idOf(await bridge.exchange(JSON.stringify([{ write: { id: i } }])));
    return sum;
  },
  async reads(bridge, n) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += idOf(await bridge.exchange(JSON.stringify([{ read: { id: i } }])));
    return sum;
  },
  async steps(bridge, n) {
    const steps = Array.from({ length: n }, (_, id) => ({ step: { id } }));
    const done = steps.reduce((sum, { step }) => sum + step.id, 0);
    await bridge.exchange(JSON.stringify({ done, steps }));
    return ENDED;
  },
  async parallel(bridge, n) {
    const all: { id: number }[] = JSON.parse(
      await bridge.exchange(JSON.stringify(Array.from({ length: n }, (_, id) => ({ write: { id } })))),
    );
    return all.reduce((sum, { id }) => sum + id, 0);
  },
  async approval(bridge, n) {
    const sum = await (PROGRAMS.reads?.(bridge, n) ?? 0);
    await bridge.exchange(JSON.stringify([{ act: { id: 0 } }]));
    return sum;
  },
};

export default class FloorGuest extends WorkerEntrypoint {
  async run(openingText: string, bridge: FloorBridge): Promise<void> {
    const { program, n, recorded }: FloorOpening = JSON.parse(openingText);
    let sum = 0;
    for (const text of recorded) sum += idOf(await Promise.resolve(text));
    if (recorded.length > 0) await bridge.exchange(JSON.stringify([{ act: { id: 0 } }]));
    else sum = (await PROGRAMS[program]?.(bridge, n)) ?? 0;
    if (sum !== ENDED) await bridge.exchange(JSON.stringify({ done: sum }));
  }
}
