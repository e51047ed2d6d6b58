import type { CatalogSources } from "./contract.ts";
export function search(_sources: CatalogSources, _query: unknown, _options: unknown): never { throw new Error("todo"); }
export function describe(_sources: CatalogSources, _target: unknown): never { throw new Error("todo"); }
