/**
 * The table of one thread: the way of keys and values into its memory, and out again. What is done with them there is in `src/shared/assembly/`.
 *
 * Invariants
 *
 * - A thread writes keys and values only to the entry that it has in hand: `reserve` gives it, and an operation that puts it into the
 *   map takes it.
 * - What is read of an entry is worth nothing until `isCurrent` has told that it is right. Until then any word can be anything:
 *   it is a number that was read inside the memory, and no loop runs longer than a length that was found to be right.
 * - Nothing that a caller gave is called here. So what `find` found stays until the next operation.
 */
import { CapacityError } from "./capacity_error.ts";
import { tableModule } from "./table_module.ts";
import { WordBuffer, wordsOf } from "./word_buffer.ts";

/** The words of a head; the first of any block is the link to the next one of whatever it is part of. */
const NEXT = 0;
const REST = 3;
const KEY = 4;
const VALUE = 5;
const PAYLOAD = 6;

/** A browser does not tell: then nothing is taken for granted. */
const processor: unknown = Reflect.get(globalThis, "process")?.arch;

const BLOCK_WORDS = 16;
const IN_HEAD = BLOCK_WORDS - PAYLOAD;
/** A link is the number of a block, and has a mark in the bits above. */
const BLOCK_MASK = 2 ** 26 - 1;

/** What became of a write: as in `src/shared/assembly/chain.ts`. */
const DONE = 1;
const FULL = 2;

/** What `src/shared/assembly/table.ts` exports. */
interface TableExports {
  reserve(bytes: number, fromReserve: number): number;
  release(): void;
  find(): number;
  has(): number;
  /** The number that a number has; NaN if that is another value, or there is none. */
  numberOf(key: number): number;
  isCurrent(): number;
  isUnchanged(): number;
  isStill(slot: number, version: number, generation: number): number;
  isBeingSplit(): number;
  put(): number;
  set(): number;
  remove(): number;
  clear(): void;
  prune(): number;
  level(): number;
  generation(): number;
  openSlot(slot: number): void;
  openedSlot(): number;
  openedVersion(): number;
  firstEntry(): number;
  nextEntry(entry: number): number;
  entryFrom(entry: number, slot: number, level: number): number;
  countSlot(slot: number, level: number): number;
  watch(isWatched: number): void;
}

/** What a slot was like, and the map's generation. */
export interface Moment {
  readonly slot: number;
  readonly version: number;
  readonly generation: number;
}

/** A slot, what it was like when a function of the caller began to run, and what this thread has done to it since. */
export interface Watch extends Moment {
  exchanges: number;
  /** How many times this thread has cleared the map. */
  clears: number;
}

/** An entry as it was read. */
export interface ReadEntry {
  readonly key: unknown;
  readonly value: unknown;
  /** Whether a codec made the value. */
  readonly isCoded: boolean;
}

/** A thread that attaches again and again gives back what its former tables had in hand. */
const collected = new FinalizationRegistry<TableExports>((exports) => exports.release());

export class Table {
  /** The value that was last read. */
  readonly value: WordBuffer = new WordBuffer();
  /** What is done in the memory itself. */
  readonly exports: TableExports;
  /** The slots that are watched; `exports.watch` tells the table whether there are any. */
  readonly watches: Watch[] = [];
  readonly #name: string;
  readonly #words: Int32Array;
  readonly #key = new WordBuffer();

  /** The table in a memory, for a map of this name. */
  constructor(name: string, memory: WebAssembly.Memory) {
    this.#name = name;
    this.#words = new Int32Array(memory.buffer);
    const { watches } = this;
    const instance = new WebAssembly.Instance(tableModule(memory), {
      env: { memory },
      table: {
        exchanged: (slot: number) => {
          for (const watch of watches) if (watch.slot === slot) watch.exchanges++;
        },
        keepsLoadsInOrder: processor === "x64" || processor === "ia32" ? 1 : 0,
      },
    });
    this.exports = instance.exports as unknown as TableExports;
    collected.register(this, this.exports);
  }

  /** Whether there is an entry of this key. */
  has(key: WordBuffer): boolean {
    this.#take(key);
    return this.exports.has() !== 0;
  }

  /** Whether there is an entry of this key; its value is then in `value`. */
  read(key: WordBuffer): boolean {
    this.#take(key);
    const { exports } = this;
    while (true) {
      const head = exports.find() >>> 2;
      if (head === 0) return false;
      if (this.#readValue(head, key.count) && exports.isCurrent() !== 0) return true;
    }
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
   * Gives the key that was just looked for this value, or none; does nothing, and returns `false`, if something else was written in
   * between.
   *
   * @throws {CapacityError} If there is no room for it; nothing is changed then.
   */
  replace(key: WordBuffer, value: WordBuffer | undefined): boolean {
    if (value === undefined) return this.#isDone(this.exports.remove());
    return this.#isDone(this.#takeEntry(key, value) ? this.exports.put() : FULL);
  }

  /**
   * Gives a key a value.
   *
   * @throws {CapacityError} If there is no room for it; nothing is changed then.
   */
  set(key: WordBuffer, value: WordBuffer): void {
    while (!this.#isDone(this.#takeEntry(key, value) ? this.exports.set() : FULL));
  }

  /** The entries that belong to a slot of this level, at one moment; `undefined` if there is another level now. */
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

  /** Takes a key in hand, to look for it. */
  #take(key: WordBuffer): void {
    const head = this.#reserve(key.count);
    this.#words[head + KEY] = key.header;
    this.#copyTo(head, 0, key);
  }

  /** Takes in hand what is to be put into the map; `false` if there is no memory for it. */
  #takeEntry(key: WordBuffer, value: WordBuffer): boolean {
    const head = this.exports.reserve(key.count + value.count << 2, 0) >>> 2;
    if (head === 0) return false;
    this.#words[head + KEY] = key.header;
    this.#words[head + VALUE] = value.header;
    this.#copyTo(head, 0, key);
    this.#copyTo(head, key.count, value);
    return true;
  }

  #reserve(count: number): number {
    const head = this.exports.reserve(count << 2, 1) >>> 2;
    if (head === 0) throw this.#capacityError("read");
    return head;
  }

  #isDone(became: number): boolean {
    if (became === FULL && this.exports.prune() === 0) throw this.#capacityError("write to");
    return became === DONE;
  }

  #capacityError(action: string): CapacityError {
    return new CapacityError(`Cannot ${action} ${this.#name}: there is no memory left`);
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
