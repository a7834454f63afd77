import { sameValueZero } from "../keys/same_value_zero.ts";
import type { Slab } from "./slab.ts";

const SLOT_BITS = 12;

/** The number of home slots in a shard; the last windows extend beyond them. */
const SLOTS = 2 ** SLOT_BITS;

/** The number of entries for each shard above which a shard is split. The fullest are then 5/8 full. */
const LOAD = 1280;

/** The number of slots, from its home on, in which an entry can be. A good hash needs no more at this load. */
const WINDOW = 128;

/** A shard that never had an entry. All such shards are this one. */
const UNUSED = emptyShard();

/**
 * Finds the entries of a slab by their keys, off the JavaScript heap, and grows by one shard at a time: linear hashing
 * (Witold Litwin, "Linear Hashing: A New Tool for File and Table Addressing", VLDB 1980).
 *
 * The lowest bits of a hash select a shard; within it, linear probing searches at most 128 slots. Whenever there are
 * more than 1280 entries for each shard, the next in turn is split by one more bit. So the number of shards depends
 * only on the number of entries, and a bad hash makes no more of them than a good one. Entries that find no slot,
 * because too many hashes are alike, are kept in a `Map`.
 */
export class HashIndex<K> {
  readonly #entries: Slab<K, unknown>;
  readonly #fewest: number;
  /** Each slot has the hash and the number of an entry; the number of a free slot is 0. */
  #shards: Int32Array[];
  /** The bits of a hash that select a shard; if that shard does not exist yet, all but the highest of them do. */
  #mask: number;
  /** The numbers of the entries that found no slot. */
  readonly #overflow = new Map<K, number>();

  /** An index of `entries`, which must be empty; it begins with `shards` shards, a power of two. */
  constructor(entries: Slab<K, unknown>, shards: number) {
    this.#entries = entries;
    this.#fewest = shards;
    this.#shards = new Array(shards).fill(UNUSED);
    this.#mask = shards - 1;
  }

  /** The number of entries in each shard. */
  get shardSizes(): number[] {
    return this.#shards.map((shard) => {
      let size = 0;
      if (shard !== UNUSED) { for (let at = 1; at < shard.length; at += 2) if (shard[at] !== 0) size++; }
      return size;
    });
  }

  /** The number of entries in no shard. */
  get overflowSize(): number {
    return this.#overflow.size;
  }

  /** The number of the entry of `key`, whose hash is `hash`; 0 if there is no such entry. */
  find(key: K, hash: number): number {
    const shard = this.#shards[this.#shardAt(hash)] as Int32Array;
    const home = homeOf(hash);
    for (let at = home; at < home + 2 * WINDOW; at += 2) {
      const number = shard[at + 1] as number;
      if (number === 0) break;
      if (shard[at] === hash && sameValueZero(this.#entries.keyOf(number), key)) return number;
    }
    return this.#overflow.size === 0 ? 0 : this.#overflow.get(key) ?? 0;
  }

  /** Adds an entry that was added to the slab. */
  add(hash: number, number: number): void {
    if (!this.#place(hash, number)) this.#overflow.set(this.#entries.keyOf(number), number);
    if (this.#entries.size > LOAD * this.#shards.length) this.#split();
  }

  /** Removes an entry that is about to be removed from the slab. */
  remove(hash: number, number: number): void {
    if (this.#overflow.size > 0 && this.#overflow.delete(this.#entries.keyOf(number))) return;
    const shard = this.#shards[this.#shardAt(hash)] as Int32Array;
    let free = homeOf(hash);
    while (shard[free + 1] !== number) free += 2;
    // Entries that lie beyond their homes because of this one move up.
    for (let at = free + 2; at < shard.length && shard[at + 1] !== 0; at += 2) {
      if (homeOf(shard[at] as number) > free) continue;
      shard[free] = shard[at] as number;
      shard[free + 1] = shard[at + 1] as number;
      free = at;
    }
    shard[free + 1] = 0;
  }

  /** Removes every entry and returns to the initial number of shards. */
  clear(): void {
    this.#overflow.clear();
    this.#shards = new Array(this.#fewest).fill(UNUSED);
    this.#mask = this.#fewest - 1;
  }

  #shardAt(hash: number): number {
    const at = hash & this.#mask;
    return at < this.#shards.length ? at : at & (this.#mask >>> 1);
  }

  /** Puts an entry into the first free slot of its window, and returns whether there was one. */
  #place(hash: number, number: number): boolean {
    const shardAt = this.#shardAt(hash);
    let shard = this.#shards[shardAt] as Int32Array;
    if (shard === UNUSED) this.#shards[shardAt] = shard = emptyShard();
    const home = homeOf(hash);
    for (let at = home; at < home + 2 * WINDOW; at += 2) {
      if (shard[at + 1] !== 0) continue;
      shard[at] = hash;
      shard[at + 1] = number;
      return true;
    }
    return false;
  }

  /** Adds a shard, and moves the entries that now belong to it out of the shard that is next in turn. */
  #split(): void {
    const { length } = this.#shards;
    if (length > this.#mask) this.#mask = 2 * this.#mask + 1;
    const shard = this.#shards[length & (this.#mask >>> 1)] as Int32Array;
    this.#shards.push(UNUSED);
    // No entry ends up further from its home: only entries before it can be in its way, and they are placed first.
    for (let at = 0; at < shard.length; at += 2) {
      const number = shard[at + 1] as number;
      if (number === 0) continue;
      shard[at + 1] = 0;
      this.#place(shard[at] as number, number);
    }
  }
}

function emptyShard(): Int32Array {
  return new Int32Array(2 * (SLOTS + WINDOW));
}

/**
 * The first slot of the window of a hash: Fibonacci hashing (Knuth), which also spreads hashes that differ in few bits.
 */
function homeOf(hash: number): number {
  return 2 * (Math.imul(hash, 0x9e3779b1) >>> (32 - SLOT_BITS));
}
