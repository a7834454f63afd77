import { type IntSegment, TAKEN } from "./int_segment.ts";
import type { IntTable } from "./int_table.ts";

/**
 * A walk over the entries of an `IntTable` in the order of their hashes. Writes never change the place of an entry in
 * that order, so an entry that is present throughout is met exactly once.
 */
export class IntCursor {
  readonly #table: IntTable;
  #segment: IntSegment | undefined;
  #slot = 0;
  #hash = 0;
  /** At first below that of any key, so that every key comes after it. */
  #high = -Infinity;

  constructor(table: IntTable) {
    this.#table = table;
  }

  get key(): number {
    return this.#table.hash.keyOf(this.#hash, this.#high);
  }

  /** The value of the entry, if nothing was written since `advance`. */
  get value(): unknown {
    return this.#segment?.valueAt(this.#slot);
  }

  /** Moves to the next entry, and returns whether there is one. */
  advance(): boolean {
    const word = this.#hash | TAKEN;
    let segment = this.#table.segmentOf(this.#hash);
    let slot = this.#slot;
    // The entry may have been moved, or removed.
    if (segment !== this.#segment || !segment.holds(slot, word, this.#high)) slot = segment.seek(word, this.#high);
    if (segment.holds(slot, word, this.#high)) slot++;
    for (slot = segment.takenFrom(slot); slot === segment.words.length; slot = segment.takenFrom(0)) {
      const next = segment.first + 2 ** (32 - segment.depth) | 0;
      if (next === 0) return false;
      segment = this.#table.segmentOf(next);
    }
    this.#segment = segment;
    this.#slot = slot;
    this.#hash = segment.hashAt(slot);
    this.#high = segment.highAt(slot);
    return true;
  }
}

/** Iterates over the entries that a new cursor meets. */
export function* entriesAt<V>(cursor: IntCursor): MapIterator<[number, V]> {
  while (cursor.advance()) yield [cursor.key, cursor.value as V];
}

/** Iterates over the keys that a new cursor meets. */
export function* keysAt(cursor: IntCursor): MapIterator<number> {
  while (cursor.advance()) yield cursor.key;
}

/** Iterates over the values that a new cursor meets. */
export function* valuesAt<V>(cursor: IntCursor): MapIterator<V> {
  while (cursor.advance()) yield cursor.value as V;
}
