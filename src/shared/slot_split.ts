/**
 * How a slot is split: what belongs to its child is moved there.
 *
 * Invariants
 *
 * 1. The parent is exchanged for itself with the mark by which bit it is split. From then on nobody writes to it or to what
 *    belongs to the child but to complete the split: its chain is what it is.
 * 2. The child is exchanged from never written to a chain of copies of the entries that belong to it. From then on they are read
 *    and written there. Nobody has the copies' heads but the child, so what is written to the child doesn't free what is left
 *    in the parent's chain.
 * 3. The parent is exchanged for a chain without those entries, and without the mark. Who did that frees the heads that are in
 *    the chain no more; the blocks behind them belong to the copies.
 *
 * - The steps of one split can be done by different threads: any writer that meets the mark does those that are left, and cannot
 *   do one twice, because a child is unwritten only once and the version of the parent tells whether it is still marked. So a
 *   thread that is terminated between two of them holds up nobody.
 * - Readers read the chain of a marked parent as any other. What they find there of the child's they discard once the
 *   child is written (see `slot_table.ts`).
 * - A thread has the copies in hand before it marks the parent. To complete what another one began it may take from the reserve.
 */
import { CapacityError } from "./capacity_error.ts";
import { type Entries, HASH, NEXT } from "./entries.ts";
import {
  EPOCH_AT,
  INDEX_MASK,
  LEVEL_MASK,
  linkAt,
  orderLoads,
  type SharedMemory,
  SPLIT_SHIFT,
  SWEEP_AT,
  versionAt,
} from "./shared_memory.ts";
import { parentOf, type SlotTable } from "./slot_table.ts";

/** What is in hand for a split. */
interface Parts {
  /** The chain for the child. */
  readonly moved: readonly number[];
  /** The copies at the beginning of the parent's chain. */
  readonly kept: readonly number[];
  /** The heads that will be in no chain. */
  readonly left: readonly number[];
  readonly link: number;
}

export class SlotSplit {
  readonly #memory: SharedMemory;
  readonly #slots: SlotTable;
  readonly #entries: Entries;

  constructor(memory: SharedMemory, slots: SlotTable, entries: Entries) {
    this.#memory = memory;
    this.#slots = slots;
    this.#entries = entries;
  }

  /** Splits off the next slot that was never written, if there is one. */
  sweep(): void {
    const { words } = this.#memory;
    const slot = Atomics.load(words, SWEEP_AT);
    if (slot >= 1 << (Atomics.load(words, EPOCH_AT) & LEVEL_MASK)) return;
    if (Atomics.compareExchange(words, SWEEP_AT, slot, slot + 1) === slot) this.#split(slot);
  }

  /** Completes the split that a link is marked with. */
  complete(slot: number, link: number, version: number): void {
    const bit = link >>> SPLIT_SHIFT;
    const parts = this.#prepare(slot, link, version, bit, true);
    if (parts !== undefined) this.#finish(slot, link, version, bit, parts);
  }

  /** Does nothing where there is no memory for it: what belongs to the slot is then left with its parent. */
  #split(child: number): void {
    const memory = this.#memory;
    if (versionAt(child) >= memory.words.length) memory.refresh();
    const { words } = memory;
    const parent = parentOf(child);
    const bit = 31 - Math.clz32(child);
    if (Atomics.load(words, versionAt(parent)) === 0) this.#split(parent);
    while (Atomics.load(words, versionAt(child)) === 0) {
      const version = Atomics.load(words, versionAt(parent));
      const link = Atomics.load(words, linkAt(parent));
      if (version === 0) return;
      if (Atomics.load(words, versionAt(parent)) !== version) continue;
      if (link >>> SPLIT_SHIFT !== 0) {
        this.complete(parent, link, version);
        continue;
      }
      const parts = this.#prepare(parent, link, version, bit, false);
      if (parts === undefined) {
        if (Atomics.load(words, versionAt(parent)) === version) return;
        continue;
      }
      const marked = link | bit << SPLIT_SHIFT;
      if (this.#slots.exchange(parent, link, version, marked)) {
        return this.#finish(parent, marked, (version + 1 | 0) || 1, bit, parts);
      }
      this.#discard([...parts.moved, ...parts.kept]);
    }
  }

  /** Copies what has to be copied; `undefined` if the slot was changed meanwhile, or there is no memory for it. */
  #prepare(parent: number, link: number, version: number, bit: number, fromReserve: boolean): Parts | undefined {
    const entries = this.#entries;
    const child = parent | 1 << bit;
    const mask = (1 << bit + 1) - 1;
    const chain: number[] = [];
    for (let head = link & INDEX_MASK; head !== 0; head = entries.word(head, NEXT) & INDEX_MASK) {
      if (!this.#isUnchanged(parent, version)) return undefined;
      chain.push(head);
    }
    const isMoved = chain.map((head) => (entries.word(head, HASH) & mask) === child);
    const lastMoved = isMoved.lastIndexOf(true);
    const lists: Record<"moved" | "kept" | "left", number[]> = { moved: [], kept: [], left: [] };
    let movedLink = 0;
    let link_ = lastMoved < 0 ? link & INDEX_MASK : chain[lastMoved + 1] ?? 0;
    for (let at = lastMoved; at >= 0; at--) {
      const head = chain[at] as number;
      const copy = entries.copyHead(head, isMoved[at] ? movedLink : link_, fromReserve);
      if (copy === 0) {
        this.#discard([...lists.moved, ...lists.kept]);
        if (fromReserve) {
          throw new CapacityError("Cannot write to SharedMap: there is no memory left to complete a split");
        }
        return undefined;
      }
      if (isMoved[at]) movedLink = copy;
      else link_ = copy;
      lists[isMoved[at] ? "moved" : "kept"].push(copy);
      lists.left.push(head);
    }
    if (this.#isUnchanged(parent, version)) return { ...lists, link: link_ };
    this.#discard([...lists.moved, ...lists.kept]);
    return undefined;
  }

  #finish(parent: number, marked: number, version: number, bit: number, parts: Parts): void {
    const { moved, kept, left, link } = parts;
    const movedLink = moved.at(-1) ?? 0;
    if (!this.#slots.exchange(parent | 1 << bit, 0, 0, movedLink)) this.#discard(moved);
    this.#discard(this.#slots.exchange(parent, marked, version, link) ? left : kept);
  }

  #isUnchanged(slot: number, version: number): boolean {
    orderLoads();
    return Atomics.load(this.#memory.words, versionAt(slot)) === version;
  }

  #discard(heads: readonly number[]): void {
    for (const head of heads) this.#entries.freeHead(head);
  }
}
