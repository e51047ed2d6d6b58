/**
 * Prints what a description costs: time and heap to derive GitHub's REST API, and how both depend on the depth of `$ref`s.
 * Run: `node --expose-gc test/connectors/openapi/measure.ts`; the bench does. It says nothing of the Worker's own start-up.
 */
import { readFileSync } from "node:fs";
import { apiOf } from "../../../connectors/openapi/api.ts";
import { GITHUB_DESCRIPTION } from "../../support/github.ts";

/** 1,000 schemas in chains of `depth`, each branching twice, each reached by an operation. */
function chains(depth: number): object {
  const schemas: Record<string, object> = {};
  const paths: Record<string, object> = {};
  for (let n = 0; n < 1_000; n += 1) {
    const next = { $ref: `#/components/schemas/S${n + 1}` };
    const last = n % depth === depth - 1;
    schemas[`S${n}`] = {
      type: "object",
      properties: last ? { leaf: { type: "string" } } : { left: next, right: next },
    };
    if (n % depth !== 0) continue;
    const content = { "application/json": { schema: { $ref: `#/components/schemas/S${n}` } } };
    paths[`/p${n}`] = { post: { requestBody: { content }, responses: { 200: { description: "", content } } } };
  }
  return { openapi: "3.0.3", info: { title: `depth ${depth}`, version: "1" }, paths, components: { schemas } };
}

function heapMB(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}

function row(name: string, spec: object): string {
  const before = heapMB();
  const started = performance.now();
  const api = apiOf(spec);
  const derived = performance.now();
  const schemas = api.operations.map(({ inputSchema, outputSchema }) => [inputSchema, outputSchema]);
  const megabytes = JSON.stringify(schemas).length / 1e6;
  const used = performance.now();
  const [derive, all] = [derived - started, used - derived].map((ms) => ms.toFixed(0));
  const heap = (heapMB() - before).toFixed(1);
  return `| ${name} | ${api.operations.length} | ${derive} | ${all} | ${megabytes.toFixed(2)} | ${heap} |`;
}

const github = readFileSync(GITHUB_DESCRIPTION, "utf8");
const rows = [
  "| set-up of an OpenAPI description | operations | derive, ms | all schemas, ms | schemas as JSON, MB | heap, MB |",
  "|---|--:|--:|--:|--:|--:|",
  row(`GitHub REST, ${(github.length / 1e6).toFixed(0)} MB`, JSON.parse(github)),
  ...[1, 10, 50, 200].map((depth) => row(`1,000 schemas, \`$ref\`s ${depth} deep`, chains(depth))),
];
process.stdout.write(`${rows.join("\n")}\n`);
