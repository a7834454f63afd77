/**
 * The table of one thread: how keys and values get into its memory, and out again. What is done with them there is in
 * `src/shared/assembly/`.
 *
 * Invariants
 *
 * - A thread writes keys and values only to the entry that it has in hand, which `reserve` returns and `put` takes.
 * - What is read of an entry is worth nothing until `isCurrent` has said that it is right. Until then any word can be anything:
 *   it is a number that was read inside the memory, and no loop runs longer than a length that was found to be right.
 * - No function of the caller is called here. So what `find` found stays until the next operation.
 */
import { CapacityError } from "./capacity_error.ts";
import * as layout from "./layout.ts";
import { freeLost } from "./lost_blocks.ts";
import type { TableExports } from "./table_exports.ts";
import { tableModule } from "./table_module.ts";
import { ThreadRecord } from "./thread_record.ts";
import {
  addWatch,
  countClear,
  countExchange,
  isWatching,
  markDetours,
  type Moment,
  removeWatch,
  type Watch,
} from "./watches.ts";
import { WordBuffer, wordsOf } from "./word_buffer.ts";

/** A browser does not tell its processor: then nothing is taken for granted. */
const processor: unknown = Reflect.get(globalThis, "process")?.arch;

// V8 looks an imported constant up each time: 15 ns in a `set`.
const { BLOCK_MASK, BLOCK_WORDS, KEY, NEXT, PAYLOAD, REST, VALUE } = layout;

const IN_HEAD = BLOCK_WORDS - PAYLOAD;

/** The outcome of a write: as in `src/shared/assembly/chain.ts`. */
const DONE = 1;
const FULL = 2;

/** An entry as it was read. */
export interface ReadEntry {
  readonly key: unknown;
  readonly value: unknown;
  /** Whether a codec made the value. */
  readonly isCoded: boolean;
}

export class Table {
  /** The value that was last read. */
  readonly value: WordBuffer = new WordBuffer();
  /** What is done in the memory itself. */
  exports: TableExports;
  /** Where the last iteration found its first entry: see `SlotOrder`. */
  firstEntryAt = 0;
  /** The name of the map. */
  readonly name: string;
  #words: Int32Array;
  readonly #key = new WordBuffer();
  #record: ThreadRecord | undefined;

