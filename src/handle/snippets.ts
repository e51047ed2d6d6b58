/** The part of a handle that keeps programs which worked, and finds them, with the tools, by words. */
import type { CodemodeRuntimeHandle } from "../handle-types.ts";
import type { HostCapabilities } from "../host-port.ts";
import { checkOptions, checkText } from "../options.ts";
import { snippetEntry } from "../runtime/builtin.ts";
import { checkNote } from "../tool/check-decision.ts";
import { checkSnippetName, schemaText } from "../tool/check-snippet.ts";
import { snippetView } from "../view.ts";
import { type Host, unwrap } from "./request.ts";

type Snippets = Pick<CodemodeRuntimeHandle, "saveSnippet" | "snippets" | "deleteSnippet">;
type Lookup = Pick<CodemodeRuntimeHandle, "search" | "describe">;

export function snippets({ facet, settings }: Host): Snippets {
  return {
    saveSnippet: async (name, given) => {
      checkOptions("saveSnippet", given, ["executionId", "description", "inputSchema"], ["executionId"]);
      const { executionId, description = "", inputSchema } = given;
      checkText("executionId", executionId);
      checkNote("description", description);
      checkSnippetName(name);
      const schema = schemaText(inputSchema, settings.limits.maxValueBytes);
      return snippetView(
        unwrap(await facet().saveSnippet({ name, executionId, description, savedAt: Date.now(), inputSchema: schema })),
      );
    },
    snippets: async () => (await facet().snippets()).map(snippetView),
    deleteSnippet: async (name) => {
      checkText("name", name);
      return facet().deleteSnippet(name);
    },
  };
}

export function lookup({ facet }: Host, capabilities: HostCapabilities): Lookup {
  /** Snippets as the catalog takes them. */
  const entries = async () =>
    (await facet().snippets()).map((snippet) => ({ ...snippetEntry(snippet), code: snippet.code }));
  return {
    search: async (query, options) => capabilities.search(query, options, await entries()),
    describe: (target) => capabilities.describe(target, entries),
  };
}
