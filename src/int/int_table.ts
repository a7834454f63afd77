import { highOf, IntHash } from "./int_hash.ts";
import { IntSegment, TAKEN } from "./int_segment.ts";
import { received } from "../received.ts";

/** Copying a segment of this size, to grow or split it, takes less than a millisecond. */
const MAX_HOMES = 2 ** 15;
/** Keys whose hashes share this many bits are not separated: at most 2^15 keys of 32 bits do. */
const MAX_DEPTH = 17;
/** More entries than a segment can have. */
const NO_LIMIT = 2 ** 30;

/** The structure of an {@link IntMap} or an {@link IntNumberMap}. */
export interface IntTableStructure {
  /** The number of bits of a hash that select a segment. */
  readonly depth: number;
  /** The segments, in the order of their hashes. */
  readonly segments: readonly {
    /** The number of bits that the hashes of all its keys share. */
    readonly depth: number;
    /** The number of entries. */
    readonly size: number;
    /** The number of slots, taken or free. */
    readonly slots: number;
  }[];
}

/** Some of the slots of a segment. */
interface Part {
  readonly source: IntSegment;
  readonly from: number;
  readonly to: number;
}

/**
 * A table of safe integers that grows and shrinks in small steps: segments of limited size, and a directory that maps
 * the first bits of a hash to a segment. A full segment is split in two by one more bit; two segments that have become
 * small are merged.
 *
 * Source: R. Fagin, J. Nievergelt, N. Pippenger and H. R. Strong, "Extendible hashing: a fast access method for dynamic
 * files", ACM Transactions on Database Systems 4 (1979).
 */
export class IntTable {
  /** The number of entries. */
  size = 0;
  /** The slot of the key that was last found or placed, in its segment. */
  slot = 0;
  /** The hash of the keys. It has a seed once a key was placed. */
  readonly hash: IntHash = new IntHash();
  readonly #name: string;
  readonly #density: number;
  readonly #maxHomes: number;
  /** A segment of fewer bits than `depth` appears several times, once for each continuation of its bits. */
  #directory: IntSegment[];
  /** A hash shifted to the right by this is a place in the directory. */
  #shift = 31;

  /**
   * @param name The name of the map, for its errors.
   * @param density The share of its homes that a segment fills before it grows.
   * @param maxHomes The number of homes above which a segment is split: at most 2^15.
   */
  constructor(name: string, density: number, maxHomes: number = MAX_HOMES) {
    this.#name = name;
    this.#density = density;
    this.#maxHomes = maxHomes;
    this.#directory = this.#empty();
  }

