/**
 * The table of one thread: what a map does to a key, in words.
 *
 * Invariants
 *
 * - A write is: open the key's slot, find the key's entry, write a new entry that nobody sees yet, exchange the slot for a chain with
 *   the new entry instead of the old one. It takes effect with the exchange, or it begins anew. What the exchange unlinked
 *   belongs to the thread that did it, which frees it.
 * - A chain is never changed: what comes before the entry that goes is copied, what comes behind it is in both chains. Entries of
 *   an earlier generation go by the way.
 * - Nothing that a caller gave is called here. So what `open` found stays until the next `open`.
 */
import { BlockPool } from "./block_pool.ts";
import { CapacityError } from "./capacity_error.ts";
import { Entries, GENERATION, HASH, NEXT } from "./entries.ts";
import {
  type Buffers,
  COUNT_AT,
  EPOCH_AT,
  INDEX_MASK,
  LEVEL_BITS,
  MAX_LEVEL_AT,
  SEED_AT,
  SharedMemory,
  SPLIT_SHIFT,
  SWEEP_AT,
  SWEPT_AT,
} from "./shared_memory.ts";
import { SlotSplit } from "./slot_split.ts";
import { SlotTable } from "./slot_table.ts";
import { WordBuffer } from "./word_buffer.ts";

/** With so many entries to a slot there is one more level. */
const FULL = 0.75;

/** An entry as it was read. */
export interface ReadEntry {
  readonly key: unknown;
  readonly value: unknown;
  /** Whether a codec made the value. */
  readonly isCoded: boolean;
}

export class SharedTable {
  /** The value that was last read. */
  readonly value: WordBuffer = new WordBuffer();
  readonly #key = new WordBuffer();
  readonly #seed: number;
  readonly #memory: SharedMemory;
  /** The slots; the one of the key that was last found or read is open. */
  readonly slots: SlotTable;
  readonly #entries: Entries;
  readonly #split: SlotSplit;
  readonly #isCurrent: () => boolean;
  /** The head of the entry that was last found, or 0. */
  #found = 0;

