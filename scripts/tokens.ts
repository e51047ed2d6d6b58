/** What tools cost a model's context: each tool given as its own tool, against one tool that finds them. */
import { readFile } from "node:fs/promises";
import { encode } from "gpt-tokenizer";
import { apiOf } from "../connectors/openapi/api.ts";
import { codeInputSchema } from "../src/tool/code-input.ts";
import { describeTool } from "../src/tool/tool.ts";
import { GITHUB_DESCRIPTION } from "../test/support/github.ts";

const COUNTS = [10, 100, 1_000, 2_500] as const;

/** The tools of GitHub's description as a provider would be sent them; repeated under other names beyond their number. */
async function plainTools(): Promise<string[]> {
  const { operations } = apiOf(JSON.parse(await readFile(GITHUB_DESCRIPTION, "utf8")));
  return operations.map(({ name, description, inputSchema }) =>
    JSON.stringify({ name, description, parameters: inputSchema }),
  );
}

const tools = await plainTools();
const ours = JSON.stringify({
  name: "codemode",
  description: describeTool(["github"]),
  parameters: codeInputSchema["~standard"].jsonSchema.input({ target: "draft-07" }),
});
const oursTokens = encode(ours).length;
process.stdout.write("| tools | each as a tool | one code mode tool |\n|--:|--:|--:|\n");
for (const count of COUNTS) {
  let tokens = 0;
  for (let index = 0; index < count; index += 1) tokens += encode(tools[index % tools.length] ?? "").length;
  process.stdout.write(`| ${count.toLocaleString("en")} | ${tokens.toLocaleString("en")} | ${oursTokens} |\n`);
}
process.stdout.write(`\n${tools.length} operations of GitHub's REST description; o200k tokens by gpt-tokenizer.\n`);
