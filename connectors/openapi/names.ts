/** Gives every operation a tool name of its own, the same one whenever the description is the same. */
import { legacyToolName, sanitizeToolName } from "../../src/names.ts";
import type { OpenApiNameCollision } from "./types.ts";

/** What an operation is named after. */
export interface Nameable {
  readonly operationId: string | undefined;
  readonly method: string;
  readonly path: string;
}

export interface Named {
  readonly name: string;
  /** The name that the released package gave, where it was another. */
  readonly alias: string | undefined;
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
  readonly names: readonly Named[];
  readonly collisions: readonly OpenApiNameCollision[];
} {
  const owners = new Map<string, Nameable>();
  const wanted = operations.map(wantedName);
  const claim = (exactly: boolean) => {
    for (const [index, operation] of operations.entries()) {
      const name = wanted[index] ?? "";
      if (RESERVED.has(name) || owners.has(name)) continue;
      if (!exactly || operation.operationId === name) owners.set(name, operation);
    }
  };
  claim(true);
  claim(false);

  const collisions: OpenApiNameCollision[] = [];
  const chosen = operations.map((operation, index) => {
    const name = wanted[index] ?? "";
    if (owners.get(name) === operation) return name;
    const renamedTo = freeName(operation, name, (candidate) => RESERVED.has(candidate) || owners.has(candidate));
    owners.set(renamedTo, operation);
    collisions.push({ name, renamedTo, method: operation.method, path: operation.path });
    return renamedTo;
  });

  const aliased = new Set<string>();
  const names = operations.map((operation, index): Named => {
    const legacy = releasedName(operation);
    // As in the released package the first of several owned the name; a tool's own name wins over any alias.
    const free = !owners.has(legacy) && !RESERVED.has(legacy) && !aliased.has(legacy);
    if (free) aliased.add(legacy);
    return { name: chosen[index] ?? legacy, alias: free ? legacy : undefined };
  });
  return { names, collisions };
}
