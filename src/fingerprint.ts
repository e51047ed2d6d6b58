/** A short name for a text, by which it is known again: the beginning of its SHA-256. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** The first hexadecimal digits of the hash, 32 (128 bits) unless said otherwise. */
export function fingerprint(text: string, digits = 32): string {
  return bytesToHex(sha256(utf8ToBytes(text))).slice(0, digits);
}
