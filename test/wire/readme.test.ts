/** The exchange that the protocol's document shows is one that the host accepts and a guest can read. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Reply, WIRE_VERSION } from "../../src/wire/messages.ts";
import { parseTurn } from "../../src/wire/parse-turn.ts";
import { decodeValue } from "../../src/wire/values.ts";

const text = readFileSync(join(import.meta.dirname, "../../src/wire/README.md"), "utf8");
const lines = (who: "G" | "H") =>
  [...text.matchAll(new RegExp(`^${who} (\\{.*\\})$`, "gm"))].map(([, json = ""]) => json);

test("the document is of this version of the protocol", () => {
  expect(text).toMatch(new RegExp(`^# The bridge protocol, version ${WIRE_VERSION}\n`));
});

test("each line of its guest is a Turn with values that decode", () => {
  const turns = lines("G").map(parseTurn);
  expect(turns.map(({ turn }) => turn)).toEqual([0, 1, 0, 1]);
  const texts = turns.flatMap(({ requests, settled, done }) => [
    ...requests.flatMap((request) => (request.kind === "call" ? [request.args] : [])),
    ...settled.map(({ value }) => value),
    ...(done === undefined ? [] : [done.value]),
  ]);
  expect(texts.map(decodeValue)).toEqual([
    [],
    [{ to: "ada", note: "hi ada" }],
    "hi ada",
    [{ to: "ada", note: "hi ada" }],
    "sent",
  ]);
});

test("the host's lines deliver in order, and leave out the place of the step whose end the guest told itself", () => {
  const replies = lines("H").map((json): Reply => JSON.parse(json));
  expect(replies.flatMap(({ deliveries }) => deliveries.map(({ order }) => order))).toEqual([0, 2]);
  const told = lines("G").flatMap((json) => parseTurn(json).settled.map((end) => end.told !== undefined));
  expect(told).toEqual([true]);
  expect(replies.map(({ halt }) => halt === true)).toEqual([false, true, false, true]);
});
