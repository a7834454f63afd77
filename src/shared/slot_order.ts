import type { ReadEntry, Table } from "./table.ts";

/**
 * Visits the slots in the order of the reversed bits of the hashes that belong to them. A slot's children come right after it in
 * that order, so that no hash is visited twice or left out if the number of slots grows meanwhile.
 */
export class SlotOrder {
  readonly #start: number;
  #passed = 0;

  /** Begins at `start`, a hash with its bits reversed, and goes once around. */
  constructor(start = 0) {
    this.#start = start;
  }

  /** Where it is: a hash with its bits reversed. */
  get position(): number {
    return (this.#start + this.#passed) % 2 ** 32;
  }

  /** Whether all hashes were visited. */
  get isDone(): boolean {
    return this.#passed >= 2 ** 32;
  }

  /** The slot that comes next, at this level. */
  slot(level: number): number {
    return reversed(this.position) & ((1 << level) - 1);
  }

  /** Moves on past that slot. */
  pass(level: number): void {
    this.#passed += 2 ** (32 - level);
  }
}

/** A word with its bits reversed. */
function reversed(word: number): number {
  let bits = word;
  bits = bits >>> 1 & 0x55555555 | (bits & 0x55555555) << 1;
  bits = bits >>> 2 & 0x33333333 | (bits & 0x33333333) << 2;
  bits = bits >>> 4 & 0x0f0f0f0f | (bits & 0x0f0f0f0f) << 4;
  bits = bits >>> 8 & 0x00ff00ff | (bits & 0x00ff00ff) << 8;
  return bits >>> 16 | bits << 16;
}

/** How many entries there are. */
export function countEntries(table: Table): number {
  let size = 0;
  for (const order = new SlotOrder(); !order.isDone;) {
    const level = table.exports.level();
    const count = table.exports.countSlot(order.slot(level), level);
    if (count < 0) continue;
    size += count;
    order.pass(level);
  }
  return size;
}

/**
 * All entries. It begins where the last iteration found its first entry, so that one that takes the entries out one by one
 * does not pass the same empty slots each time.
 */
export function* readEntries(table: Table): Generator<ReadEntry> {
  let isFirst = true;
  for (const order = new SlotOrder(table.firstEntryAt); !order.isDone;) {
    const level = table.exports.level();
    const { position } = order;
    const read = table.readSlot(order.slot(level), level);
    if (read === undefined) continue;
    order.pass(level);
    if (isFirst && read.length > 0) {
      table.firstEntryAt = position;
      isFirst = false;
    }
    yield* read;
  }
}