  get structure(): IntTableStructure {
    const segments = [...new Set(this.#directory)];
    return {
      depth: 32 - this.#shift,
      segments: segments.map(({ depth, size, words }) => ({ depth, size, slots: words.length })),
    };
  }

  /**
   * The hash of `key`.
   *
   * @param action The use of the key, for the error message.
   * @throws {TypeError} If `key` is not a safe integer.
   */
  hashOf(key: number, action: string): number {
    return typeof key === "number" && (key | 0) === key ? this.hash.of(key, 0) : this.#wideHash(key, action);
  }

  /** The segment of a hash. */
  segmentOf(hash: number): IntSegment {
    return this.#directory[hash >>> this.#shift] as IntSegment;
  }

  /** The segment that has `key`, in the slot `slot`, or `undefined`. Throws as `hashOf` does. */
  find(key: number): IntSegment | undefined {
    const hash = this.hashOf(key, "look up");
    const segment = this.segmentOf(hash);
    this.slot = segment.find(hash, key);
    return this.slot < 0 ? undefined : segment;
  }

  /**
   * Adds `key`, unless it is present, and returns its segment; `slot` is its slot. A new key has no valid value yet.
   * Throws as `hashOf` does.
   */
  place(key: number): IntSegment {
    this.hash.seed();
    const hash = this.hashOf(key, "set");
    const word = hash | TAKEN;
    const high = highOf(key);
    let segment = this.segmentOf(hash);
    let slot = segment.seek(word, high);
    if (!segment.holds(slot, word, high)) {
      while (segment.size >= segment.limit || !segment.insert(slot, word, high)) {
        this.#makeRoom(segment);
        segment = this.segmentOf(hash);
        slot = segment.seek(word, high);
      }
      this.size++;
    }
    this.slot = slot;
    return segment;
  }

  /** Removes the entry that `find` found last, if nothing was written since. */
  remove(segment: IntSegment): void {
    segment.remove(this.slot);
    this.size--;
    if (this.#homesFor(segment.size * 2) < segment.homes) this.#shrink(segment);
  }

  clear(): void {
    this.#directory = this.#empty();
    this.#shift = 31;
    this.size = 0;
  }

  /** The hash of a key beyond 32 bits. */
  #wideHash(key: number, action: string): number {
    if (Number.isSafeInteger(key)) return this.hash.of(key | 0, highOf(key));
    throw new TypeError(`Cannot ${action} in ${this.#name}: key must be a safe integer: ${received(key)}`);
  }

  #empty(): IntSegment[] {
    return [this.#packed(1, 0, []), this.#packed(1, TAKEN, [])];
  }

  /**
   * The number of homes for a segment that grows by a fifth. Less would be copied too often, more would take more
   * memory.
   */
  #homesFor(size: number): number {
    return Math.floor(size * 1.2 / this.#density) + 8;
  }

  /** Gives a segment that has no room for a key more slack or, if it is full, more homes, or splits it. */
  #makeRoom(segment: IntSegment): void {
    const { depth, first, size, limit, homes, slack } = segment;
    if (size < limit) this.#replace(this.#packed(depth, first, [whole(segment)], homes, slack * 2));
    else if (this.#homesFor(size) <= this.#maxHomes) this.#replace(this.#packed(depth, first, [whole(segment)]));
    else this.#split(segment);
  }

  #split(segment: IntSegment): void {
    const depth = segment.depth + 1;
    const second = segment.first + 2 ** (32 - depth) | 0;
    const middle = segment.seek(second | TAKEN, -Infinity);
    if (depth > 32 - this.#shift) {
      this.#directory = this.#directory.flatMap((segment) => [segment, segment]);
      this.#shift--;
    }
    this.#replace(this.#packed(depth, segment.first, [{ ...whole(segment), to: middle }]));
    this.#replace(this.#packed(depth, second, [{ ...whole(segment), from: middle }]));
  }

  /** Gives a segment fewer homes, and merges it with its other half while both together are small. */
  #shrink(segment: IntSegment): void {
    let { depth, first, size } = segment;
    let parts = [whole(segment)];
    for (; depth > 1; depth--) {
      const half = 2 ** (32 - depth);
      const other = this.segmentOf(first ^ half);
      if (other.depth !== depth || this.#homesFor(2 * (size + other.size)) > this.#maxHomes) break;
      parts = (first & half) === 0 ? [...parts, whole(other)] : [whole(other), ...parts];
      first &= ~half;
      size += other.size;
    }
    this.#replace(this.#packed(depth, first, parts));
    while (this.#shift < 31 && this.#directory.every((segment, at, all) => segment === all[at ^ 1])) {
      this.#directory = this.#directory.filter((_, at) => at % 2 === 0);
      this.#shift++;
    }
  }

  /** A new segment with the entries of these parts of others, which are in the order of the hashes. */
  #packed(depth: number, first: number, parts: readonly Part[], homes?: number, slack?: number): IntSegment {
    const size = parts.reduce((size, { source, from, to }) => size + source.count(from, to), 0);
    homes ??= Math.min(this.#homesFor(size), this.#maxHomes);
    slack ??= Math.min(4 + (homes >> 3), 32);
    const limit = Math.floor(homes * this.#density);
    const isFinal = depth === MAX_DEPTH && this.#homesFor(limit) > this.#maxHomes;
    for (;; slack *= 2) {
      const packed = new IntSegment(depth, first, homes, slack, isFinal ? NO_LIMIT : limit);
      const free = parts.reduce((free, { source, from, to }) => packed.take(source, from, to, free), 0);
      if (free >= 0) return packed;
    }
  }

  /** Puts a segment into the directory in place of the former ones for its hashes. */
  #replace(segment: IntSegment): void {
    const start = segment.first >>> this.#shift;
    this.#directory.fill(segment, start, start + 2 ** (32 - segment.depth - this.#shift));
  }
}

function whole(source: IntSegment): Part {
  return { source, from: 0, to: source.words.length };
}
