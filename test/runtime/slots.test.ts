/** Places for isolates: first come, first served, and who waits can be told behind whom. */
import { expect, test } from "vitest";
import { Slots } from "../../src/runtime/slots.ts";

test("a place is free at once, or when one before is given back, in the order of coming", async () => {
  const slots = new Slots(2);
  const took: string[] = [];
  const take = (id: string) =>
    slots.take(id).then((release) => {
      took.push(id);
      return release;
    });
  const [a, b] = await Promise.all([take("a"), take("b")]);
  const [c, d] = [take("c"), take("d")];
  a();
  // Giving it back twice does nothing.
  a();
  const releaseC = await c;
  // Who comes now is behind d, although a place has just been given back.
  releaseC();
  const e = take("e");
  await d;
  b();
  await e;
  expect(took).toEqual(["a", "b", "c", "d", "e"]);
});

test("whoever would wait can be told how long the line is, and who has the places", async () => {
  const slots = new Slots(2);
  const release = await slots.take("a");
  expect(slots.line).toBe(undefined);
  await slots.take("b");
  expect(slots.line).toEqual({ behind: ["a", "b"], ahead: 0 });
  void slots.take("c");
  expect(slots.line).toEqual({ behind: ["a", "b"], ahead: 1 });
  release();
  expect(slots.line).toEqual({ behind: ["b", "c"], ahead: 0 });
});
