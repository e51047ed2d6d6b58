/**
 * ChaCha20 (RFC 8439, section 2.3) as a stream of bytes that can be read at any place. Our own because every kilobyte in the
 * isolate is compiled anew for every pass, and a cipher library brings eight of them; tests compare it with one.
 */

/** "expand 32-byte k" */
const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;

const BLOCK_BYTES = 64;

/** Words of the state that one quarter round mixes: four columns, then four diagonals. */
const QUARTERS = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

function wordsOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 4 }, (_, index) => view.getUint32(index * 4, true));
}

/** Adds `from` to a word, mixes the sum into another and rotates that to the left. */
function mix(state: Uint32Array, sum: number, from: number, into: number, by: number): void {
  const added = ((state[sum] ?? 0) + (state[from] ?? 0)) >>> 0;
  state[sum] = added;
  const mixed = (state[into] ?? 0) ^ added;
  state[into] = (mixed << by) | (mixed >>> (32 - by));
}

function blockOf(start: readonly number[]): Uint8Array {
  const state = Uint32Array.from(start);
  for (let round = 0; round < 10; round += 1) {
    for (const [a, b, c, d] of QUARTERS) {
      mix(state, a, b, d, 16);
      mix(state, c, d, b, 12);
      mix(state, a, b, d, 8);
      mix(state, c, d, b, 7);
    }
  }
  const bytes = new Uint8Array(BLOCK_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, word] of start.entries()) view.setUint32(index * 4, (state[index] ?? 0) + word, true);
  return bytes;
}

/**
 * The key stream of a key of 32 bytes and a nonce of 12.
 *
 * @returns reads `length` bytes at a place of the stream, in bytes from its beginning.
 */
export function keyStream(key: Uint8Array, nonce: Uint8Array): (at: number, length: number) => Uint8Array {
  const [first, ...rest] = wordsOf(nonce);
  const keyWords = wordsOf(key);
  let block: Uint8Array = new Uint8Array();
  let counter = -1;
  return (at, length) => {
    const bytes = new Uint8Array(length);
    for (let index = 0; index < length; index += 1) {
      const wanted = Math.floor((at + index) / BLOCK_BYTES);
      if (wanted !== counter) {
        counter = wanted;
        block = blockOf([...CONSTANTS, ...keyWords, counter, first ?? 0, ...rest]);
      }
      bytes[index] = block[(at + index) % BLOCK_BYTES] ?? 0;
    }
    return bytes;
  };
}
