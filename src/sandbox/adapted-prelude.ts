/** Source that runs in the sandbox of an executor that does not speak the bridge protocol: what needs the program's closures. */
import { normalizeCode } from "./program/normalize.ts";

/**
 * Defines `codemode.step` and `codemode.run` over functions of the host.
 *
 * @param snippets - source texts of the pinned snippets by module name.
 */
export function stepsAndSnippets(snippets: Readonly<Record<string, string>>): string {
  // Each text parses as one function on its own, so none can reach out of its place in the list.
  const functions = Object.entries(snippets).map(([name, code]) => `${JSON.stringify(name)}: (${normalizeCode(code)})`);
  return `
{
  const snippets = { __proto__: null, ${functions.join(",\n")} };
  codemode.step = async (name, run) => {
    const answer = await codemode.openStep(name);
    if (!("open" in answer)) return answer.value;
    let ok = true;
    let value;
    try {
      value = await run();
    } catch (error) {
      ok = false;
      value = String(error?.message || error?.name || error);
    }
    return codemode.closeStep(answer.open, ok, value);
  };
  codemode.run = async (name, input) => snippets[await codemode.startSnippet(name, input)](input);
}
`;
}
