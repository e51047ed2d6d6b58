/// <reference types="vite/types/importMeta.d.ts" />
/**
 * Journals that this and earlier versions wrote, taken up by the code of today: each must come to the end that it came to
 * when it was written. `node test/journals/write.ts` writes those of a new version; what is here is never written anew.
 */
import { describe, expect, test } from "vitest";
import type { PendingAction } from "../../src/journal/public.ts";
import { SCHEMA_VERSION } from "../../src/store/schema.ts";
import { doubtedSeqs, effectFaults, executionView, rollbackFaults } from "../faults/check.ts";
import { Operator } from "../faults/operator.ts";
import type { Move } from "../faults/scenarios.ts";
import { makeLedger } from "../faults/world.ts";
import { evict } from "../support/drive.ts";
import { facetIn } from "../support/facet.ts";
import { newPlace, type Place } from "../support/runtime.ts";
import { type Golden, type KeptMove, parseGolden } from "./dump.ts";
import { RECIPES } from "./goldens.ts";

const FILES = import.meta.glob("./*/*.json", { eager: true, import: "default" });
const GOLDENS = Object.entries(FILES).map(([file, content]): [string, Golden] => [file, parseGolden(content)]);

async function placeOf(golden: Golden): Promise<Place> {
  const place = newPlace();
  await place.run({}, async (_runtime, ctx) => facetIn(ctx).restore(golden.dump));
  // A new process finds the old database, and migrates it.
  await evict(place);
  return place;
}

/** The kept moves, one after the other, each on the action that it was made on. */
function replayer(moves: readonly KeptMove[]): (pending: readonly PendingAction[]) => Move {
  const left = [...moves];
  return (pending) => {
    const move = left.shift();
    if (move === undefined) throw new Error("It waits for a decision that was not needed when it was written.");
    if (move.do === "approveSeveral" || move.do === "rejectSeveral")
      return { do: move.do, actions: pending.filter(({ seq }) => move.seqs?.includes(seq)) };
    if (move.do !== "approve" && move.do !== "reject") return { do: move.do };
    const action = pending.find(({ seq }) => seq === move.seq);
    if (action === undefined) throw new Error(`Call ${move.seq} does not wait, as it did when it was written.`);
    return move.do === "approve"
      ? { do: "approve", action, args: move.args }
      : { do: "reject", action, then: move.then ?? "end" };
  };
}

describe.each(GOLDENS)("%s", (_file, golden) => {
  test(`comes to its known end: ${golden.name}`, async () => {
    const ledger = makeLedger();
    const { name, moves, afterwards } = golden;
    const operator = new Operator(
      await placeOf(golden),
      { name, code: "", person: replayer(moves), ...(afterwards !== undefined && { afterwards }) },
      ledger,
      { excused: () => false },
    );
    const run = await operator.run();
    // As JSON, as it was kept: an outcome has nothing that JSON would lose and the program would not have told.
    expect(JSON.parse(JSON.stringify(executionView(run.execution, { doubts: doubtedSeqs(run), ordered: true })))).toEqual(golden.outcome);
    expect(effectFaults(run, ledger)).toEqual([]);
    if (run.execution?.status !== "rolled_back") expect(rollbackFaults(run, ledger)).toEqual([]);
  });

  test("has, once it was migrated, the tables of today", async () => {
    const fresh = await newPlace().run({}, async (_runtime, ctx) => (await facetIn(ctx).dump()).schema);
    const place = await placeOf(golden);
    const migrated = await place.run({}, async (_runtime, ctx) => (await facetIn(ctx).dump()).schema);
    expect(migrated).toEqual(fresh);
  });
});

test("this version of the schema has journals of its own; a migration comes with new ones", () => {
  const ofToday = GOLDENS.filter(([file, golden]) => file.startsWith(`./${SCHEMA_VERSION}/`) && golden.schemaVersion === SCHEMA_VERSION);
  expect(ofToday.map(([file]) => file).sort()).toEqual(RECIPES.map(({ file }) => `./${SCHEMA_VERSION}/${file}.json`).sort());
});

test("a released migration was not edited: the tables of today are those that today's journals were written with", async () => {
  const fresh = await newPlace().run({}, async (_runtime, ctx) => (await facetIn(ctx).dump()).schema);
  for (const [, golden] of GOLDENS) if (golden.schemaVersion === SCHEMA_VERSION) expect(golden.dump.schema).toEqual(fresh);
});
