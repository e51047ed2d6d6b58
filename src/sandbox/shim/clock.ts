/** Time as the program sees it: it moves only with the journal, so it reads the same on every pass (G4). */

const NativeDate = Date;
const { construct, defineProperty } = Reflect;

/** The program's clock, in epoch milliseconds. */
export interface Clock {
  now: number;
  /** The platform's: for what happens now and is recorded with its time. */
  readonly real: () => number;
}

/** The platform's clock, which the program cannot reach. */
export const realTime: () => number = NativeDate.now;

/** `Date` whose "now" is the clock's; everything else is the platform's. */
function makeDate(clock: Clock): DateConstructor {
  function ProgramDate(this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return new NativeDate(clock.now).toString();
    return construct(NativeDate, args.length === 0 ? [clock.now] : args, new.target);
  }
  defineProperty(ProgramDate, "name", { value: "Date" });
  defineProperty(ProgramDate, "length", { value: 7 });
  defineProperty(ProgramDate, "prototype", { value: NativeDate.prototype, writable: false });
  defineProperty(ProgramDate, "now", { value: () => clock.now });
  defineProperty(ProgramDate, "parse", { value: NativeDate.parse });
  defineProperty(ProgramDate, "UTC", { value: NativeDate.UTC });
  // The only other way to the platform's Date is through an instance.
  defineProperty(NativeDate.prototype, "constructor", { value: ProgramDate, writable: false, configurable: false });
  return ProgramDate as unknown as DateConstructor;
}

/** Formatting without a date means "now", so it must mean the program's now. */
function patchIntl(clock: Clock): void {
  const prototype = Intl.DateTimeFormat.prototype;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, "format");
  const format = descriptor?.get;
  if (format !== undefined) {
    defineProperty(prototype, "format", {
      configurable: false,
      get(this: Intl.DateTimeFormat) {
        const bound: unknown = Reflect.apply(format, this, []);
        return (date?: Date | number) =>
          typeof bound === "function" ? bound(date === undefined ? clock.now : date) : "";
      },
    });
  }
  const toParts = prototype.formatToParts;
  defineProperty(prototype, "formatToParts", {
    configurable: false,
    value(this: Intl.DateTimeFormat, date?: Date | number) {
      return Reflect.apply(toParts, this, [date === undefined ? clock.now : date]);
    },
  });
}

/** Puts the clock behind `Date`, `performance` and `Intl`. */
export function installClock(clock: Clock, define: (name: string, value: unknown) => void): void {
  const origin = clock.now;
  patchIntl(clock);
  define("Date", makeDate(clock));
  define(
    "performance",
    Object.freeze({ now: () => clock.now - origin, timeOrigin: origin, toJSON: () => ({ timeOrigin: origin }) }),
  );
}
