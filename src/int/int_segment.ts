import { highOf } from "./int_hash.ts";
import { IntValues } from "./int_values.ts";

/** Marks a word as taken; 0 is a free slot. All hashes of a segment have the same bit there. */
export const TAKEN: number = 1 << 31;

/**
 * The entries of an `IntTable` whose hashes begin with the same bits: open addressing with linear probing, in the order
 * of the hashes.
 *
 * The home of a key is proportional to its hash: the least hash has the first slot, the greatest the last home. A key
 * is at its home or further on, with no free slot in between. Behind the homes there are some slots of slack, and a
 * last slot that stays free.
 *
 * - A free slot counts as greater than all words, so a search ends at the first word that is not less than its own.
 * - A removed entry leaves nothing behind: the entries after it move up until one is at its home.
 * - Growing, splitting and merging copy the entries from first to last.
 *
 * Source: O. Amble and D. E. Knuth, "Ordered hash tables", The Computer Journal 17 (1974), here in ascending order of
 * the hashes and not of the keys.
 */
export class IntSegment extends IntValues {
  /** The number of first bits that all hashes share; at least one. */
  readonly depth: number;
  /** The least hash that belongs here. */
  readonly first: number;
  /** The number of slots that are homes. */
  readonly homes: number;
  /** The number of slots behind the homes, without the last. */
  readonly slack: number;
  /** The number of entries at which the segment grows. */
  readonly limit: number;
  /** The hashes, with `TAKEN` set, or 0. */
  readonly words: Int32Array;
  /** The upper parts of the keys; `undefined` while all are 0. */
  highs: Int32Array | undefined = undefined;
  /** The number of entries. */
  size = 0;

  constructor(depth: number, first: number, homes: number, slack: number, limit: number) {
    const slots = homes + slack + 1;
    super(slots);
    this.depth = depth;
    this.first = first;
    this.homes = homes;
    this.slack = slack;
    this.limit = limit;
    this.words = new Int32Array(slots);
  }

  /** The value of a key, or `undefined` if it is absent. */
  get(hash: number, key: number): unknown {
    const slot = this.find(hash, key);
    return slot < 0 ? undefined : this.valueAt(slot);
  }

  /** The slot of a key, or -1. */
  find(hash: number, key: number): number {
    const { words } = this;
    const word = hash | TAKEN;
    let slot = this.#home(word);
    let there = words[slot] as number;
    while (there < word) there = words[++slot] as number;
    if (there !== word) return -1;
    return this.highs === undefined && (key | 0) === key ? slot : this.#findHigh(slot, word, highOf(key));
  }

  /** The slot where a key is, or the one where it belongs. */
  seek(word: number, high: number): number {
    const { words } = this;
    let slot = this.#home(word);
    while (words[slot] as number < word) slot++;
    while (words[slot] === word && this.highAt(slot) < high) slot++;
    return slot;
  }

  /** Whether a key is at `slot`. */
  holds(slot: number, word: number, high: number): boolean {
    return this.words[slot] === word && this.highAt(slot) === high;
  }

  hashAt(slot: number): number {
    return ((this.words[slot] as number) & ~TAKEN) | (this.first & TAKEN);
  }

  highAt(slot: number): number {
    return this.highs === undefined ? 0 : this.highs[slot] as number;
  }

  /** The first taken slot from `slot` on, or the number of slots. */
  takenFrom(slot: number): number {
    const { words } = this;
    while (slot < words.length && words[slot] === 0) slot++;
    return slot;
  }

  /** The number of entries from slot `from` to before `to`. */
  count(from: number, to: number): number {
    let count = 0;
    for (let slot = from; slot < to; slot++) if (this.words[slot] !== 0) count++;
    return count;
  }

  /** Puts a key into the slot that `seek` returned, and returns whether there was room. Its value is not valid yet. */
  insert(slot: number, word: number, high: number): boolean {
    const { words } = this;
    let free = slot;
    while (words[free] !== 0) free++;
    if (free === words.length - 1) return false;
    if (high !== 0) this.highs ??= new Int32Array(words.length);
    for (let to = free; to > slot; to--) words[to] = words[to - 1] as number;
    words[slot] = word;
    if (this.highs !== undefined) {
      this.highs.copyWithin(slot + 1, slot, free);
      this.highs[slot] = high;
    }
    this.openValues(slot, free);
    this.size++;
    return true;
  }

  /** Removes the entry at `slot`. */
  remove(slot: number): void {
    const { words } = this;
    let free = slot + 1;
    for (; words[free] !== 0 && this.#home(words[free] as number) < free; free++) {
      words[free - 1] = words[free] as number;
    }
    words[free - 1] = 0;
    if (this.highs !== undefined) {
      this.highs.copyWithin(slot, slot + 1, free);
      this.highs[free - 1] = 0;
    }
    this.closeValues(slot, free);
    this.size--;
  }

  /**
   * Copies in the entries of another segment's slots, all of which come after its own.
   *
   * @param free The first slot that may be used; -1 if there was no room for what came before.
   * @returns The first slot that may be used from then on, or -1 if there was no room.
   */
  take(source: IntSegment, from: number, to: number, free: number): number {
    const { words } = this;
    if (free < 0) return free;
    if (source.highs?.some((high) => high !== 0)) this.highs ??= new Int32Array(words.length);
    for (let slot = from; slot < to; slot++) {
      const word = source.words[slot] as number;
      if (word === 0) continue;
      free = Math.max(free, this.#home(word));
      if (free >= words.length - 1) return -1;
      words[free] = word;
      if (this.highs !== undefined) this.highs[free] = source.highAt(slot);
      this.write(free, source.valueAt(slot));
      this.size++;
      free++;
    }
    return free;
  }

  /** The 17 bits after the common ones of all hashes here are enough to distinguish 2^15 homes. */
  #home(word: number): number {
    return Math.imul((word << this.depth) >>> 15, this.homes) >>> 17;
  }

  #findHigh(slot: number, word: number, high: number): number {
    while (this.words[slot] === word && this.highAt(slot) < high) slot++;
    return this.holds(slot, word, high) ? slot : -1;
  }
}
