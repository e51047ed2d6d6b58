/** Gives every operation a tool name of its own, the same one whenever the description is the same. */
import { legacyToolName, sanitizeToolName } from "../../src/names.ts";
import type { OpenApiNameCollision } from "./types.ts";

/** What an operation is named after. */
export interface Nameable {
  readonly operationId: string | undefined;
  readonly method: string;
  readonly path: string;
}

/** Tools of the connector itself, and names that mean something to JavaScript when they are looked up on an object. */
const RESERVED = new Set(["request", "spec", "then", "constructor", "__proto__", "toString", "toJSON", "valueOf"]);

/** The words of a path: `/pets/{petId}` to `pets_petId`. */
function byPlace({ method, path }: Nameable): string {
  return sanitizeToolName(
    [method.toLowerCase(), ...path.split(/[^A-Za-z0-9]+/)].filter((word) => word !== "").join("_"),
  );
}

function wantedName(operation: Nameable): string {
  return operation.operationId === undefined ? byPlace(operation) : sanitizeToolName(operation.operationId);
}

function releasedName({ operationId, method, path }: Nameable): string {
  return legacyToolName(operationId ?? `${method.toLowerCase()}_${path}`);
}

function freeName(operation: Nameable, wanted: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(byPlace(operation))) return byPlace(operation);
  for (let n = 2; ; n += 1) if (!isTaken(`${wanted}_${n}`)) return `${wanted}_${n}`;
}

/**
 * Names all operations. An operation whose id is the name already keeps it; otherwise the first in the document does,
 * and the others are named after their method and path. No name is ever that of two operations.
 */
export function nameOperations(operations: readonly Nameable[]): {
  readonly names: readonly string[];
  readonly collisions: readonly OpenApiNameCollision[];
} {
  const owners = new Map<string, Nameable>();
  const wanted = operations.map(wantedName);
  const claim = (exactly: boolean) => {
    operations.forEach((operation, index) => {
      const name = wanted[index] ?? "";
      if (RESERVED.has(name) || owners.has(name)) return;
      if (!exactly || operation.operationId === name) owners.set(name, operation);
    });
  };
  claim(true);
  claim(false);

  const collisions: OpenApiNameCollision[] = [];
  const names = operations.map((operation, index) => {
    const name = wanted[index] ?? "";
    if (owners.get(name) === operation) return name;
    const renamedTo = freeName(operation, name, (candidate) => RESERVED.has(candidate) || owners.has(candidate));
    owners.set(renamedTo, operation);
    collisions.push({ name, renamedTo, method: operation.method, path: operation.path });
    return renamedTo;
  });

  return { names, collisions };
}

/**
 * The names that the released package gave to operations, where they were others, each with the operation's own name. As
 * there, the first of several has the name; a tool's own name wins over any of these. All are identifiers.
 */
export function releasedNames(
  operations: readonly (Nameable & { readonly name: string })[],
): ReadonlyMap<string, string> {
  const taken = new Set(operations.map(({ name }) => name));
  const aliases = new Map<string, string>();
  for (const operation of operations) {
    const released = releasedName(operation);
    if (!taken.has(released) && !RESERVED.has(released) && !aliases.has(released))
      aliases.set(released, operation.name);
  }
  return aliases;
}
