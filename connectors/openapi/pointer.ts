/** How references of a description name a place within one document: by pointer, or by anchor. */
import { decodeSegment, encodeSegment } from "../../src/connector/pointer.ts";
import { isRecord } from "../../src/connector/schema.ts";

/** `#/components/schemas/Pet`: whose segments stand for themselves, however they may be encoded. */
const PLAIN_REFERENCE = /^#(?:\/[\w.-]+)+$/;

/** The pointer of a local reference, always spelled the same. */
export function pointerOfReference(reference: string): string {
  if (PLAIN_REFERENCE.test(reference)) return reference.slice(1);
  return reference.slice(1).split("/").map(decodeSegment).map(encodeSegment).join("/");
}

/** Where a document's `$anchor`s (`#name`) and `$id`s are; looked for only when a reference names one. */
export function findAnchors(document: unknown): ReadonlyMap<string, string> {
  const anchors = new Map<string, string>();
  const visit = (value: unknown, pointer: string): void => {
    if (typeof value !== "object" || value === null) return;
    if (isRecord(value)) {
      for (const key of ["$anchor", "$dynamicAnchor"] as const) {
        const anchor = value[key];
        if (typeof anchor === "string" && !anchors.has(`#${anchor}`)) anchors.set(`#${anchor}`, pointer);
      }
      if (typeof value.$id === "string" && pointer !== "") anchors.set(value.$id, pointer);
    }
    for (const [key, child] of Object.entries(value)) {
      visit(child, `${pointer}/${encodeSegment(key)}`);
    }
  };
  visit(document, "");
  return anchors;
}
