/** A loopback site that serves the test page and counts every request that is not for it. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { bundledText } from "../../../scripts/bundled-text.ts";

export interface Site {
  readonly origin: string;
  /** Paths that were asked for beside the page's own. */
  readonly strays: string[];
  close(): Promise<void>;
}

async function bundledPage(entry: string): Promise<string> {
  const build = await rolldown({
    input: entry,
    platform: "browser",
    resolve: { alias: { "durable-codemode/browser": join(import.meta.dirname, "../../../src/browser.ts") } },
    plugins: [bundledText()],
  });
  const { output } = await build.generate({ format: "esm", codeSplitting: false });
  await build.close();
  return output[0].code;
}

const PAGE = `<!doctype html><title>test</title><link rel="icon" href="data:,"><body><script type="module" src="/page.js"></script>`;

/** @param entry - the page's module. */
export async function openSite(entry = join(import.meta.dirname, "page.ts")): Promise<Site> {
  const files: Record<string, readonly [type: string, text: string]> = {
    "/": ["text/html", PAGE],
    "/page.js": ["text/javascript", await bundledPage(entry)],
  };
  const strays: string[] = [];
  const server: Server = createServer((request, response) => {
    const [type, text] = files[request.url ?? ""] ?? [];
    if (type === undefined) strays.push(request.url ?? "");
    response.writeHead(type === undefined ? 404 : 200, {
      "content-type": type ?? "text/plain",
      "access-control-allow-origin": "*",
    });
    response.end(text ?? "not found");
  });
  server.on("upgrade", (request, socket) => {
    strays.push(`upgrade ${request.url}`);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    strays,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
