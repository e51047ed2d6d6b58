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
