/** Tools whose latency the test decides: a call waits at its gate until the test opens it. */

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls wait here by name; a name may be used again once it was released. */
export interface Gate {
  /** What a tool returns: settles when the test says so. */
  pass(name: string): Promise<unknown>;
  /** Resolves when calls of all these names wait. */
  reached(...names: string[]): Promise<void>;
  /** Lets a waiting call go on with a value, its name by default. */
  open(name: string, value?: unknown): void;
  /** Lets a waiting call fail. */
  fail(name: string, error: unknown): void;
  /** Lets them go one after the other, in this order. All must be waiting. */
  openInOrder(...names: string[]): Promise<void>;
  /** Names in the order in which their calls began, repetitions included. */
  readonly begun: readonly string[];
}

export function makeGate(): Gate {
  const waiting = new Map<string, Waiting>();
  const begun: string[] = [];
  let watchers: { readonly names: readonly string[]; readonly resolve: () => void }[] = [];

  const take = (name: string): Waiting => {
    const found = waiting.get(name);
    if (found === undefined)
      throw new Error(`No call waits at "${name}"; these do: ${[...waiting.keys()].join(", ")}.`);
    waiting.delete(name);
    return found;
  };
  const gate: Gate = {
    begun,
    pass(name) {
      begun.push(name);
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.set(name, { resolve, reject });
      const done = watchers.filter(({ names }) => names.every((one) => waiting.has(one)));
      watchers = watchers.filter((watcher) => !done.includes(watcher));
      for (const watcher of done) watcher.resolve();
      return promise;
    },
    reached(...names) {
      if (names.every((name) => waiting.has(name))) return Promise.resolve();
      return new Promise((resolve) => watchers.push({ names, resolve }));
    },
    open: (name, value = name) => take(name).resolve(value),
    fail: (name, error) => take(name).reject(error),
    async openInOrder(...names) {
      await gate.reached(...names);
      for (const name of names) gate.open(name);
    },
  };
  return gate;
}
