import { halfSipHashOfWord } from "../keys/half_sip_hash.ts";

const MIN_SLOTS = 1_024;

/** Remembers up to a number of keys, by their bytes, in one buffer: a `Set` of strings takes five times the memory. */
export class DistinctKeys {
  readonly #max: number;
  readonly #secret = crypto.getRandomValues(new Int32Array(2));
  #bytes: Uint8Array = new Uint8Array(0);
  /** Where each key ends; it begins where the one before ends. */
  #ends = new Uint32Array(MIN_SLOTS);
  #count = 0;
  /** Open addressing with linear probing: the number of a key, from 1. At most half are taken. */
  #slots = new Uint32Array(MIN_SLOTS);

  /** Remembers the first `max` keys. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Whether a key is new, as far as that is remembered. Expected O(length). */
  isNew(key: Uint8Array): boolean {
    const slot = this.#find(key);
    if (this.#slots[slot] !== 0) return false;
    if (this.#count < this.#max) this.#add(key, slot);
    return true;
  }

  #add(key: Uint8Array, slot: number): void {
    const start = this.#end(this.#count);
    const end = start + key.length;
    this.#bytes = grown(this.#bytes, end, Uint8Array);
    this.#bytes.set(key, start);
    this.#ends = grown(this.#ends, this.#count + 1, Uint32Array);
    this.#ends[this.#count] = end;
    this.#slots[slot] = ++this.#count;
    if (this.#count * 2 >= this.#slots.length) this.#rehash();
  }

  #rehash(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let number = 1; number <= this.#count; number++) this.#slots[this.#find(this.#key(number))] = number;
  }

  /** The slot that has a key, or the free one that it would get. */
  #find(key: Uint8Array): number {
    const mask = this.#slots.length - 1;
    let slot = this.#hash(key) & mask;
    for (;; slot = (slot + 1) & mask) {
      const number = this.#slots[slot]!;
      if (number === 0 || isSame(this.#key(number), key)) return slot;
    }
  }

  #key(number: number): Uint8Array {
    return this.#bytes.subarray(this.#end(number - 1), this.#end(number));
  }

  #end(number: number): number {
    return number === 0 ? 0 : this.#ends[number - 1]!;
  }

  /** Under a secret: nobody can choose keys that share a slot. */
  #hash(key: Uint8Array): number {
    const [k0 = 0, k1 = 0] = this.#secret;
    let hash = key.length;
    for (let at = 0; at < key.length; at += 4) {
      const word = key[at]! | key[at + 1]! << 8 | key[at + 2]! << 16 | key[at + 3]! << 24;
      hash = halfSipHashOfWord(k0 ^ hash, k1, word);
    }
    return hash;
  }
}

function grown<T extends Uint8Array | Uint32Array>(array: T, length: number, type: new (length: number) => T): T {
  if (length <= array.length) return array;
  const larger = new type(Math.max(length, 2 * array.length));
  larger.set(array);
  return larger;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
