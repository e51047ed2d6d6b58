/** Checks of what a runtime is made from: the mistakes of a first afternoon, each answered with what to write instead. */
import { CodemodeError } from "../errors.ts";
import { checkText } from "../options.ts";

/** The platform takes 256 characters for a facet's name, ours begins with `codemode:`. */
const MAX_NAME_CHARS = 200;

/** From this date on a Worker has `ctx.exports`, in which the facet's class is found. */
const EXPORTS_DATE = "2025-11-17";

function refuse(option: string, message: string): never {
  throw new CodemodeError("INVALID_INPUT", message, { option });
}

/** The `ctx` of a Durable Object, on a platform that is new enough. */
export function checkContext(ctx: unknown): void {
  const has = (name: string) => typeof Reflect.get(Object(ctx), name) === "object";
  if (!has("storage") && has("ctx")) refuse("ctx", "ctx is the object itself. Pass its ctx: `ctx: this.ctx`.");
  if (!has("storage") || !has("facets")) {
    refuse("ctx", "ctx must be that of an Agent or a Durable Object, which keeps the journal: `ctx: this.ctx`.");
  }
  if (!has("exports")) {
    refuse(
      "ctx",
      `ctx has no exports. Set "compatibility_date" to ${EXPORTS_DATE} or later in the Worker's configuration, or add the flag "enable_ctx_exports".`,
    );
  }
}

/** Something that runs programs: an object, or what another Worker lends, which is a function to `typeof`. */
export function checkExecutor(executor: unknown): void {
  const has = (name: string) => typeof Reflect.get(Object(executor), name) === "function";
  if (has("execute")) return;
  if (typeof executor === "function") {
    refuse("executor", "executor is a class. Make one: `new DynamicWorkerExecutor({ loader: this.env.LOADER })`.");
  }
  refuse(
    "executor",
    has("load")
      ? "executor is the worker loader itself. Wrap it: `new DynamicWorkerExecutor({ loader: this.env.LOADER })`."
      : "executor must have execute(code, providers). Use `new DynamicWorkerExecutor({ loader: this.env.LOADER })`.",
  );
}

/** The executor of a runtime, which is asked for more than `execute`. */
export function checkRuntimeExecutor(executor: unknown): void {
  checkExecutor(executor);
  const modules: unknown = Reflect.get(Object(executor), "modules");
  if (modules === undefined || Array.isArray(modules)) return;
  refuse(
    "executor",
    "executor.modules must be a list of specifiers. Of one that is lent give execute alone: `{ execute: (...given) => lent.execute(...given) }`.",
  );
}

/** What was not awaited: a connector, or all of them. */
function checkAwaited(where: string, value: unknown): void {
  if (value instanceof Promise) refuse("connectors", `${where} is a promise: await it first.`);
}

/** Connectors, in a list. */
export function checkConnectors(connectors: unknown): void {
  checkAwaited("connectors", connectors);
  if (!Array.isArray(connectors)) refuse("connectors", "connectors must be a list: `connectors: [mail, tracker]`.");
  for (const [index, connector] of connectors.entries()) checkAwaited(`connectors[${index}]`, connector);
}

/** A connector's class; an arrow function or a method cannot be made an instance of. */
export function checkConnectorClass(given: unknown): void {
  if (typeof given === "function" && given.prototype !== undefined) return;
  refuse("connectors", "connectors takes instances or classes of CodemodeConnector, such as defineConnector() gives.");
}

/** The durable identity of a runtime. */
export function checkRuntimeName(name: unknown): void {
  checkText("name", name);
  if (name.length > MAX_NAME_CHARS) refuse("name", `name must have at most ${MAX_NAME_CHARS} characters.`);
}

/** A callback, or none. */
export function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") refuse(name, `${name} must be a function.`);
}
