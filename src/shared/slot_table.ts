/**
 * The slots: a hash table whose every slot links to a chain of entries, and which grows by splitting slots one by one.
 *
 * Invariants
 *
 * - There are 2^level slots, and the level only rises. A key belongs to the slot that the lowest `level` bits of its hash say. A
 *   slot whose version is 0 was never written: what belongs to it is still with its parent, the slot without its highest bit,
 *   or with the parent's. Once it was written, its version is never 0 again.
 * - A slot is a pair (see `shared_memory.ts`). Every write of the map is one exchange of one slot: from the chain it linked to, which
 *   is never changed, to another, which was written in full before. So a thread that is terminated before its exchange has done
 *   nothing that anyone can see, and after it everything: nobody has to wait for it, and there is nothing to repair.
 * - A reader takes the slot's version, follows the slot's link, copies what it needs, and only then looks whether all holds that
 *   made this the right slot (`isCurrent`): its version is the same; the child through which it came is still unwritten; the
 *   level and the generation are the same. Blocks are used again only after an exchange of the slot that led to them, which changes its
 *   version. So whatever was copied from blocks that were used again is discarded, and whatever is not discarded was in the map
 *   at the moment when the version was looked at for the last time: there the read takes effect.
 * - A child is written only after its parent's version has changed (see `slot_split.ts`). Thus, if the version of the parent is
 *   the same and the child is unwritten now, then the parent was the right slot when its version was looked at; and if a writer
 *   has found all this after it took the version and its exchange then succeeds, the parent was the right slot up to there.
 * - An entry counts only if it is of the map's generation. `clear` takes effect as it adds 1 to that. A writer that took the
 *   generation before and exchanges its slot afterwards took effect just before the clearing: its slot was the same
 *   then, and what it wrote does not count.
 * - A reader begins anew only if another write has taken effect meanwhile. It waits for nobody.
 */
import { EPOCH_AT, LEVEL_BITS, LEVEL_MASK, linkAt, orderLoads, type SharedMemory, versionAt } from "./shared_memory.ts";

/** What a thread has done to a slot, and to the generation, while a function of the caller ran. */
export interface Watch {
  readonly slot: number;
  /** How many times it exchanged the slot. */
  exchanges: number;
  /** How many times it cleared the map. */
  clears: number;
}

/** What a slot was like. */
export interface Moment {
  readonly slot: number;
  readonly version: number;
  readonly generation: number;
}

export class SlotTable {
  /** The slot that holds what belongs to the hash last opened. */
  slot = 0;
  /** The version of that slot. */
  version = 0;
  /** The link of that slot. */
  link = 0;
  /** Level and generation, as they are assumed to be. */
  epoch: number;
  /** The unwritten child of the slot through which it was found; -1 if it was found at once. */
  #child = -1;
  readonly #memory: SharedMemory;
  readonly #watches: Watch[] = [];

  constructor(memory: SharedMemory) {
    this.#memory = memory;
    this.epoch = Atomics.load(memory.words, EPOCH_AT);
  }

  /** Entries of other generations don't count. */
  get generation(): number {
    return this.epoch >>> LEVEL_BITS;
  }

  get level(): number {
    return this.epoch & LEVEL_MASK;
  }

  /** Finds the slot that a hash belongs to. */
  open(hash: number): void {
    this.openSlot(hash & ((1 << (this.epoch & LEVEL_MASK)) - 1));
  }

  /** Finds the slot with what belongs to this one. */
  openSlot(slot: number): void {
    let at = slot;
    let child = -1;
    if (versionAt(at) >= this.#memory.words.length) this.#memory.refresh();
    const { words } = this.#memory;
    let version = Atomics.load(words, versionAt(at));
    while (version === 0) {
      child = at;
      at = parentOf(at);
      version = Atomics.load(words, versionAt(at));
    }
    this.slot = at;
    this.version = version;
    this.#child = child;
    this.link = words[linkAt(at)] as number;
  }

  /** Whether all that was read since `open` is right. If not, the next `open` looks anew. */
  isCurrent(): boolean {
    orderLoads();
    const { words } = this.#memory;
    if (Atomics.load(words, versionAt(this.slot)) !== this.version) return false;
    if (this.#child >= 0 && Atomics.load(words, versionAt(this.#child)) !== 0) return false;
    const epoch = Atomics.load(words, EPOCH_AT);
    if (epoch === this.epoch) return true;
    this.epoch = epoch;
    return false;
  }

  /** Whether the slot that was opened is unchanged: enough to go on following its chain. */
  isUnchanged(): boolean {
    orderLoads();
    return Atomics.load(this.#memory.words, versionAt(this.slot)) === this.version;
  }

  /** Exchanges a slot if its link and version are still these. */
  exchange(slot: number, link: number, version: number, newLink: number): boolean {
    if (!this.#memory.exchange(linkAt(slot), link, version, newLink)) return false;
    for (const watch of this.#watches) if (watch.slot === slot) watch.exchanges++;
    return true;
  }

  /** Exchanges the level or the generation. */
  exchangeEpoch(epoch: number, newEpoch: number): boolean {
    const isExchanged = Atomics.compareExchange(this.#memory.words, EPOCH_AT, epoch, newEpoch) === epoch;
    this.epoch = isExchanged ? newEpoch : Atomics.load(this.#memory.words, EPOCH_AT);
    if (isExchanged && epoch >>> LEVEL_BITS !== newEpoch >>> LEVEL_BITS) {
      for (const watch of this.#watches) watch.clears++;
    }
    return isExchanged;
  }

  /** Whether a function of the caller is running. */
  get isWatched(): boolean {
    return this.#watches.length > 0;
  }

  /** What the slot that was opened is like. */
  get moment(): Moment {
    const { slot, version, generation } = this;
    return { slot, version, generation };
  }

  /** Whether nobody but this thread wrote to the slot that was opened since that moment. */
  isOwn({ slot, version, generation }: Moment, { exchanges, clears }: Watch): boolean {
    return this.slot === slot && this.version === (version + exchanges | 0) && this.generation === generation + clears;
  }

  /** Calls `fn`, and says what this thread did to `slot` meanwhile. */
  watched<Result>(slot: number, fn: () => Result): { result: Result; watch: Watch } {
    const watch: Watch = { slot, exchanges: 0, clears: 0 };
    this.#watches.push(watch);
    try {
      return { result: fn(), watch };
    } finally {
      this.#watches.splice(this.#watches.indexOf(watch), 1);
    }
  }
}

/** A slot without its highest bit. */
export function parentOf(slot: number): number {
  return slot & ~(1 << 31 - Math.clz32(slot));
}
