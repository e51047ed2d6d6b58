/** The connectors of a runtime, from what its host gave: instances, classes, or the released package's. */
import { env } from "cloudflare:workers";
import { CodemodeConnector } from "../connector/connector.ts";
import type { AnyConnectorClass } from "../connector/define.ts";
import { AdaptedConnector, isReleasedConnector, type ReleasedConnector } from "../connector/foreign.ts";
import { CodemodeError } from "../errors.ts";
import { assertConnectorName } from "../names.ts";
import { checkConnectorClass, checkConnectors } from "./check-setup.ts";

/** What a host may give as a connector. */
export type GivenConnector = CodemodeConnector | AnyConnectorClass | ReleasedConnector;

function instanceOf(ctx: DurableObjectState, given: GivenConnector): CodemodeConnector {
  if (typeof given === "function") checkConnectorClass(given);
  const connector: unknown = typeof given === "function" ? Reflect.construct(given, [ctx, env]) : given;
  if (connector instanceof CodemodeConnector) return connector;
  if (isReleasedConnector(connector)) return new AdaptedConnector(ctx, env, connector);
  throw new CodemodeError(
    "INVALID_INPUT",
    "connectors takes instances or classes of CodemodeConnector. For a record of tools: `defineConnector({ name, tools })`.",
  );
}

/** The global of a connector, as one that programs can use. */
function checkedName(connector: CodemodeConnector): string {
  if (typeof connector.name !== "function") {
    throw new CodemodeError(
      "INVALID_NAME",
      'A connector says by a method under which name programs see it: `name() { return "mail"; }`.',
    );
  }
  const name: unknown = connector.name();
  if (typeof name === "string") {
    assertConnectorName(name);
    return name;
  }
  throw new CodemodeError(
    "INVALID_NAME",
    `A connector's name must be a string, got ${typeof name}. Give defineConnector() a name, or return one from name().`,
  );
}

/**
 * The connectors as instances, each under a name of its own.
 *
 * @throws CodemodeError `INVALID_INPUT` for what is no connector, `INVALID_NAME` for a name that programs cannot use or that two share.
 */
export function connectorsOf(ctx: DurableObjectState, given: readonly GivenConnector[]): CodemodeConnector[] {
  checkConnectors(given);
  const connectors = given.map((one) => instanceOf(ctx, one));
  const names = new Set<string>();
  for (const connector of connectors) {
    const name = checkedName(connector);
    if (names.has(name)) {
      throw new CodemodeError("INVALID_NAME", `Two connectors are named "${name}". Give one of them another name.`, {
        name,
      });
    }
    names.add(name);
  }
  return connectors;
}
