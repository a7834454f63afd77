/**
 * Entries: a head block and, where key and value don't fit into it, further blocks.
 *
 * Invariants
 *
 * - All words of an entry are written by the thread that has its blocks in hand, before the exchange of a slot that makes the
 *   entry reachable. From then on no word of it is written until an exchange has unlinked it: an entry is never changed, only
 *   replaced. The thread whose exchange unlinked it then has its blocks in hand.
 * - A head can be copied, since what comes after it in its chain is written in it. Copy and original have the same further blocks;
 *   whoever unlinks the original for the copy frees the head alone.
 * - What is read here is worth nothing until the slot that led to it was found to be unchanged afterwards. Until then any word can
 *   be anything: lengths are not relied on, and no loop runs longer than a length that was checked.
 */
import type { BlockPool } from "./block_pool.ts";
import { BLOCK_SHIFT, type SharedMemory } from "./shared_memory.ts";
import { type WordBuffer, wordsOf } from "./word_buffer.ts";

/** The words of a head. The first of any block is that of the next one in whatever it is part of. */
export const NEXT = 0;
export const HASH = 1;
export const GENERATION = 2;
const REST = 3;
const KEY = 4;
const VALUE = 5;
const PAYLOAD = 6;

const BLOCK_WORDS = 1 << BLOCK_SHIFT;
const IN_HEAD = BLOCK_WORDS - PAYLOAD;
const IN_BLOCK = BLOCK_WORDS - 1;

export class Entries {
  readonly #memory: SharedMemory;
  readonly #pool: BlockPool;

  constructor(memory: SharedMemory, pool: BlockPool) {
    this.#memory = memory;
    this.#pool = pool;
  }

  /** A new entry in this thread's hands, which is in no chain and of no generation; 0 if there is no room for it. */
  write(key: WordBuffer, value: WordBuffer, hash: number): number {
    const pool = this.#pool;
    const head = pool.take(false);
    if (head === 0) return 0;
    const at = this.#at(head);
    const { blocks } = this.#memory;
    blocks[at + HASH] = hash;
    blocks[at + REST] = 0;
    blocks[at + KEY] = key.header;
    blocks[at + VALUE] = value.header;
    for (let left = key.count + value.count - IN_HEAD; left > 0; left -= IN_BLOCK) {
      const block = pool.take(false);
      if (block === 0) {
        this.free(head);
        return 0;
      }
      const blockAt = this.#at(block);
      const { blocks } = this.#memory;
      blocks[blockAt + NEXT] = blocks[at + REST] as number;
      blocks[at + REST] = block;
    }
    const place = new Place(this.#memory, at);
    place.write(key);
    place.write(value);
    return head;
  }

  /** Frees an entry that is in this thread's hands. */
  free(head: number): void {
    let block = this.word(head, REST);
    while (block !== 0) {
      const next = this.word(block, NEXT);
      this.#pool.give(block);
      block = next;
    }
    this.#pool.give(head);
  }

  /** A copy of a head that comes before `next`; 0 if there is no room for it. */
  copyHead(head: number, next: number, fromReserve: boolean): number {
    const copy = this.#pool.take(fromReserve);
    if (copy === 0) return 0;
    const to = this.#at(copy);
    const from = this.#at(head);
    const { blocks } = this.#memory;
    if (from >= 0) {
      for (let word = NEXT + 1; word < BLOCK_WORDS; word++) blocks[to + word] = blocks[from + word] as number;
    }
    blocks[to + NEXT] = next;
    return copy;
  }

  /** Frees a head, but not the blocks behind it, which a copy has. */
  freeHead(head: number): void {
    this.#pool.give(head);
  }

  /** Puts an entry that is in this thread's hands before `next`, as one of this generation. */
  place(head: number, next: number, generation: number): void {
    const at = this.#at(head);
    this.#memory.blocks[at + NEXT] = next;
    this.#memory.blocks[at + GENERATION] = generation;
  }

  /** A word of a block; 0 if there is no such block. */
  word(block: number, word: number): number {
    // Before the view is looked at, which this may make anew.
    const at = this.#at(block);
    return at < 0 ? 0 : this.#memory.blocks[at + word] as number;
  }

  /** Whether an entry has this key. */
  hasKey(at: number, key: WordBuffer): boolean {
    const { blocks } = this.#memory;
    if (blocks[at + KEY] !== key.header) return false;
    const { count, words } = key;
    if (count > IN_HEAD) return new Place(this.#memory, at).equals(key);
    for (let word = 0; word < count; word++) {
      if (blocks[at + PAYLOAD + word] !== words[word]) return false;
    }
    return true;
  }

  /** Reads a key; `isCurrent` tells whether what was read until now is right. What is read here at last must be asked for again. */
  readKey(at: number, key: WordBuffer, isCurrent: () => boolean): boolean {
    const header = this.#memory.blocks[at + KEY] as number;
    if (wordsOf(header) > IN_HEAD && !isCurrent()) return false;
    key.expect(header);
    return new Place(this.#memory, at).read(key);
  }

  /** Reads the value behind a key of `keyCount` words, under the rules of `readKey`. */
  readValue(at: number, keyCount: number, value: WordBuffer, isCurrent: () => boolean): boolean {
    const { blocks } = this.#memory;
    const header = blocks[at + VALUE] as number;
    const count = wordsOf(header);
    if (keyCount + count > IN_HEAD) {
      if (!isCurrent()) return false;
      value.expect(header);
      const place = new Place(this.#memory, at);
      return place.skip(keyCount) && place.read(value);
    }
    value.expect(header);
    const from = at + PAYLOAD + keyCount;
    for (let word = 0; word < count; word++) value.words[word] = blocks[from + word] as number;
    return true;
  }

  #at(block: number): number {
    return this.#memory.blockAt(block);
  }
}

/** Goes through the key and the value of an entry, from block to block. */
class Place {
  readonly #memory: SharedMemory;
  #at: number;
  #end: number;
  #following: number;

  constructor(memory: SharedMemory, headAt: number) {
    this.#memory = memory;
    this.#at = headAt + PAYLOAD;
    this.#end = headAt + BLOCK_WORDS;
    this.#following = memory.blocks[headAt + REST] as number;
  }

  write({ words, count }: WordBuffer): void {
    for (let word = 0; word < count; word++) {
      this.#hasWord();
      this.#memory.blocks[this.#at++] = words[word] as number;
    }
  }

  read({ words, count }: WordBuffer): boolean {
    for (let word = 0; word < count; word++) {
      if (!this.#hasWord()) return false;
      words[word] = this.#memory.blocks[this.#at++] as number;
    }
    return true;
  }

  equals({ words, count }: WordBuffer): boolean {
    for (let word = 0; word < count; word++) {
      if (!this.#hasWord() || this.#memory.blocks[this.#at++] !== words[word]) return false;
    }
    return true;
  }

  skip(count: number): boolean {
    for (let word = 0; word < count; word++) {
      if (!this.#hasWord()) return false;
      this.#at++;
    }
    return true;
  }

  /** Goes on to the next block at the end of one; `false` if there is none. */
  #hasWord(): boolean {
    if (this.#at < this.#end) return true;
    const at = this.#memory.blockAt(this.#following);
    if (at <= 0) return false;
    this.#following = this.#memory.blocks[at + NEXT] as number;
    this.#at = at + 1;
    this.#end = at + BLOCK_WORDS;
    return true;
  }
}
