/** Checks of what code tools are given: tools that would never be found are an error now, not a program that fails later. */
import { CodemodeError } from "../errors.ts";
import { assertConnectorName } from "../names.ts";
import { checkOptions } from "../options.ts";
import { checkExecutor } from "./check-setup.ts";
import { DEFAULT_NAMESPACE } from "./provider.ts";

function refuse(where: string, message: string): never {
  throw new CodemodeError("INVALID_INPUT", `${where} ${message}`, { option: where });
}

function isPromise(value: unknown): boolean {
  return typeof Reflect.get(Object(value), "then") === "function";
}

/** The tools of one global, by name. */
function checkRecord(where: string, tools: unknown): void {
  if (isPromise(tools)) refuse(where, "is a promise: await it first.");
  if (typeof tools !== "object" || tools === null) refuse(where, "must be a record of tools by name: { weather }.");
  for (const [name, tool] of Object.entries(tools)) {
    if (typeof tool === "object" && tool !== null) continue;
    const given = tool === null ? "null" : typeof tool;
    throw new CodemodeError("INVALID_TOOL", `${where}.${name}: a tool is an object with execute, not ${given}.`, {
      tool: name,
    });
  }
}

function checkProviders(providers: readonly unknown[]): void {
  const names = new Set<string>();
  for (const [index, provider] of providers.entries()) {
    const has = (key: string): unknown => Reflect.get(Object(provider), key);
    if (has("tools") === undefined) {
      refuse(
        `tools[${index}]`,
        "has no tools. Give a record of tools by name, { weather }, or providers, [{ name, tools: { weather } }].",
      );
    }
    checkRecord(`tools[${index}].tools`, has("tools"));
    const name = String(has("name") ?? DEFAULT_NAMESPACE);
    if (name !== DEFAULT_NAMESPACE) assertConnectorName(name);
    if (names.has(name)) {
      throw new CodemodeError("INVALID_NAME", `Two providers have the global "${name}". Give one another name.`, {
        name,
      });
    }
    names.add(name);
  }
}

/** Tools as `createCodeTool` takes them: a record, or a list of providers that each have a global of their own. */
export function checkTools(tools: unknown): void {
  if (Array.isArray(tools)) checkProviders(tools);
  else checkRecord("tools", tools);
}

/**
 * The options of a door whose programs call tools on an executor. What else is in them does not matter.
 *
 * @throws CodemodeError `INVALID_INPUT`.
 */
export function checkCodeToolOptions(where: string, options: unknown, needed: readonly string[]): void {
  checkOptions(where, options, Object.keys(Object(options)), needed);
  checkExecutor(Reflect.get(Object(options), "executor"));
}
