/** What a failed request means: whether it may have run, and what a program is told of it. */
import { expect, test } from "vitest";
import { kindOfFailure, toCodemodeError } from "../../../connectors/mcp/failure.ts";

const failed = (message: string, more: object = {}) => Object.assign(new Error(message), more);

test.for([
  ["a status of the client's that refuses", failed("Bad Request: no body", { code: 400 }), "refused", false],
  ["one about the session", failed("Bad Request: invalid session", { code: 400 }), "not-sent", false],
  ["a session that is unknown", failed("Not Found", { code: 404 }), "not-sent", false],
  ["a gateway that gave up", failed("Bad Gateway", { code: 502 }), "lost", true],
  ["no answer in time", failed("MCP error -32001: Request timed out", { code: -32001 }), "slow", true],
  ["an answer of nonsense", failed("x", { code: "INVALID_RESULT" }), "nonsense", true],
  ["a tool's own 404", failed("MCP error 404: no such issue", { code: 404 }), "answered", false],
  ["a tool's own 503", failed("no room", { name: "ProtocolError", code: 503 }), "answered", false],
  ["a socket behind fetch", failed("fetch failed", { cause: failed("x", { code: "ECONNRESET" }) }), "lost", true],
] as const)("%s", ([, error, kind, mayHaveRun]) => {
  expect(kindOfFailure(error)).toBe(kind);
  expect(toCodemodeError("files.read", error).data).toEqual({ where: "files.read", mayHaveRun });
});
