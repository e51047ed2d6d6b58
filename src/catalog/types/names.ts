/** Names in generated TypeScript: type names, property keys, and one table that keeps type names apart. */
import { KEYWORDS } from "../../names.ts";

/** Names that generated text itself uses: a schema of that name gets another. */
const USED_BY_GENERATED_TEXT: readonly string[] = ["Promise", "Record", "Uint8Array"];

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** `simple-user` to `SimpleUser`; always an identifier and, but for scripts without case, never a keyword. */
export function typeNameOf(text: string): string {
  const words = text
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
    .split(/[^\p{ID_Continue}]+|_+/u)
    .filter((word) => word !== "");
  const joined = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join("");
  if (joined === "") return "Value";
  return isIdentifier(joined) && !KEYWORDS.has(joined) ? joined : `T${joined}`;
}

export function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name);
}

/** A property name as it stands in an object type: quoted unless it is an identifier. */
export function propertyKey(name: string): string {
  return isIdentifier(name) ? name : JSON.stringify(name);
}

/** A member as a program writes it: `github.issues_create`, `github["issues-create"]`. */
export function memberPath(of: string, name: string): string {
  return isIdentifier(name) ? `${of}.${name}` : `${of}[${JSON.stringify(name)}]`;
}

/** Gives each thing its own type name; the first to ask gets the plain one, the next `Name2`. */
export class TypeNames {
  readonly #taken = new Set<string>(USED_BY_GENERATED_TEXT);

  /** The very name where it can be one; otherwise, and where it is taken, as {@link take}. */
  claim(wanted: string): string {
    if (!isIdentifier(wanted) || KEYWORDS.has(wanted) || this.#taken.has(wanted)) return this.take(wanted);
    this.#taken.add(wanted);
    return wanted;
  }

  /** A name of the usual look, made from any text. */
  take(wanted: string): string {
    const base = typeNameOf(wanted);
    let name = base;
    for (let n = 2; this.#taken.has(name); n += 1) name = `${base}${n}`;
    this.#taken.add(name);
    return name;
  }
}
