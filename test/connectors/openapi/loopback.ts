/** A real HTTP server on loopback for one test: it notes what it gets and answers as it is told. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";

/** A request as it came over the wire. */
export interface Got {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export type Answer = (got: Got, response: ServerResponse) => void | Promise<void>;

export interface Loopback {
  readonly url: string;
  /** `127.0.0.1:port` */
  readonly host: string;
  readonly requests: readonly Got[];
  last(): Got;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Starts a server that lives as long as the test. */
export async function loopback(answer: Answer): Promise<Loopback> {
  const requests: Got[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const got = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: await readAll(request),
      };
      requests.push(got);
      await answer(got, response);
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const last = () => {
    const got = requests.at(-1);
    if (got === undefined) throw new Error("no request came");
    return got;
  };
  return { url: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, requests, last };
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(value));
}