  /** The table in a memory, for a map of this name. */
  constructor(name: string, memory: WebAssembly.Memory) {
    this.name = name;
    this.#words = new Int32Array(memory.buffer);
    const instance = new WebAssembly.Instance(tableModule(memory), {
      env: { memory },
      table: {
        exchanged: (slot: number) => countExchange(this.#words, slot),
        preferredList: Atomics.add(this.#words, layout.TABLES_AT, 1) & layout.LISTS - 1,
        keepsLoadsInOrder: processor === "x64" || processor === "ia32" ? 1 : 0,
        join: () => (this.#record ??= ThreadRecord.of(this.#words, this)).renewed(),
      },
    });
    this.exports = instance.exports as unknown as TableExports;
  }

  /** Whether there is an entry of this key. */
  has(key: WordBuffer): boolean {
    while (this.#find(key) !== 0) if (this.exports.isCurrent() !== 0) return true;
    return false;
  }

  /** Whether there is an entry of this key; its value is then in `value`. */
  read(key: WordBuffer): boolean {
    while (true) {
      const head = this.#find(key);
      if (head === 0) return false;
      if (this.#readValue(head, key.count) && this.exports.isCurrent() !== 0) return true;
    }
  }

  /** Makes every later use throw. */
  close(): void {
    const closed = () => {
      throw new Error(`Cannot use ${this.name}: it is closed`);
    };
    this.exports = Object.fromEntries(
      Object.keys(this.exports).map((name) => [name, closed]),
    ) as unknown as TableExports;
    this.#words = new Int32Array(0);
    this.#record?.leave(this);
    this.#record = undefined;
  }

  /** What the slot of the key that was just looked for is like. */
  moment(): Moment {
    const { exports } = this;
    return {
      slot: exports.openedSlot(),
      version: exports.openedVersion(),
      generation: exports.generation(),
    };
  }

  /**
   * Sets the key that was just looked for to this value, or deletes it. Returns `false`, and does nothing, if something else was
   * written since.
   *
   * @throws {CapacityError} If there is no memory for it; nothing is changed then.
   */
  replace(key: WordBuffer, value: WordBuffer | undefined): boolean {
    markDetours(this.#words);
    if (value === undefined) return this.#isDone(this.exports.remove());
    return this.#isDone(this.#takeEntry(key, value) ? this.exports.put() : FULL);
  }

  /**
   * Sets a key to a value.
   *
   * @throws {CapacityError} If there is no memory for it; nothing is changed then.
   */
  set(key: WordBuffer, value: WordBuffer): void {
    do this.#find(key); while (!this.replace(key, value));
  }

  /** Removes every entry. */
  clear(): void {
    markDetours(this.#words);
    this.exports.clear();
    countClear(this.#words);
    freeLost(this.#words, this.exports);
  }

  /** Watches the slot of the key that was just looked for. */
  watch(): Watch {
    const watch = addWatch(this.#words, this.moment());
    this.exports.watch(1);
    return watch;
  }

  /** Stops watching. */
  unwatch(watch: Watch): void {
    removeWatch(watch);
    this.exports.watch(isWatching(this.#words) ? 1 : 0);
  }

  /** The entries that belong to `slot` at `level`, at one moment; `undefined` if the map has another level now. */
  readSlot(slot: number, level: number): ReadEntry[] | undefined {
    const { exports } = this;
    while (exports.level() === level) {
      exports.openSlot(slot);
      const read: ReadEntry[] = [];
      let entry = exports.entryFrom(exports.firstEntry(), slot, level);
      while (entry !== 0 && this.#readEntry(entry >>> 2, read)) {
        entry = exports.entryFrom(exports.nextEntry(entry), slot, level);
      }
      if (exports.isCurrent() !== 0) return read;
    }
    return undefined;
  }

  #readEntry(head: number, read: ReadEntry[]): boolean {
    if (!this.#readKey(head) || !this.#readValue(head, this.#key.count)) return false;
    // What was read must be right before it is made sense of.
    if (this.exports.isUnchanged() === 0) return false;
    read.push({ key: this.#key.value(), value: this.value.value(), isCoded: this.value.isCoded });
    return true;
  }

  #readKey(head: number): boolean {
    const header = this.#words[head + KEY] as number;
    if (wordsOf(header) > IN_HEAD && this.exports.isUnchanged() === 0) return false;
    this.#key.expect(header);
    this.#copyFrom(head, 0, this.#key);
    return true;
  }

  #readValue(head: number, keyCount: number): boolean {
    const header = this.#words[head + VALUE] as number;
    if (keyCount + wordsOf(header) > IN_HEAD && this.exports.isUnchanged() === 0) return false;
    this.value.expect(header);
    this.#copyFrom(head, keyCount, this.value);
    return true;
  }

  /** The number of the first word of the entry of a key, to be read and then checked by `isCurrent`; 0 if there is none. */
  #find(key: WordBuffer): number {
    let head = this.#findFirst(key) >>> 2;
    while (head !== 0 && !this.#isKeyOf(head, key)) head = this.exports.findNext() >>> 2;
    return head;
  }

  /** The first entry with the hash of a key. An empty key is hashed as one word. */
  #findFirst(key: WordBuffer): number {
    const { exports } = this;
    const { header, words } = key;
    const count = key.count === 0 ? 1 : key.count;
    const first = key.count === 0 ? 0 : words[0] as number;
    if (count <= 4) {
      return exports.findShort(header, count, first, words[1] as number, words[2] as number, words[3] as number);
    }
    exports.startKey(header, first);
    let at = 1;
    for (; at + 1 < count; at += 2) exports.absorbKey(words[at] as number, words[at + 1] as number);
    return exports.find(at < count ? words[at] as number : 0, 4 + 4 * count);
  }

  #isKeyOf(head: number, { header, words, count }: WordBuffer): boolean {
    const memory = this.#words;
    if (memory[head + KEY] !== header) return false;
    let at = head + PAYLOAD;
    if (count <= IN_HEAD) {
      for (let word = 0; word < count; word++) if (memory[at + word] !== words[word]) return false;
      return true;
    }
    for (let word = 0; word < count; word++, at = this.#after(head, at)) if (memory[at] !== words[word]) return false;
    return true;
  }

  /** Takes in hand what is to be put into the map; `false` if there is no memory for it. */
  #takeEntry(key: WordBuffer, value: WordBuffer): boolean {
    const head = this.exports.reserve(key.count + value.count << 2) >>> 2;
    if (head === 0) return false;
    this.#words[head + KEY] = key.header;
    this.#words[head + VALUE] = value.header;
    this.#copyTo(head, 0, key);
    this.#copyTo(head, key.count, value);
    return true;
  }

  #isDone(became: number): boolean {
    if (became !== FULL) return became === DONE;
    if (this.exports.prune() !== 0 || freeLost(this.#words, this.exports)) return false;
    throw new CapacityError(`Cannot write to ${this.name}: there is no memory left`);
  }

  /** Copies to the words from the one with this number on, of key and value of the entry in hand. */
  #copyTo(head: number, from: number, { words, count }: WordBuffer): void {
    const memory = this.#words;
    if (from + count <= IN_HEAD) {
      for (let word = 0, at = head + PAYLOAD + from; word < count; word++, at++) memory[at] = words[word] as number;
      return;
    }
    for (let word = 0, at = this.#wordAt(head, from); word < count; word++, at = this.#after(head, at)) {
      memory[at] = words[word] as number;
    }
  }

  /** Copies the words from the one with this number on, of key and value of an entry. */
  #copyFrom(head: number, from: number, { words, count }: WordBuffer): void {
    const memory = this.#words;
    if (from + count <= IN_HEAD) {
      for (let word = 0, at = head + PAYLOAD + from; word < count; word++, at++) words[word] = memory[at] as number;
      return;
    }
    for (let word = 0, at = this.#wordAt(head, from); word < count; word++, at = this.#after(head, at)) {
      words[word] = memory[at] as number;
    }
  }

  /** Where the word with this number is, of key and value of an entry. */
  #wordAt(head: number, number: number): number {
    let at = head + PAYLOAD;
    let left = number;
    for (let inBlock = IN_HEAD; left >= inBlock; inBlock = BLOCK_WORDS - 1) {
      left -= inBlock;
      at = this.#after(head, at | BLOCK_WORDS - 1);
    }
    return at + left;
  }

  /** Where the word behind this one is. */
  #after(head: number, at: number): number {
    if ((at + 1 & BLOCK_WORDS - 1) !== 0) return at + 1;
    const block = at & -BLOCK_WORDS;
    const link = this.#words[block === head ? block + REST : block + NEXT] as number;
    return (link & BLOCK_MASK) * BLOCK_WORDS + 1;
  }
}
