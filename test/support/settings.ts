/** What a person sets for one run of the tests, also for those inside of workerd: environment variables `VITE_<name>`. */

/** The value of `VITE_<name>`; absent when it is not set. */
export function setting(name: string): string | undefined {
  const env: unknown = Reflect.get(import.meta, "env");
  const value: unknown = Reflect.get(Object(env), `VITE_${name}`);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The same as a number. */
export function numericSetting(name: string, otherwise: number): number {
  const value = Number(setting(name) ?? otherwise);
  if (!Number.isFinite(value)) throw new Error(`VITE_${name} must be a number.`);
  return value;
}

/**
 * The seed of a randomised suite: the same on every run of a commit's tests, another on each soak, which is where new
 * programs are looked for. A failure prints it, and `VITE_SEED` runs it again.
 */
export function seedSetting(): number {
  return numericSetting("SEED", setting("SOAK") === undefined ? 1 : Date.now() % 1_000_000);
}
