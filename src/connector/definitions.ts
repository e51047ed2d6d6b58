/** Definitions of schemas that can be had one by one, for who would otherwise make all of `$defs` to look at one. */
const told = new WeakMap<object, (name: string) => unknown>();

/** `find` gives the definition of a name, or `undefined`; it gives the same as `schema.$defs` has. */
export function tellDefinitions(schema: object, find: (name: string) => unknown): void {
  told.set(schema, find);
}

/** The definition that a schema has under a name; `undefined` where it has none, or where nobody can tell. */
export function definitionOf(schema: object, name: string): unknown {
  return told.get(schema)?.(name);
}
