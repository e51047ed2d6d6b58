/** The catalog of a runtime: everything that programs can call, found by what it does and described on demand. */
import { buildIndex } from "./build.ts";
import type { CatalogSources, DescribeOutput, SearchOutput } from "./contract.ts";
import { describeTarget } from "./describe.ts";
import { searchIndex } from "./search.ts";

/**
 * Finds methods and snippets by what they do; `""` lists everything by path, page by page. The arguments are a
 * program's and are checked here.
 *
 * @param query What is wanted, in any words: a sentence, a method's name, part of one.
 * @param options See {@link SearchOptions}.
 * @throws CodemodeError `INVALID_INPUT` for a query that is no string, an option that there is not, or a page that cannot be;
 *   `UNKNOWN_TARGET` for a connector that is not there; the code of a connector that cannot be read where only it could answer.
 *
 * @example
 * ```ts
 * search({ connectors: [await github.describe()] }, "close an issue").results[0]?.path; // "github.issues_update"
 * ```
 */
export function search(sources: CatalogSources, query: unknown, options?: unknown): SearchOutput {
  return searchIndex(buildIndex(sources), query, options, sources.unavailable);
}

/**
 * Declarations of a method (`github.issues_create`), a snippet or a connector.
 *
 * @throws CodemodeError `UNKNOWN_TARGET`, with near names; `INVALID_INPUT` for a target that is no string; the code of the
 *   connector that is named, where it cannot be read.
 *
 * @example
 * ```ts
 * describe({ connectors: [await github.describe()] }, "github.issues_create").types; // type IssuesCreateInput = { …
 * ```
 */
export function describe(sources: CatalogSources, target: unknown): DescribeOutput {
  return describeTarget(target, sources);
}
