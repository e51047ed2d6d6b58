/** Runs the public MCP conformance suite, a program of its own, and gives its verdict. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";

function runnerPath(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve("@modelcontextprotocol/conformance/dist/index.js");
  } catch {
    return undefined;
  }
}

const runner = runnerPath();

/** It is a development dependency of its own, so it may be missing. */
export const isInstalled = runner !== undefined;

/** What a run ended with; `said` are the suite's own words, kept for a run that failed. */
export interface Verdict {
  readonly code: number | null;
  readonly said: string;
}

/** Passing says nothing more than that. */
export const PASSED: Verdict = { code: 0, said: "" };

function run(args: readonly string[]): Promise<Verdict> {
  // The suite writes its reports into the working directory.
  const child = spawn(process.execPath, [runner ?? "", ...args], { cwd: tmpdir() });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, said: code === 0 ? "" : said })));
}

/** One scenario against a server. */
export function testServer(url: URL, scenario: string): Promise<Verdict> {
  return run(["server", "--url", url.href, "--scenario", scenario]);
}

/** One scenario against a client: the suite starts `command` with the address of its own server as the last argument. */
export function testClient(command: string, scenario: string): Promise<Verdict> {
  return run(["client", "--command", command, "--scenario", scenario]);
}

/** Every scenario that the suite has, by what it tests. */
export async function scenarios(): Promise<Readonly<Record<"server" | "client", readonly string[]>>> {
  const child = spawn(process.execPath, [runner ?? "", "list"]);
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  await new Promise((resolve) => child.on("close", resolve));
  const [servers = "", clients = ""] = text.split("Client scenarios");
  const names = (part: string) => [...part.matchAll(/^ {2}- (\S+)/gm)].map(([, name = ""]) => name);
  return { server: names(servers), client: names(clients) };
}
