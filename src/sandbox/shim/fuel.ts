/** The counter that every loop and function of the program draws from; programs hold it under a name they cannot write. */

/** Thrown when the fuel is gone. Catching it does not help: the next loop or function throws again. */
class OutOfFuel extends Error {
  override readonly name = "OutOfFuel";
}

const { freeze } = Object;

/** Set by the shim before the program starts. */
export const fuel = {
  n: 0,
  tripped: false,
  /** Set by the shim: it must look at once, for a program that is stopped may never end. */
  onTrip: () => {},
  /** Called where the counter fell below zero. It stays there, so whatever runs on trips again at once. */
  trip(): never {
    fuel.tripped = true;
    fuel.onTrip();
    throw freeze(new OutOfFuel("The program ran out of fuel."));
  },
  /** What `import(specifier)` of a program calls. */
  import: (_specifier: unknown): Promise<unknown> => Promise.reject(new Error("not ready")),
};
