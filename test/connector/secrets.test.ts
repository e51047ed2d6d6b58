/** What may be a secret in the words of a failure. */
import { expect, test } from "vitest";
import { withoutSecrets } from "../../src/connector/secrets.ts";

test.each([
  ["POST https://api.example.com/v1/items?key=abc", "POST https://api.example.com/…"],
  ["postgres://ada:hunter2@db.internal:5432/prod refused", "postgres://db.internal:5432/… refused"],
  ["redis://:hunter2@cache.internal", "redis://cache.internal"],
  ["no route to https://api.example.com", "no route to https://api.example.com"],
  ['headers {"authorization":"Basic YWRhOmh1bnRlcjI="}', 'headers {"authorization":…}'],
  ['{"password": "two words", "user": "ada"}', '{"password": …, "user": "ada"}'],
  ["Proxy-Authorization: Digest abc", "Proxy-Authorization: …"],
  ["client_secret=s3cr3t&grant=x", "client_secret=…"],
  ["X-Api-Key: abc123, retried", "X-Api-Key: …, retried"],
  ["sk-proj-0123456789abcdef0123456789", "…"],
])("is left out of %j", (said, shown) => {
  expect(withoutSecrets(said)).toBe(shown);
});

test.each([
  "connect ECONNREFUSED 127.0.0.1:8080",
  "The server did not answer within 30 seconds.",
  "tracker.close: args.id is missing",
  "MCP error -32603: internal error in list_all_open_issues_of_a_repository",
  "the tokens are counted; a key is needed",
])("is not seen in %j", (said) => {
  expect(withoutSecrets(said)).toBe(said);
});

test("a text of any length is read in no time, and never cut within a word", () => {
  for (const part of ["a.", "a-1", "token", "https://", "Bearer ", "=", "@"]) {
    expect(withoutSecrets(part.repeat(1_000_000)).length).toBeLessThanOrEqual(2_001);
  }
  expect(withoutSecrets(`${"word ".repeat(399)}${"k3y".repeat(1_000)}`)).toBe(`${"word ".repeat(399)}…`);
});
