/** Checks of what code tools are given: tools that would never be found are an error now, not a program that fails later. */
import { CodemodeError } from "../errors.ts";
import { assertConnectorName } from "../names.ts";
import { checkOptions } from "../options.ts";
import { checkExecutor } from "./check-setup.ts";
import { approvalKeyIn, DEFAULT_NAMESPACE } from "./provider.ts";

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

/**
 * Refuses a list with two tools of one name: one would stand for both, with its own policy.
 *
 * @throws CodemodeError `INVALID_NAME`.
 */
export function requireOneEach(names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw new CodemodeError("INVALID_NAME", `Two tools are named "${twice}". Rename one of them.`, { name: twice });
}

/** Tools as `createCodeTool` takes them: a record, or a list of providers that each have a global of their own. */
export function checkTools(tools: unknown): void {
  if (Array.isArray(tools)) checkProviders(tools);
  else checkRecord("tools", tools);
}

/** Of a shorter name two wrong letters are half of it. */
const LONG_NAME = 6;

/** Whether two names differ at one place only, by a letter or two. */
function isAlmost(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length);
  let [begins, ends] = [0, 0];
  while (begins < shorter && one[begins] === other[begins]) begins += 1;
  while (ends < shorter - begins && one.at(-1 - ends) === other.at(-1 - ends)) ends += 1;
  return Math.max(one.length, other.length) - begins - ends <= (other.length < LONG_NAME ? 1 : 2);
}

/** The option that a name almost is. */
function meantOption(key: string, known: readonly string[]): string | undefined {
  if (known.includes(key)) return undefined;
  const plain = key.toLowerCase().replace(/[^a-z]/g, "");
  return known.find((name) => isAlmost(plain, name.toLowerCase()));
}

/**
 * Names of options. What else is in them does not matter, unless it was meant: a result that should be reshaped, a person that
 * should be asked.
 *
 * @throws CodemodeError `INVALID_INPUT`.
 */
export function checkOptionNames(
  where: string,
  options: unknown,
  known: readonly string[],
  needed: readonly string[],
): void {
  checkOptions(where, options, Object.keys(Object(options)), needed);
  const rule = approvalKeyIn(Object(options));
  if (rule !== undefined) {
    refuse(
      rule,
      `is no option of ${where}, which asks nobody. For runs that wait for a person use createCodemodeRuntime.`,
    );
  }
  const description: unknown = Reflect.get(Object(options), "description");
  if (description !== undefined && typeof description !== "string") refuse("description", "must be text.");
  for (const key of Object.keys(Object(options))) {
    const name = meantOption(key, known);
    if (name !== undefined) refuse(key, `is no option of ${where}, and would be ignored. Write "${name}".`);
  }
}

/**
 * The options of a door whose programs call tools on an executor.
 *
 * @throws CodemodeError `INVALID_INPUT`.
 */
export function checkCodeToolOptions(
  where: string,
  options: unknown,
  known: readonly string[],
  needed: readonly string[],
): void {
  checkOptionNames(where, options, known, needed);
  checkExecutor(Reflect.get(Object(options), "executor"));
}
