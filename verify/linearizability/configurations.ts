import type { Entry, Part } from "./history.ts";

/** A point in a search: everything before `event` is settled. */
export class Configuration {
  event = 0;
  /** The state's number. */
  state = 0;
  /** A bit for each open required entry that has taken effect. */
  readonly done: Int32Array;
  /** A bit for each other open entry that has taken effect. */
  readonly used: Int32Array;

  constructor({ returningBits, bits }: Part) {
    this.done = new Int32Array(Math.ceil(returningBits / 32));
    this.used = new Int32Array(Math.ceil(bits / 32));
  }

  /** Resets it to an event and a state; no open entry has taken effect. */
  start(event: number, state: number): void {
    this.event = event;
    this.state = state;
    this.done.fill(0);
    this.used.fill(0);
  }

  copy({ event, state, done, used }: Configuration): void {
    this.event = event;
    this.state = state;
    this.done.set(done);
    this.used.set(used);
  }

  /** Whether an open entry has taken effect. */
  has(entry: Entry): boolean {
    return isIn(this.used, entry) || this.isDone(entry);
  }

  /** Whether an open required entry has taken effect. */
  isDone(entry: Entry): boolean {
    return isIn(this.done, entry);
  }

  take({ bit }: Entry, isRequired: boolean): void {
    const words = isRequired ? this.done : this.used;
    const word = bit >> 5;
    words[word] = (words[word] as number) | 1 << (bit & 31);
  }

  /** Removes an entry that has taken effect and returns. */
  close({ bit }: Entry): void {
    const word = bit >> 5;
    const rest = ~(1 << (bit & 31));
    this.done[word] = (this.done[word] as number) & rest;
    this.used[word] = (this.used[word] as number) & rest;
  }

  /** Counts the required entries that have taken effect as entries that are not required. */
  relax(): void {
    this.done.forEach((word, at) => this.used[at] = (this.used[at] as number) | word);
    this.done.fill(0);
  }
}

function isIn(words: Int32Array, { bit }: Entry): boolean {
  const word = bit >> 5;
  return word < words.length && ((words[word] as number) & 1 << (bit & 31)) !== 0;
}

const [EVENT, STATE, PARENT, ENTRY, NEXT, DONE] = [0, 1, 2, 3, 4, 5] as const;

/** Stands for no row. */
export const NONE = -1;

/**
 * Configurations, each a row in one array of integers, with a hash table of those that were entered: some 40 bytes each
 * for up to 32 entries that are open at once.
 *
 * Rows of the same event, state and `done` are in one chain of the table. A row that has used a superset of what
 * another one in its chain has used is not entered: whatever follows it could also follow the other one.
 */
export class Configurations {
  readonly #doneEnd: number;
  readonly #width: number;
  readonly #free: number[] = [];
  #rows: Int32Array;
  #heads: Int32Array = new Int32Array(8).fill(NONE);
  #length = 0;
  #entered = 0;

  constructor({ done, used }: Configuration) {
    this.#doneEnd = DONE + done.length;
    this.#width = this.#doneEnd + used.length;
    this.#rows = new Int32Array(8 * this.#width);
  }

  /** The number of configurations. */
  get length(): number {
    return this.#length - this.#free.length;
  }

  /** Stores a configuration without entering it, and returns the number of its row. */
  add(configuration: Configuration, parent: number, entry: number): number {
    const row = this.#free.pop() ?? this.#length++;
    if (this.#length * this.#width > this.#rows.length) this.#rows = enlarged(this.#rows);
    const at = row * this.#width;
    this.#rows[at + PARENT] = parent;
    this.#rows[at + ENTRY] = entry;
    this.#write(row, configuration);
    return row;
  }

  /**
   * Replaces a row by its settled configuration and enters it. If an entered row makes it needless, frees the row and
   * returns `false` instead.
   */
  enter(row: number, configuration: Configuration): boolean {
    this.#write(row, configuration);
    const slot = this.#hash(row) & (this.#heads.length - 1);
    const head = this.#heads[slot] as number;
    for (let other = head; other !== NONE; other = this.#rows[other * this.#width + NEXT] as number) {
      if (!this.#makesNeedless(other, row)) continue;
      this.#free.push(row);
      return false;
    }
    this.#rows[row * this.#width + NEXT] = head;
    this.#heads[slot] = row;
    if (++this.#entered > this.#heads.length) this.#rehash();
    return true;
  }

  read(row: number, into: Configuration): void {
    const at = row * this.#width;
    into.event = this.#rows[at + EVENT] as number;
    into.state = this.#rows[at + STATE] as number;
    for (let word = 0; word < into.done.length; word++) into.done[word] = this.#rows[at + DONE + word] as number;
    for (let word = 0; word < into.used.length; word++) {
      into.used[word] = this.#rows[at + this.#doneEnd + word] as number;
    }
  }

  /** The row that this one came from, or {@link NONE}. */
  parentOf(row: number): number {
    return this.#rows[row * this.#width + PARENT] as number;
  }

  /** The number of the entry that took effect last, as given to `add`. */
  entryOf(row: number): number {
    return this.#rows[row * this.#width + ENTRY] as number;
  }

  #write(row: number, { event, state, done, used }: Configuration): void {
    const at = row * this.#width;
    this.#rows[at + EVENT] = event;
    this.#rows[at + STATE] = state;
    this.#rows.set(done, at + DONE);
    this.#rows.set(used, at + this.#doneEnd);
  }

  #makesNeedless(other: number, row: number): boolean {
    const a = other * this.#width;
    const b = row * this.#width;
    if (this.#rows[a + EVENT] !== this.#rows[b + EVENT] || this.#rows[a + STATE] !== this.#rows[b + STATE]) {
      return false;
    }
    for (let at = DONE; at < this.#doneEnd; at++) if (this.#rows[a + at] !== this.#rows[b + at]) return false;
    for (let at = this.#doneEnd; at < this.#width; at++) {
      if (((this.#rows[a + at] as number) & ~(this.#rows[b + at] as number)) !== 0) return false;
    }
    return true;
  }

  #hash(row: number): number {
    const at = row * this.#width;
    let hash = Math.imul(this.#rows[at + EVENT] as number, 0x9e3779b1) ^ (this.#rows[at + STATE] as number);
    for (let word = DONE; word < this.#doneEnd; word++) {
      hash = Math.imul(hash ^ hash >>> 15, 0x85ebca6b) ^ (this.#rows[at + word] as number);
    }
    hash = Math.imul(hash ^ hash >>> 15, 0xc2b2ae35);
    return hash ^ hash >>> 16;
  }

  #rehash(): void {
    const entered: number[] = [];
    for (let row of this.#heads) {
      for (; row !== NONE; row = this.#rows[row * this.#width + NEXT] as number) entered.push(row);
    }
    this.#heads = new Int32Array(2 * this.#heads.length).fill(NONE);
    for (const row of entered) {
      const slot = this.#hash(row) & (this.#heads.length - 1);
      this.#rows[row * this.#width + NEXT] = this.#heads[slot] as number;
      this.#heads[slot] = row;
    }
  }
}

function enlarged(rows: Int32Array): Int32Array {
  const larger = new Int32Array(2 * rows.length);
  larger.set(rows);
  return larger;
}
