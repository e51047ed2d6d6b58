/** Numbers for the stems of one index, so that ranking compares numbers and keeps its notes in arrays. */
import { conceptsOf } from "./concepts.ts";
import { eachChunk, stemsOfChunk } from "./words.ts";

const NONE: readonly number[] = [];

/** Adds numbers to a list that are not in it. Lists are short: looking through them costs less than a set. */
export function addOnce(ids: readonly number[], into: number[]): void {
  for (let at = 0; at < ids.length; at += 1) {
    const id = ids[at] ?? 0;
    if (!into.includes(id)) into.push(id);
  }
}

/** Stems by number, and the stems that stand for a concept. It only grows: what has a number keeps it. */
export class Vocabulary {
  readonly #ids = new Map<string, number>();
  readonly #stems: string[] = [];
  readonly #names = new Map<string, readonly number[]>();
  readonly #chunks = new Map<string, readonly number[]>();
  readonly #members = new Map<string, number[]>();

  get size(): number {
    return this.#stems.length;
  }

  idOf(stem: string): number | undefined {
    return this.#ids.get(stem);
  }

  stemOf(id: number): string {
    return this.#stems[id] ?? "";
  }

  /** The stems met so far that stand for a concept. */
  membersOf(concept: string): readonly number[] {
    return this.#members.get(concept) ?? NONE;
  }

  /** The number of a stem, a new one where it has none. One function for all chunks, of which there are thousands. */
  readonly #add = (stem: string): number => {
    const known = this.#ids.get(stem);
    if (known !== undefined) return known;
    const id = this.#stems.push(stem) - 1;
    this.#ids.set(stem, id);
    for (const concept of conceptsOf(stem)) {
      const members = this.#members.get(concept);
      if (members === undefined) this.#members.set(concept, [id]);
      else members.push(id);
    }
    return id;
  };

  /** The stems of a text's words, in order, without those that say nothing. */
  read(text: string): readonly number[] {
    const ids: number[] = [];
    eachChunk(text, (chunk) => {
      const found = this.#idsOf(chunk);
      for (let at = 0; at < found.length; at += 1) ids.push(found[at] ?? 0);
    });
    return ids;
  }

  /** Adds those stems of a text to a list that are not in it. */
  readOnce(text: string, into: number[]): void {
    eachChunk(text, (chunk) => addOnce(this.#idsOf(chunk), into));
  }

  #idsOf(chunk: string): readonly number[] {
    const known = this.#chunks.get(chunk);
    if (known !== undefined) return known;
    const ids = stemsOfChunk(chunk).map(this.#add);
    this.#chunks.set(chunk, ids);
    return ids;
  }

  /** The stems of a name that many documents share: of a connector, of a parameter. */
  readName(name: string): readonly number[] {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const ids = this.read(name);
    this.#names.set(name, ids);
    return ids;
  }
}
