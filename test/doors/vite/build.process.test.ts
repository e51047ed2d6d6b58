/** The Vite plugin in a real build with Cloudflare's plugin, and in a real dev server. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cloudflare } from "@cloudflare/vite-plugin";
import { parse } from "acorn";
import { createBuilder, createLogger, createServer, type InlineConfig, type ViteDevServer } from "vite";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import codemode from "../../../src/vite.ts";

const FIXTURE = join(import.meta.dirname, "fixture");
let project: string;

/** The fixture is copied next to itself: dev servers and builds write into a project, and packages resolve upwards. */
beforeAll(() => {
  project = mkdtempSync(join(import.meta.dirname, "run-"));
  cpSync(FIXTURE, project, { recursive: true });
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

const config = (): InlineConfig => ({
  root: project,
  configFile: false,
  logLevel: "silent",
  clearScreen: false,
  plugins: [codemode(), cloudflare({ persistState: false, inspectorPort: false })],
  resolve: { alias: { "durable-codemode": join(project, "stub/durable-codemode.ts") } },
  server: { port: 0, host: "127.0.0.1" },
});

/** The names that an ES module exports. */
function exportsOf(code: string): string[] {
  return parse(code, { sourceType: "module", ecmaVersion: "latest" }).body.flatMap((statement) => {
    if (statement.type !== "ExportNamedDeclaration") return [];
    return statement.specifiers.map(({ exported }) => ("name" in exported ? exported.name : String(exported.value)));
  });
}

async function build(): Promise<string> {
  const builder = await createBuilder({ ...config(), build: { minify: false, write: false } });
  const environment = builder.environments.codemode_vite_fixture;
  if (environment === undefined) throw new Error(`there are ${Object.keys(builder.environments)}`);
  const built = await builder.build(environment);
  const outputs = Array.isArray(built) ? built : [built];
  for (const { output } of outputs.flatMap((one) => ("output" in one ? [one] : []))) {
    for (const chunk of output) if (chunk.type === "chunk" && chunk.isEntry) return chunk.code;
  }
  throw new Error("the build has no entry");
}

describe("a build", () => {
  it("exports the facet class and every connector class from the Worker entry, and what the entry had", async () => {
    const code = await build();
    expect(exportsOf(code).sort()).toEqual(
      ["CodemodeRuntime", "GithubConnector", "GithubIssues", "Host", "Owned", "ShownConnector", "default"].sort(),
    );
    expect(code).toContain("the entry");
    expect(code).not.toContain("the connector file");
  });

  it("fails with the file and the place of what cannot be exported", async () => {
    const broken = join(project, "src/broken.codemode.ts");
    try {
      writeFileSync(broken, "export class A extends B {\n  x: = 1;\n}\n");
      await expect(build()).rejects.toThrow(/src\/broken\.codemode\.ts:2:/);
      writeFileSync(broken, "export const nothing = 1;\n");
      await expect(build()).rejects.toThrow(/src\/broken\.codemode\.ts: exports no connector class/);
      writeFileSync(broken, "export class GithubConnector extends Object {}\n");
      await expect(build()).rejects.toThrow(
        /src\/github-issues\.codemode\.ts: exports "GithubConnector", as src\/broken\.codemode\.ts does/,
      );
    } finally {
      rmSync(broken, { force: true });
    }
  });
});

describe("a dev server", () => {
  const late = () => join(project, "src/late.codemode.ts");
  const logged: string[] = [];
  let server: ViteDevServer;

  beforeAll(async () => {
    // The placeholder for `Request.cf` would be asked of the network.
    process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
    const customLogger = createLogger("silent");
    customLogger.error = (message) => logged.push(message);
    server = await createServer({ ...config(), customLogger });
    await server.listen();
  });
  afterAll(() => server.close());

  /** What is in `ctx.exports` of the running Worker. */
  async function contextExports(): Promise<string> {
    const response = await fetch(server.resolvedUrls?.local[0] ?? "");
    return response.text();
  }

  /** A restart ends the old server first, so a request in between may fail; what counts is where it comes to. */
  const comesTo = (expected: (text: string) => void) =>
    vi.waitFor(async () => expected(await contextExports()), { timeout: 20_000, interval: 100 });

  it("has the classes in ctx.exports, and follows connector files that come, break, change and go", async () => {
    for (const name of ["CodemodeRuntime", "GithubConnector", "GithubIssues"])
      expect(await contextExports()).toContain(name);
    const text = (name: string) =>
      `import { WorkerEntrypoint } from "cloudflare:workers";\nexport class ${name} extends WorkerEntrypoint {}\n`;
    writeFileSync(late(), text("LateConnector"));
    await comesTo((exports) => expect(exports).toContain("LateConnector"));
    writeFileSync(late(), "export class {");
    await comesTo((answer) => expect(answer).toContain("late.codemode.ts"));
    expect(logged.join()).toContain("src/late.codemode.ts:1:15: ");
    // The watcher takes two saves within 50 ms for one, so this saves until it was seen.
    await comesTo((exports) => {
      writeFileSync(late(), text("LaterConnector"));
      expect(exports).toContain("LaterConnector");
    });
    rmSync(late());
    await comesTo((exports) => expect(exports).not.toContain("Late"));
  });
});
