/** `crypto.subtle.digest` of programs, computed by the host: in the isolate it would settle at a time of its own. */
import { CodemodeError } from "../errors.ts";

const DIGESTS = new Set(["SHA-1", "SHA-256", "SHA-384", "SHA-512"]);

/** Takes the arguments of `crypto.subtle.digest` as a program gave them. */
export async function digest([algorithm, data]: readonly unknown[]): Promise<Uint8Array> {
  const name: unknown =
    typeof algorithm === "object" && algorithm !== null ? Reflect.get(algorithm, "name") : algorithm;
  const wanted = String(name).toUpperCase();
  if (!DIGESTS.has(wanted)) {
    throw new CodemodeError(
      "UNAVAILABLE",
      `crypto.subtle.digest offers ${[...DIGESTS].join(", ")}; "${String(name)}" is not one of them.`,
    );
  }
  if (!ArrayBuffer.isView(data) && !(data instanceof ArrayBuffer)) {
    throw new CodemodeError("INVALID_ARGUMENTS", "crypto.subtle.digest takes bytes: a typed array or an ArrayBuffer.");
  }
  const bytes = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
  return new Uint8Array(await crypto.subtle.digest(wanted, bytes.slice()));
}
