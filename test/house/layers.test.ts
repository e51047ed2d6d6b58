import { join } from "node:path";
import { expect, test } from "vitest";
import { layerViolations } from "../../scripts/layers.ts";

test("imports point one way", () => {
  expect(layerViolations(join(import.meta.dirname, "..", ".."))).toEqual([]);
});