  constructor(buffers: Buffers) {
    this.#memory = new SharedMemory(buffers);
    this.#seed = this.#memory.words[SEED_AT] as number;
    this.slots = new SlotTable(this.#memory);
    this.#entries = new Entries(this.#memory, new BlockPool(this.#memory));
    this.#split = new SlotSplit(this.#memory, this.slots, this.#entries);
    this.#isCurrent = () => this.slots.isCurrent();
  }

  /** Whether there is an entry of this key. */
  find(key: WordBuffer): boolean {
    const hash = key.hash(this.#seed);
    while (true) {
      this.slots.open(hash);
      this.#search(key, hash);
      if (this.slots.isCurrent()) return this.#found !== 0;
    }
  }

  /** Whether there is an entry of this key; its value is then in `value`. */
  read(key: WordBuffer): boolean {
    const hash = key.hash(this.#seed);
    while (true) {
      this.slots.open(hash);
      const at = this.#search(key, hash);
      const isRead = at <= 0 || this.#entries.readValue(at, key.count, this.value, this.#isCurrent);
      if (isRead && this.slots.isCurrent()) return this.#found !== 0;
    }
  }

  /**
   * Gives the key that was just found, or not found, this value, or none; does nothing, and returns `false`, if something else
   * was written in between.
   *
   * @throws {CapacityError} If there is no room for it; nothing is changed then.
   */
  replace(key: WordBuffer, value: WordBuffer | undefined): boolean {
    if (this.#completesSplit()) return false;
    let fresh = 0;
    if (value !== undefined) {
      fresh = this.#entries.write(key, value, key.hash(this.#seed));
      if (fresh === 0) {
        if (this.#prune()) return false;
        throw new CapacityError("Cannot write to SharedMap: there is no memory left");
      }
    }
    if (!this.#relink(this.#found, fresh)) return false;
    if (!this.slots.isWatched) this.#grow();
    return true;
  }

  /** Removes every entry, at one moment, and then frees their memory. */
  clear(): void {
    let epoch: number;
    do epoch = Atomics.load(this.#memory.words, EPOCH_AT); while (
      !this.slots.exchangeEpoch(epoch, epoch + (1 << LEVEL_BITS) | 0)
    );
    this.#prune();
  }

  /** How many slots there are, as a power of two. */
  get level(): number {
    const epoch = Atomics.load(this.#memory.words, EPOCH_AT);
    this.slots.epoch = epoch;
    return this.slots.level;
  }

  /** The entries that belong to a slot of this level, at one moment; `undefined` if there is another level now. */
  readSlot(slot: number, level: number): ReadEntry[] | undefined {
    const slots = this.slots;
    while (slots.level === level) {
      slots.openSlot(slot);
      const read: ReadEntry[] = [];
      if (this.#readChain(slot, (1 << level) - 1, read) && slots.isCurrent()) return read;
    }
    return undefined;
  }

  /** How many entries belong to a slot of this level; `undefined` if there is another level now. */
  countSlot(slot: number, level: number): number | undefined {
    const slots = this.slots;
    const mask = (1 << level) - 1;
    while (slots.level === level) {
      slots.openSlot(slot);
      let count = 0;
      const chain = this.#chainTo(0);
      for (const head of chain ?? []) {
        if (!this.#isStale(head) && (this.#entries.word(head, HASH) & mask) === slot) count++;
      }
      if (slots.isCurrent()) return count;
    }
    return undefined;
  }

  /** Looks for the key in the slot that is open, and returns where the entry's head begins, or 0. */
  #search(key: WordBuffer, hash: number): number {
    const memory = this.#memory;
    const slots = this.slots;
    const { generation } = slots;
    let head = slots.link & INDEX_MASK;
    while (head !== 0) {
      const at = memory.blockAt(head);
      if (at < 0) break;
      const { blocks } = memory;
      if (blocks[at + HASH] === hash && blocks[at + GENERATION] === generation && this.#entries.hasKey(at, key)) {
        this.#found = head;
        return at;
      }
      head = (blocks[at + NEXT] as number) & INDEX_MASK;
      if (head !== 0 && !slots.isUnchanged()) break;
    }
    this.#found = 0;
    return 0;
  }

  #readChain(slot: number, mask: number, read: ReadEntry[]): boolean {
    const chain = this.#chainTo(0);
    if (chain === undefined) return false;
    for (const head of chain) {
      const at = this.#memory.blockAt(head);
      if (at < 0) return false;
      if (this.#isStale(head) || (this.#entries.word(head, HASH) & mask) !== slot) continue;
      const isRead = this.#entries.readKey(at, this.#key, this.#isCurrent) &&
        this.#entries.readValue(at, this.#key.count, this.value, this.#isCurrent);
      // What was read is right only now, and must be before it is made sense of.
      if (!isRead || !this.slots.isCurrent()) return false;
      read.push({ key: this.#key.value(), value: this.value.value(), isCoded: this.value.isCoded });
    }
    return true;
  }

  /** The heads from the slot's link to this one, or to the end; `undefined` if the slot was changed. */
  #chainTo(last: number): number[] | undefined {
    const chain: number[] = [];
    for (let head = this.slots.link & INDEX_MASK; head !== 0; head = this.#entries.word(head, NEXT) & INDEX_MASK) {
      if (!this.slots.isUnchanged()) return undefined;
      chain.push(head);
      if (head === last) break;
    }
    return chain;
  }

  #isStale(head: number): boolean {
    return this.#entries.word(head, GENERATION) !== this.slots.generation;
  }

  /** Exchanges the open slot for a chain without `gone` and what is stale before it, and with `fresh`; either can be 0. */
  #relink(gone: number, fresh: number): boolean {
    const entries = this.#entries;
    const slots = this.slots;
    const chain = this.#chainTo(gone);
    if (chain === undefined) return this.#discard([], fresh);
    const isGone = chain.map((head) => head === gone || this.#isStale(head));
    const lastGone = isGone.lastIndexOf(true);
    let link = lastGone < 0 ? slots.link & INDEX_MASK : entries.word(chain[lastGone] as number, NEXT);
    const copies: number[] = [];
    for (let at = lastGone - 1; at >= 0; at--) {
      if (isGone[at]) continue;
      link = entries.copyHead(chain[at] as number, link, true);
      if (link === 0) {
        this.#discard(copies, fresh);
        throw new CapacityError("Cannot write to SharedMap: there is no memory left");
      }
      copies.push(link);
    }
    if (fresh !== 0) {
      entries.place(fresh, link, slots.generation);
      link = fresh;
    }
    if (!slots.isCurrent() || !slots.exchange(slots.slot, slots.link, slots.version, link)) {
      return this.#discard(copies, fresh);
    }
    let delta = fresh === 0 ? 0 : 1;
    for (let at = 0; at <= lastGone; at++) {
      if (isGone[at]) {
        entries.free(chain[at] as number);
        delta--;
      } else entries.freeHead(chain[at] as number);
    }
    if (delta !== 0) Atomics.add(this.#memory.words, COUNT_AT, delta);
    return true;
  }

  #discard(copies: readonly number[], fresh: number): false {
    for (const copy of copies) this.#entries.freeHead(copy);
    if (fresh !== 0) this.#entries.free(fresh);
    return false;
  }

  /** Completes the split of the open slot if there is one under way, and tells whether there was. */
  #completesSplit(): boolean {
    const { slot, link, version } = this.slots;
    if (link >>> SPLIT_SHIFT === 0) return false;
    this.#split.complete(slot, link, version);
    return true;
  }

  /** Frees what earlier generations left, unless that was done, and tells whether it did. */
  #prune(): boolean {
    const { words } = this.#memory;
    const slots = this.slots;
    slots.epoch = Atomics.load(words, EPOCH_AT);
    const { generation } = slots;
    if (Atomics.load(words, SWEPT_AT) === generation) return false;
    for (let slot = 0; slot < 1 << slots.level; slot++) {
      while (true) {
        slots.openSlot(slot);
        if (this.#completesSplit()) continue;
        const chain = this.#chainTo(0);
        const hasStale = chain === undefined || chain.some((head) => this.#isStale(head));
        if (slots.isCurrent() && (!hasStale || this.#relink(0, 0))) break;
      }
    }
    Atomics.store(words, SWEPT_AT, generation);
    return true;
  }

  /** Splits slots that are due by the way, and when all are, and full, sees to it that there are more. */
  #grow(): void {
    this.#split.sweep();
    this.#split.sweep();
    const { words } = this.#memory;
    const { epoch, level } = this.slots;
    if (Atomics.load(words, COUNT_AT) <= FULL * 2 ** level || Atomics.load(words, SWEEP_AT) < 2 ** level) return;
    if (level < (words[MAX_LEVEL_AT] as number) && this.#memory.growSlots(level + 1)) {
      this.slots.exchangeEpoch(epoch, epoch + 1);
    }
  }
}
