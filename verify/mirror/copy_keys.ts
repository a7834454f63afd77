import type { Clock } from "../../src/clock.ts";
import { StoreError } from "../../src/store_error.ts";
import type { AsyncSide } from "../pair/async_side.ts";
import type { Entry } from "../pair/pair.ts";
import { isSameEntry } from "../pair/same_entry.ts";
import type { Side } from "../stages/stage.ts";

/** After so many repeats a copy is given up: others write the key faster than it is copied. */
const MAX_REPEATS = 16;

/** What {@link copyKeys} works with. */
export interface CopySetting<K, V> {
  readonly sides: { readonly [side in Side]: AsyncSide<K, V> };
  readonly clock: Clock;
  /** Whether others than this twin may write the key at the side it is copied from. */
  readonly looksBack: (key: K, from: Side) => boolean;
}

/** How keys are copied. */
export interface CopyOptions<V> {
  /** What the side `from` holds for the keys, in their order, `undefined` for an absent one; left out if that has to be read. */
  readonly known?: readonly (Entry<V> | undefined)[] | undefined;
  /** Whether keys that are equal already are only read. */
  readonly comparesFirst: boolean;
  /** Whether to delete the key at an index if the side `from` lacks it; if not, it is left as it is. */
  readonly deletes: (at: number) => boolean;
}

/**
 * Copies keys from the side `from` to the other one.
 *
 * Where others write too, a copy looks back: it reads the keys again and repeats while they differ from what it wrote. So whoever
 * copies last has copied what is there. A key that it has set itself is deleted if it is gone by then.
 *
 * @throws {StoreError} If others write a key faster than it is copied; else whatever a side rejects with.
 */
export async function copyKeys<K, V>(
  { sides, clock, looksBack }: CopySetting<K, V>,
  keys: readonly K[],
  from: Side,
  { known, comparesFirst, deletes }: CopyOptions<V>,
): Promise<void> {
  const [source, target] = from === "old" ? [sides.old, sides.new] : [sides.new, sides.old];
  let left = keys;
  let [entries, present] = comparesFirst
    ? await Promise.all([source.read(left), target.read(left)])
    : [known ?? await source.read(left), undefined];
  for (let repeats = 0;; repeats++) {
    const isLeft = (at: number) => repeats === 0 && entries[at] === undefined && !deletes(at);
    const differing = [...left.keys()].filter((at) =>
      !isLeft(at) && (present === undefined || !isSameEntry(entries[at], present[at]))
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

/** The error of a copy that was not made. */
export function notCopied<K, V>({ map }: AsyncSide<K, V>, reason: string, retryable: boolean): StoreError {
  const store = map[Symbol.toStringTag];
  return new StoreError(reason, { store, operation: "copy", outcome: "not applied", retryable });
}
