import { halfSipHashOfWord } from "../keys/half_sip_hash.ts";
import { WordBlocks } from "./word_blocks.ts";

/** No record begins here. */
const NONE = 0;

/**
 * Remembers up to a number of keys, by their bytes: a `Set` of strings takes five times the memory.
 *
 * It is a hash table by linear hashing (Litwin, 1980): with each key, one bucket is split in two. Nothing is copied as it grows, so the
 * memory that it takes is what it holds.
 */
export class DistinctKeys {
  readonly #max: number;
  readonly #secret = crypto.getRandomValues(new Int32Array(2));
  /** A record for each key: where the next one of its bucket begins, how many bytes the key has, and these bytes. */
  readonly #records = new WordBlocks();
  /** Where the first record of each bucket begins. */
  readonly #buckets = new WordBlocks();
  #count = 0;

  /** Remembers the first `max` keys. */
  constructor(max: number) {
    this.#max = max;
    this.#records.push(NONE);
    this.#buckets.push(NONE);
  }

  /** Whether a key is new, as far as that is remembered. Expected O(length). */
  isNew(key: Uint8Array): boolean {
    const record = this.#write(key);
    const bucket = this.#bucketOf(record);
    const isNew = !this.#has(bucket, record);
    if (isNew && this.#count < this.#max) {
      this.#link(record, bucket);
      if (++this.#count > this.#buckets.length) this.#split();
    } else {
      this.#records.length = record;
    }
    return isNew;
  }

  /** Writes a record at the end, which is in no bucket yet. */
  #write(key: Uint8Array): number {
    const record = this.#records.length;
    this.#records.push(NONE);
    this.#records.push(key.length);
    for (let at = 0; at < key.length; at += 4) {
      this.#records.push(key[at]! | key[at + 1]! << 8 | key[at + 2]! << 16 | key[at + 3]! << 24);
    }
    return record;
  }

  #has(bucket: number, record: number): boolean {
    for (let other = this.#buckets.get(bucket); other !== NONE; other = this.#records.get(other)) {
      if (this.#isSame(record, other)) return true;
    }
    return false;
  }

  #link(record: number, bucket: number): void {
    this.#records.set(record, this.#buckets.get(bucket));
    this.#buckets.set(bucket, record);
  }

  /** Adds a bucket, which takes its share of the records of an older one. */
  #split(): void {
    const added = this.#buckets.length;
    const older = added & maskOf(added) >>> 1;
    let record = this.#buckets.get(older);
    this.#buckets.set(older, NONE);
    this.#buckets.push(NONE);
    while (record !== NONE) {
      const next = this.#records.get(record);
      this.#link(record, this.#bucketOf(record));
      record = next;
    }
  }

  /** By the lowest bits of the hash, one fewer where there is no such bucket yet. */
  #bucketOf(record: number): number {
    const last = this.#buckets.length - 1;
    const mask = maskOf(last);
    const bucket = this.#hash(record) & mask;
    return bucket <= last ? bucket : bucket & mask >>> 1;
  }

  /** Under a secret: nobody can choose keys that share a bucket. */
  #hash(record: number): number {
    const [k0 = 0, k1 = 0] = this.#secret;
    const end = this.#end(record);
    let hash = 0;
    for (let at = record + 1; at < end; at++) hash = halfSipHashOfWord(k0 ^ hash, k1, this.#records.get(at));
    return hash;
  }

  #isSame(a: number, b: number): boolean {
    const end = this.#end(a);
    for (let at = a + 1; at < end; at++) {
      if (this.#records.get(at) !== this.#records.get(at - a + b)) return false;
    }
    return true;
  }

  #end(record: number): number {
    return record + 2 + Math.ceil(this.#records.get(record + 1) / 4);
  }
}

/** As many bits as it takes to write a number. */
function maskOf(number: number): number {
  return 2 ** (32 - Math.clz32(number)) - 1;
}
