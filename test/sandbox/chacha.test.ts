import { chacha20, rngChacha20 } from "@noble/ciphers/chacha.js";
import { expect, test } from "vitest";
import { keyStream } from "../../src/sandbox/shim/chacha.ts";
import fc from "../support/fast-check.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

test("the key stream is that of RFC 8439 for any key, nonce and place", () => {
  fc.assert(
    fc.property(bytes(32), bytes(12), fc.nat(3_000), fc.nat(300), (key, nonce, at, length) => {
      const whole = chacha20(key, nonce, new Uint8Array(at + length));
      expect(keyStream(key, nonce)(at, length)).toEqual(whole.slice(at));
    }),
  );
});

test("a place is read the same whatever was read before it", () => {
  const key = Uint8Array.from({ length: 32 }, (_, index) => index);
  const read = keyStream(key, new Uint8Array(12));
  const [late, early] = [read(1_000, 100), read(10, 100)];
  const whole = rngChacha20(key).randomBytes(1_100);
  expect([late, early]).toEqual([whole.slice(1_000, 1_100), whole.slice(10, 110)]);
});
