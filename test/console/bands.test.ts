/** Pauses and folds as one background: one value, however many rows there are. */
import { expect, test } from "vitest";
import { bandsOf } from "../../src/app/console/bands.ts";

const pause = { from: 0, to: 5, after: 0, left: 10, width: 15 };

test("what is there neither of is no background", () => {
  expect(bandsOf({ pauses: [], folds: [] })).toBe("none");
});

test("a pause ends in a line where the run went on; one that goes on has none, nor has one too narrow for it", () => {
  expect(bandsOf({ pauses: [{ ...pause, isOpen: false }], folds: [] })).toBe(
    "linear-gradient(to right, transparent 0% 10.000%, var(--wait-wash) 10.000% calc(25.000% - 2px), " +
      "var(--wait-bar) calc(25.000% - 2px) 25.000%, transparent 25.000%)",
  );
  expect(bandsOf({ pauses: [{ ...pause, isOpen: true }], folds: [] })).not.toContain("--wait-bar");
  expect(bandsOf({ pauses: [{ ...pause, isOpen: false, width: 1 }], folds: [] })).not.toContain("--wait-bar");
});

test("pauses lie over folds, each after the one before", () => {
  const folds = [0, 50].map((left) => ({ left, width: 25, ms: 1 }));
  const [over, under] = bandsOf({ pauses: [{ ...pause, isOpen: false }], folds }).split(", linear-gradient");
  expect(over).toContain("--wait-wash");
  expect(under).toContain("transparent 0% 0.000%");
  expect(under).toContain("transparent 25.000% 50.000%");
  expect(under).toContain("--plain-wash");
  expect(under).not.toContain("--wait");
});
