/** The host functions that a program may call, by global and name: what providers, plain records and connectors come to. */

import { nearNames } from "../connector/names.ts";
import { CodemodeError } from "../errors.ts";
import { byMethod, legacyToolName, sanitizeToolName } from "../names.ts";
import { type ConnectorBinding, type Executor, providersOf, type ResolvedProvider } from "../sandbox/executor.ts";

/** One global. */
export interface HostNamespace {
  readonly name: string;
  readonly methods: readonly string[];
  readonly prelude: string | undefined;
  /** @throws CodemodeError `UNKNOWN_TOOL`; otherwise whatever the function throws. */
  readonly call: (method: string, args: readonly unknown[]) => Promise<unknown>;
}

/** A global must be an identifier that can be a parameter of a strict function. */
function refuseName(name: string): void {
  if (sanitizeToolName(name) === name) return;
  throw new CodemodeError(
    "INVALID_NAME",
    `"${name}" is not a valid JavaScript identifier, so it cannot be a global. Rename it.`,
    { name },
  );
}

function fromProvider({ name, fns, prelude }: ResolvedProvider): HostNamespace {
  // A map of own functions: the name comes from the sandbox and may be "constructor".
  const byName = byMethod(Object.entries(fns), name);
  const methods = [...byName.keys()];
  // The names of the released package stay callable and are not listed.
  for (const [given, fn] of Object.entries(fns)) {
    const legacy = legacyToolName(given);
    if (!byName.has(legacy)) byName.set(legacy, fn);
  }
  const call = async (method: string, args: readonly unknown[]) => {
    const fn = byName.get(method) ?? byName.get(sanitizeToolName(method));
    if (fn !== undefined) return fn(...args);
    const near = nearNames(method, methods);
    const hint = near.length > 0 ? ` Did you mean ${near.join(", ")}?` : ` It has: ${methods.slice(0, 20).join(", ")}.`;
    throw new CodemodeError("UNKNOWN_TOOL", `${name} has no function "${method}".${hint}`, { near });
  };
  return { name, methods, prelude, call };
}

function fromConnector({ name, binding }: ConnectorBinding): HostNamespace {
  return { name, methods: [], prelude: undefined, call: async (method, [input]) => binding.callTool(method, input) };
}

/**
 * The globals of a program.
 *
 * @throws CodemodeError `INVALID_NAME` for a global that is no identifier, two of one name, or two functions of one name.
 */
export function hostNamespaces(
  given: Parameters<Executor["execute"]>[1],
  connectors: readonly ConnectorBinding[] = [],
): ReadonlyMap<string, HostNamespace> {
  const namespaces = new Map<string, HostNamespace>();
  for (const namespace of [...providersOf(given).map(fromProvider), ...connectors.map(fromConnector)]) {
    refuseName(namespace.name);
    if (namespaces.has(namespace.name)) {
      throw new CodemodeError(
        "INVALID_NAME",
        `Two providers are named "${namespace.name}". Give one of them another name.`,
        {
          name: namespace.name,
        },
      );
    }
    namespaces.set(namespace.name, namespace);
  }
  return namespaces;
}
