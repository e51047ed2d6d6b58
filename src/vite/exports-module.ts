/** Writes the module that the Worker entry re-exports: the facet class and every connector class of the project. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { CodemodeError } from "../errors.ts";
import { connectorExports } from "./connector-exports.ts";
import { findConnectorFiles } from "./discover.ts";

const FACET_CLASS = "CodemodeRuntime";

/** A class and the file that it comes from. */
export interface ExportedConnector {
  readonly file: string;
  readonly imported: string;
  readonly exported: string;
}

function duplicate(name: string, first: string, second: string): CodemodeError {
  return new CodemodeError(
    "INVALID_NAME",
    `${second}: exports "${name}", as ${first} does. ctx.exports has one namespace: rename one of the classes.`,
    { name, files: [first, second] },
  );
}

/**
 * The connector classes under a folder.
 *
 * @throws CodemodeError `SYNTAX_ERROR`, `INVALID_INPUT` (a file without a connector class), `INVALID_NAME` (one name twice).
 */
export function projectConnectors(root: string): ExportedConnector[] {
  const owners = new Map<string, string>([[FACET_CLASS, "durable-codemode"]]);
  const connectors: ExportedConnector[] = [];
  for (const file of findConnectorFiles(root)) {
    const shown = relative(root, file).replaceAll("\\", "/");
    for (const { imported, exported } of connectorExports(shown, readFileSync(file, "utf8"))) {
      const owner = owners.get(exported);
      if (owner !== undefined) throw duplicate(exported, owner, shown);
      owners.set(exported, shown);
      connectors.push({ file, imported, exported });
    }
  }
  return connectors;
}

/** The module's text. The order is that of the files, so an unchanged project gives an unchanged module. */
export function exportsModule(connectors: readonly ExportedConnector[]): string {
  const lines = connectors.map(({ file, imported, exported }) => {
    const name = imported === exported ? exported : `${imported} as ${exported}`;
    return `export { ${name} } from ${JSON.stringify(file.replaceAll("\\", "/"))};`;
  });
  return [`export { ${FACET_CLASS} } from "durable-codemode";`, ...lines, ""].join("\n");
}
