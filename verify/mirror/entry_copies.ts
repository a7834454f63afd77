import type { Clock } from "../../src/clock.ts";
import { StoreError } from "../../src/store_error.ts";
import type { AsyncSide } from "../pair/async_side.ts";
import type { Changed, Confirm, Entry } from "../pair/pair.ts";
import { isSameEntry } from "../pair/same_entry.ts";
import type { Side } from "../stages/stage.ts";

/** After so many repeats a copy is given up: others write the key faster than it is copied. */
const MAX_REPEATS = 16;

/** What {@link EntryCopies} work with. */
export interface EntryCopiesSetting<K, V> {
  readonly sides: { readonly [side in Side]: AsyncSide<K, V> };
  readonly clock: Clock;
  /** Whether others than this twin may write the key at the side it is copied from. */
  readonly looksBack: (key: K, from: Side) => boolean;
}

/**
 * Copies entries from one side to the other, at once. The caller sees to it that a key is copied once at a time.
 *
 * Where others write too, a copy looks back: it reads the key again and repeats while that differs from what it wrote. So
 * whoever copies last has copied what is there.
 */
export class EntryCopies<K, V> {
  readonly #setting: EntryCopiesSetting<K, V>;

  constructor(setting: EntryCopiesSetting<K, V>) {
    this.#setting = setting;
  }

  /**
   * Makes keys on the other side what they are on the side `from`.
   *
   * @param known What that side holds for them, in their order; `undefined` if it has to be read.
   * @param comparesFirst Whether keys that are equal already are only read.
   * @throws Whatever a side rejects with. Then any of the keys may have been copied.
   */
  async copy(
    keys: readonly K[],
    from: Side,
    known: readonly (Entry<V> | undefined)[] | undefined,
    comparesFirst: boolean,
  ): Promise<void> {
    const { sides, clock, looksBack } = this.#setting;
    const [source, target] = from === "old" ? [sides.old, sides.new] : [sides.new, sides.old];
    let left = keys;
    let [entries, present] = comparesFirst
      ? await Promise.all([source.read(left), target.read(left)])
      : [known ?? await source.read(left), undefined];
    for (let repeats = 0;; repeats++) {
      const differing = [...left.keys()].filter((at) =>
        present === undefined || !isSameEntry(entries[at], present[at])
      );
      if (differing.length === 0) return;
      if (repeats > MAX_REPEATS) throw notCopied(source, "the key is written all the time", false);
      left = differing.map((at) => left[at] as K);
      const written = differing.map((at) => entries[at]);
      await target.writeMany(left, written, clock.now());
      const isOthers = left.map((key) => looksBack(key, from));
      left = left.filter((_, at) => isOthers[at]);
      if (left.length === 0) return;
      present = written.filter((_, at) => isOthers[at]);
      entries = await source.read(left);
    }
  }

  /**
   * Copies a key if the other side still holds what is read there.
   *
   * @param deletes Whether to delete a key that the side `from` lacks. If not, it counts as equal.
   * @throws Whatever a side rejects with, or `confirm` throws.
   */
  async repair(key: K, from: Side, deletes: boolean, confirm: Confirm<K, V>): Promise<Changed<K, V>> {
    const { sides } = this.#setting;
    const side = from === "old" ? "new" : "old";
    const [[after], [before]] = await Promise.all([sides[from].read([key]), sides[side].read([key])]);
    if (isSameEntry(after, before) || (after === undefined && !deletes)) return "equal";
    const change = { key, side, before, after } as const;
    if (!confirm(change)) return change;
    if (!await sides[side].replace(key, before, after)) return "written";
    // Looks back, and sets the time to live.
    await this.copy([key], from, undefined, true);
    return change;
  }
}

/** Why a copy was not made. */
export function notCopied<K, V>({ map }: AsyncSide<K, V>, reason: string, retryable: boolean): StoreError {
  const store = map[Symbol.toStringTag];
  return new StoreError(reason, { store, operation: "copy", outcome: "not applied", retryable });
}
