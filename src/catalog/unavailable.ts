/** Reads what connectors say of themselves; one that cannot be read is named, with the reason, and hurts no other. */
import type { CodemodeConnector } from "../connector/connector.ts";
import { inTime } from "../connector/in-time.ts";
import { isListing } from "../connector/listing.ts";
import { isRecord } from "../connector/schema.ts";
import { withoutSecrets } from "../connector/secrets.ts";
import type { ConnectorDescription } from "../connector/types.ts";
import { CodemodeError, isCodemodeError } from "../errors.ts";
import type { UnavailableConnector } from "./contract.ts";
import { visible } from "./visible.ts";

/** Clients of servers give up by themselves, most after a minute; a program that searches should not wait for that. */
const MAX_DESCRIBE_SECONDS = 30;

const MAX_REASON_CHARS = 300;

function reasonOf(error: unknown): string {
  const said = error instanceof Error ? error.message : typeof error === "string" ? error : "";
  const clean = withoutSecrets(visible(said).replace(/\s+/g, " ").trim());
  if (clean === "") return "It gave no reason.";
  return clean.length <= MAX_REASON_CHARS ? clean : `${clean.slice(0, MAX_REASON_CHARS - 1)}…`;
}

/** The error of a program that asks for what only this connector could tell. */
export function unavailableError({ connector, code, message }: UnavailableConnector): CodemodeError {
  return new CodemodeError(code, `${connector} could not be read. ${message}`, { connector });
}

/** Who overrides `describe` may give anything. */
function isDescription(given: unknown): given is ConnectorDescription {
  if (!isRecord(given)) return false;
  // A listing makes its descriptors when somebody looks: it needs no look.
  if (isListing(given)) return true;
  return isRecord(given.descriptors) && Object.values(given.descriptors).every(isRecord);
}

async function describeInTime(
  name: string,
  connector: Pick<CodemodeConnector, "describe">,
): Promise<ConnectorDescription> {
  const given: unknown = await inTime(MAX_DESCRIBE_SECONDS * 1_000, connector.describe(), () => {
    throw new CodemodeError(
      "CONNECTION_LOST",
      `${name} did not say what it has within ${MAX_DESCRIBE_SECONDS} seconds.`,
    );
  });
  if (isDescription(given)) return given;
  throw new CodemodeError("INVALID_TOOL", `describe() of ${name} gives no { name, descriptors }.`);
}

/** The descriptions of connectors by name, and which of them have none now. */
export async function readDescriptions(
  connectors: Iterable<readonly [name: string, connector: Pick<CodemodeConnector, "describe">]>,
): Promise<{ readonly connectors: ConnectorDescription[]; readonly unavailable: UnavailableConnector[] }> {
  const read: ConnectorDescription[] = [];
  const unavailable: UnavailableConnector[] = [];
  const asked = [...connectors].map(async ([name, connector]) => {
    try {
      return await describeInTime(name, connector);
    } catch (error) {
      const code = isCodemodeError(error) ? error.code : "TOOL_ERROR";
      return { connector: name, code, message: reasonOf(error) };
    }
  });
  for (const answer of await Promise.all(asked)) {
    if ("code" in answer) unavailable.push(answer);
    else read.push(answer);
  }
  return { connectors: read, unavailable };
}
