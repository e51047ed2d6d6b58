/** Everything that can be imported from the released package at run time can be imported from this one. */
import * as released from "@cloudflare/codemode";
import * as releasedAi from "@cloudflare/codemode/ai";
import * as releasedBrowser from "@cloudflare/codemode/browser";
import * as releasedMcp from "@cloudflare/codemode/mcp";
import * as releasedTanstack from "@cloudflare/codemode/tanstack-ai";
import * as ours from "durable-codemode";
import * as oursAi from "durable-codemode/ai";
import * as oursBrowser from "durable-codemode/browser";
import * as oursMcp from "durable-codemode/mcp";
import * as oursTanstack from "durable-codemode/tanstack-ai";
import { describe, expect, test } from "vitest";

const DOORS = {
  ".": [released, ours],
  "./ai": [releasedAi, oursAi],
  "./tanstack-ai": [releasedTanstack, oursTanstack],
  "./mcp": [releasedMcp, oursMcp],
  "./browser": [releasedBrowser, oursBrowser],
} as const;

describe.each(Object.entries(DOORS))("the door %s", (_door, [theirs, own]) => {
  const names = Object.keys(theirs);

  test.each(names)("exports %s, and of the same kind", (name) => {
    expect(typeof Reflect.get(own, name)).toBe(typeof Reflect.get(theirs, name));
  });

  test("of the released door there is something to compare", () => {
    expect(names.length).toBeGreaterThan(0);
  });
});

test("the numbers are the same", () => {
  expect(ours.DEFAULT_MAX_EXECUTIONS).toBe(released.DEFAULT_MAX_EXECUTIONS);
  expect(ours.DEFAULT_PAUSED_TTL_MS).toBe(released.DEFAULT_PAUSED_TTL_MS);
  expect(ours.MAX_DURABLE_VALUE_BYTES).toBe(released.MAX_DURABLE_VALUE_BYTES);
});

test.each(["get-pull.request", "2fa", "class", "with space", "ok_name", "a$b"])("%j becomes the same name", (name) => {
  expect(ours.sanitizeToolName(name)).toBe(released.sanitizeToolName(name));
});

test("a slash is a word's end here, and nothing there", () => {
  expect(ours.sanitizeToolName("pulls/create")).toBe("pulls_create");
  expect(released.sanitizeToolName("pulls/create")).toBe("pullscreate");
});
