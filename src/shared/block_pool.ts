/**
 * Which blocks are free.
 *
 * Invariants
 *
 * - A block is in one place: in a chain that a slot links to, in the list of free ones, above `TOP_AT`, or in the hands of one
 *   thread, which alone writes to it. It comes into a thread's hands by the thread's own compare-and-exchange: of the list's head,
 *   of `TOP_AT`, or of the slot that linked to it. There is no other way, so no block has two owners.
 * - The list is linked by the first word of each block. Its owner writes that before it exchanges the head for the block. Who
 *   takes from the list may follow words that others have overwritten meanwhile; but then the head's version has changed, and the
 *   exchange fails.
 * - Readers of the map may still read a block that is free, or used again. They find out by the version of the slot that led
 *   them there, which was changed before the block was given to anyone (see `slot_table.ts`).
 * - A thread keeps up to `SPARE` blocks in hand, so that a write that replaces a value touches no word that others write. When it
 *   is terminated those are lost, and what it had just taken for the entry it wrote, and what it had just unlinked.
 */
import { FREE_AT, INDEX_MASK, MAX_BLOCKS_AT, RESERVE_AT, type SharedMemory, TOP_AT } from "./shared_memory.ts";

const SPARE = 64;
const BATCH = 16;

export class BlockPool {
  readonly #memory: SharedMemory;
  readonly #spare = new Int32Array(SPARE);
  #spares = 0;

  constructor(memory: SharedMemory) {
    this.#memory = memory;
  }

  /** A block, whose words can be anything; 0 if there is none. What gives memory back may take from the reserve. */
  take(fromReserve: boolean): number {
    if (this.#spares === 0) this.#refill(fromReserve);
    return this.#spares === 0 ? 0 : this.#spare[--this.#spares] as number;
  }

  /** Frees a block that is in this thread's hands. */
  give(block: number): void {
    if (this.#spares === SPARE) this.#return(SPARE / 2);
    this.#spare[this.#spares++] = block;
  }

  #refill(fromReserve: boolean): void {
    if (this.#takeFree()) return;
    const { words } = this.#memory;
    const reserve = fromReserve ? 0 : words[RESERVE_AT] as number;
    const limit = (words[MAX_BLOCKS_AT] as number) - reserve;
    while (true) {
      const top = Atomics.load(words, TOP_AT);
      const count = Math.min(BATCH, limit - top);
      // The last ones may have been freed while the top was looked at.
      if (count <= 0) return void this.#takeFree();
      if (!this.#memory.growBlocks(top + count)) return;
      if (Atomics.compareExchange(words, TOP_AT, top, top + count) !== top) continue;
      for (let block = top + count - 1; block >= top; block--) this.#spare[this.#spares++] = block;
      return;
    }
  }

  /** Takes some blocks off the list, and tells whether there were any. */
  #takeFree(): boolean {
    const memory = this.#memory;
    while (true) {
      const version = Atomics.load(memory.words, FREE_AT + 1);
      const head = Atomics.load(memory.words, FREE_AT);
      if (head === 0) {
        if (Atomics.load(memory.words, FREE_AT + 1) === version) return false;
        continue;
      }
      let taken = 0;
      let next = head;
      while (taken < BATCH && next !== 0) {
        const at = memory.blockAt(next & INDEX_MASK);
        if (at < 0) break;
        this.#spare[taken++] = next;
        next = memory.blocks[at] as number;
      }
      if (!memory.exchange(FREE_AT, head, version, next)) continue;
      this.#spares = taken;
      return true;
    }
  }

  #return(count: number): void {
    const memory = this.#memory;
    const first = this.#spares - count;
    for (let at = first; at < this.#spares - 1; at++) {
      this.#writeNext(this.#spare[at] as number, this.#spare[at + 1] as number);
    }
    const last = this.#spare[this.#spares - 1] as number;
    while (true) {
      const version = Atomics.load(memory.words, FREE_AT + 1);
      const head = Atomics.load(memory.words, FREE_AT);
      this.#writeNext(last, head);
      if (memory.exchange(FREE_AT, head, version, this.#spare[first] as number)) break;
    }
    this.#spares = first;
  }

  #writeNext(block: number, next: number): void {
    const at = this.#memory.blockAt(block);
    this.#memory.blocks[at] = next;
  }
}
