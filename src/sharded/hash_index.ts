import { sameValueZero } from "../keys/same_value_zero.ts";
import type { Slab } from "./slab.ts";

const SLOT_BITS = 12;

/** How many slots a shard has, but for those in which the last windows end. */
const SLOTS = 2 ** SLOT_BITS;

/** How many entries there may be for each shard: one more, and a shard is split. The fullest are 5/8 full by then. */
const LOAD = 1280;

/** In how many slots, from its home on, an entry can be. A hash that spreads the keys needs no more at such a load. */
const WINDOW = 128;

/** Stands for every shard that no entry was put into yet. */
const UNUSED = emptyShard();

/**
 * Finds the entries of a slab by their keys, off the JavaScript heap, and grows by one shard at a time: linear hashing
 * (Witold Litwin, "Linear Hashing: A New Tool for File and Table Addressing", VLDB 1980).
 *
 * The lowest bits of a hash choose a shard, and within it there is linear probing, for at most 128 slots. Whenever there are
 * more than 1280 entries to a shard, the next in turn is split by one more bit. So the number of shards follows from the
 * number of entries alone, and a bad hash makes no more of them than a good one. What finds no slot, because too many
 * hashes are alike, is found by way of a `Map`.
 */
export class HashIndex<K> {
  readonly #entries: Slab<K, unknown>;
  readonly #fewest: number;
  /** In each slot the hash of an entry and its number, or 0 for a number if the slot is free. */
  #shards: Int32Array[];
  /** The bits of a hash that choose a shard; without the highest of them where there is no such shard yet. */
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

  /** How many entries each shard has. */
  get shardSizes(): number[] {
    return this.#shards.map((shard) => {
      let size = 0;
      if (shard !== UNUSED) { for (let at = 1; at < shard.length; at += 2) if (shard[at] !== 0) size++; }
      return size;
    });
  }

  /** How many entries are in no shard. */
  get overflowSize(): number {
    return this.#overflow.size;
  }

  /** The number of the entry of `key`, which has this hash; 0 if there is none. */
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

  /** Takes in an entry that was added. */
  add(hash: number, number: number): void {
    if (!this.#place(hash, number)) this.#overflow.set(this.#entries.keyOf(number), number);
    if (this.#entries.size > LOAD * this.#shards.length) this.#split();
  }

  /** Forgets an entry that is about to be removed. */
  remove(hash: number, number: number): void {
    if (this.#overflow.size > 0 && this.#overflow.delete(this.#entries.keyOf(number))) return;
    const shard = this.#shards[this.#shardAt(hash)] as Int32Array;
    let free = homeOf(hash);
    while (shard[free + 1] !== number) free += 2;
    // The entries that this one kept from their homes move up.
    for (let at = free + 2; at < shard.length && shard[at + 1] !== 0; at += 2) {
      if (homeOf(shard[at] as number) > free) continue;
      shard[free] = shard[at] as number;
      shard[free + 1] = shard[at + 1] as number;
      free = at;
    }
    shard[free + 1] = 0;
  }

  /** Forgets every entry, and goes back to as many shards as it began with. */
  clear(): void {
    this.#overflow.clear();
    this.#shards = new Array(this.#fewest).fill(UNUSED);
    this.#mask = this.#fewest - 1;
  }

  #shardAt(hash: number): number {
    const at = hash & this.#mask;
    return at < this.#shards.length ? at : at & (this.#mask >>> 1);
  }

  /** Puts an entry into the first free slot of its window, and tells whether there was one. */
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

  /** Adds a shard, and moves into it what is now its own of the shard whose turn it is. */
  #split(): void {
    const { length } = this.#shards;
    if (length > this.#mask) this.#mask = 2 * this.#mask + 1;
    const shard = this.#shards[length & (this.#mask >>> 1)] as Int32Array;
    this.#shards.push(UNUSED);
    // None ends up further from its home than it was: only those before it can be in its way, and they are placed first.
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

/** Where the window of a hash begins. By Fibonacci hashing (Knuth), so that hashes that differ in few bits are spread, too. */
function homeOf(hash: number): number {
  return 2 * (Math.imul(hash, 0x9e3779b1) >>> (32 - SLOT_BITS));
}
