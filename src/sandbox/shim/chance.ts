/** Chance as the program sees it: one ChaCha20 stream from the execution's recorded seed, the same on every pass (G4). */
import { keyStream } from "./chacha.ts";

/** What one drawing takes does not lie across a border of so many bytes, unless it is longer. Recorded runs depend on it. */
const BLOCK = 1024;

/** The platform's own limit of `getRandomValues`. */
const MAX_RANDOM_BYTES = 65_536;

const hexOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const bytesOf = (hex: string) =>
  Uint8Array.from({ length: hex.length / 2 }, (_, index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16));

type ByteStream = (length: number) => Uint8Array;

/**
 * The seed of a step's own stream. A step's function does not run again once it has settled, so what it draws must not
 * move what is drawn outside of it; and one that runs again after a crash must draw the same.
 */
function stepSeed(seed: Uint8Array, seq: number): Uint8Array {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(0, seq + 1);
  return keyStream(seed, nonce)(0, 32);
}

/** A source of bytes in a fixed order. */
function byteStream(seed: Uint8Array): ByteStream {
  const read = keyStream(seed, new Uint8Array(12));
  let block = 0;
  let drawn = BLOCK;
  let used = 0;
  return (length) => {
    if (length > BLOCK) {
      drawn += length;
      return read(drawn - length, length);
    }
    if (used + length > BLOCK) {
      block = drawn;
      drawn += BLOCK;
      used = 0;
    }
    used += length;
    return read(block + used - length, length);
  };
}

function isIntegerArray(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) && !/^Float/.test(value.constructor.name);
}

/** Puts the stream behind `Math.random` and `crypto`; `digest` goes through the journal like any other call. */
export function installChance(
  seedHex: string,
  define: (name: string, value: unknown) => void,
  currentStep: () => { readonly seq: number } | undefined,
  digest: (algorithm: unknown, data: unknown) => Promise<unknown>,
): void {
  // Made when it is first drawn from: most programs draw nothing.
  const streams = new Map<number | undefined, ByteStream>();
  const next = (length: number) => {
    const step = currentStep()?.seq;
    let stream = streams.get(step);
    if (stream === undefined) {
      const seed = bytesOf(seedHex);
      stream = byteStream(step === undefined ? seed : stepSeed(seed, step));
      streams.set(step, stream);
    }
    return stream(length);
  };
  Reflect.defineProperty(Math, "random", {
    value: () => {
      const bytes = next(8);
      const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
      // 53 bits: all that a double in [0, 1) can hold.
      return ((view.getUint32(0) >>> 5) * 67_108_864 + (view.getUint32(4) >>> 6)) / 9_007_199_254_740_992;
    },
    writable: false,
    configurable: false,
  });
  define(
    "crypto",
    Object.freeze({
      getRandomValues(array: unknown) {
        if (!isIntegerArray(array)) throw new TypeError("crypto.getRandomValues takes an integer typed array.");
        if (array.byteLength > MAX_RANDOM_BYTES)
          throw new RangeError(`crypto.getRandomValues gives at most ${MAX_RANDOM_BYTES} bytes.`);
        new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(next(array.byteLength));
        return array;
      },
      randomUUID() {
        const bytes = Uint8Array.from(next(16));
        bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
        bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
        const hex = hexOf(bytes);
        return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
      },
      subtle: Object.freeze({ digest }),
    }),
  );
}
