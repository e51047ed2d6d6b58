/** `search` and `describe` of some sources, for the tests that ask the same ones many things. */
import { describe, search } from "../../src/catalog/catalog.ts";
import type { CatalogSources, SearchOptions } from "../../src/catalog/contract.ts";

export const catalogOf = (sources: CatalogSources) => ({
  search: (query: string, options?: SearchOptions) => search(sources, query, options),
  describe: (target: string) => describe(sources, target),
});
