/** The modules that the executor puts beside the shim in the isolate. */
declare module "#fuel" {
  export { fuel } from "./fuel.ts";
}
declare module "#programs" {
  /** Entry functions by program name; `"program"` is the model's. */
  export const programs: Readonly<Record<string, (input?: unknown) => Promise<unknown>>>;
  /** Modules that `import()` may name. */
  export const modules: Readonly<Record<string, unknown>>;
  /** Functions that set up namespaces of `execute(code, providers)`. */
  export const preludes: readonly ((...globals: unknown[]) => void)[];
}
