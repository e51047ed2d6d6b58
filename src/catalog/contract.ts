/** What `search` and `describe` take and give: the released shapes, with what is added marked as optional. */
import type { ConnectorDescription } from "../connector/types.ts";
import type { ErrorCode } from "../errors.ts";

/** A saved program as the catalog sees it. */
export interface SnippetEntry {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the snippet's input. */
  readonly inputSchema?: unknown;
  /** Names of the connectors that it calls. */
  readonly connectors?: readonly string[];
  /** Its source; shown by `describe`, not searched. */
  readonly code?: string;
}

/** A connector that could not be read: its server is down, its description is none. */
export interface UnavailableConnector {
  readonly connector: string;
  readonly code: ErrorCode;
  /** Why, on one line. Addresses are cut to their host, and what looks like a credential is left out. */
  readonly message: string;
}

/** What the catalog is made of. The same objects again mean the same index: nothing is built twice. */
export interface CatalogSources {
  readonly connectors: readonly ConnectorDescription[];
  readonly snippets?: readonly SnippetEntry[];
  /** Connectors that have no description now. */
  readonly unavailable?: readonly UnavailableConnector[];
}

/** Which part of what `search` finds. */
export interface SearchOptions {
  /** Results of this page, 1 to 100; default 20. */
  readonly limit?: number;
  /** Results to skip, for the next page: as many as came so far. Default 0. */
  readonly offset?: number;
  /** Only methods of this connector. */
  readonly connector?: string;
}

/** A method or a snippet that `search` found. */
export interface SearchResult {
  /** What a program writes: `github.issues_create`, or the snippet's name. */
  path: string;
  connector: string;
  method: string;
  description?: string;
  /** A call asks a person first. */
  requiresApproval?: boolean;
  kind: "method" | "snippet";
  /** Higher is better; comparable within one answer only. 0 where everything is listed. */
  score: number;
  /** Input and output types on one line. Left out of later results, to keep the answer short: `describe` has them. */
  signature?: string;
}

/** A page of what `search` found, best first. */
export interface SearchOutput {
  results: SearchResult[];
  /** Matches in all, on this and other pages. */
  total: number;
  /** There are matches after this page: ask for them with `offset` (all that came so far), or ask more exactly. */
  truncated: boolean;
  /** Connectors that could not be read: what they have is not among the results. Absent where all could. */
  unavailable?: readonly UnavailableConnector[];
}

/** What `describe` answers: the types of a connector, of one of its methods, or of a snippet. */
export interface DescribeOutput {
  path: string;
  description?: string;
  /** A call asks a person first. */
  requiresApproval?: boolean;
  /** TypeScript declarations; for a connector, an index of its methods where it has many. */
  types: string;
  kind: "connector" | "method" | "snippet";
  /** Calls that show the use. */
  examples?: readonly string[];
  /** The source of a snippet; of a very long one the beginning. */
  code?: string;
}
