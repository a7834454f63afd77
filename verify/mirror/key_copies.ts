import type { Clock } from "../../src/clock.ts";
import { isDeepEqual } from "../../src/equality/deep_equal.ts";
import type { AsyncSide, Entry } from "../pair/async_side.ts";
import { EXPIRY_TOLERANCE_MS } from "../pair/expiry.ts";
import type { Side } from "../stages/stage.ts";

/** How many copies are under way at a time. */
const MAX_AT_ONCE = 64;

/** After so many repeats a copy is given up: others write the key faster than it is copied. */
const MAX_REPEATS = 16;

/** What the side `from` holds for a key; without `entry`, that has to be read. */
export interface Source<V> {
  readonly from: Side;
  /** The entry, if it is known; `null`: absent. */
  readonly entry?: Entry<V> | null;
}

interface Copy<V> {
  source: Source<V>;
  hasBegun: boolean;
  done: Promise<void>;
}

/** What {@link KeyCopies} work with. */
export interface KeyCopiesSetting<K, V> {
  readonly sides: { readonly [side in Side]: AsyncSide<K, V> };
  readonly clock: Clock;
  /** Whether others than this twin may write the key at the side it is copied from. */
  readonly looksBack: (key: K, from: Side) => boolean;
}

/**
 * Copies keys from one side to the other. The copies of one key are made one after the other; of those that wait, only the last
 * is made. Different keys are copied side by side.
 *
 * Where others write too, a copy looks back: it reads the key again and repeats while that differs from what it wrote. So
 * whoever copies last has copied what is there (PROTOCOL.md, R2).
 */
export class KeyCopies<K, V> {
  readonly #setting: KeyCopiesSetting<K, V>;
  /** The last copy of each key, until it is done. */
  readonly #last = new Map<unknown, Copy<V>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(setting: KeyCopiesSetting<K, V>) {
    this.#setting = setting;
  }

  /** How many keys have a copy that is not done. */
  get pending(): number {
    return this.#last.size;
  }

  /** Resolves when all copies that are under way or wait now have ended. */
  async allEnded(): Promise<void> {
    await Promise.allSettled(Array.from(this.#last.values(), ({ done }) => done));
  }

  /** The copy that has been under way longest; `undefined` if there is none. */
  get oldest(): Promise<void> | undefined {
    const [oldest] = this.#last.values();
    return oldest?.done;
  }

  /**
   * Copies a key to the other side. Rejects if that fails.
   *
   * @param id Stands for the key: equal for equal keys.
   */
  copy(key: K, id: unknown, source: Source<V>): Promise<void> {
    const before = this.#last.get(id);
    if (before?.hasBegun === false) {
      before.source = source;
      return before.done;
    }
    const copy: Copy<V> = { source, hasBegun: false, done: Promise.resolve() };
    this.#last.set(id, copy);
    copy.done = this.#run(key, copy, before?.done).finally(() => {
      if (this.#last.get(id) === copy) this.#last.delete(id);
    });
    return copy.done;
  }

  async #run(key: K, copy: Copy<V>, before: Promise<void> | undefined): Promise<void> {
    await before?.catch(() => {});
    if (this.#running === MAX_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    copy.hasBegun = true;
    try {
      await this.#make(key, copy.source);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  async #make(key: K, { from, entry: known }: Source<V>): Promise<void> {
    const { sides, clock, looksBack } = this.#setting;
    const [source, target] = from === "old" ? [sides.old, sides.new] : [sides.new, sides.old];
    let entry = known === undefined ? await readOne(source, key) : known ?? undefined;
    for (let repeats = 0;; repeats++) {
      await target.write(key, entry, clock.now());
      if (!looksBack(key, from)) return;
      const present = await readOne(source, key);
      if (isSame(entry, present)) return;
      if (repeats === MAX_REPEATS) throw new Error("Cannot copy a key: it is written all the time");
      entry = present;
    }
  }
}

async function readOne<K, V>(side: AsyncSide<K, V>, key: K): Promise<Entry<V> | undefined> {
  const [entry] = await side.read([key]);
  return entry;
}

function isSame<V>(a: Entry<V> | undefined, b: Entry<V> | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const apartMs = Math.abs((a.expiresAtMs ?? Infinity) - (b.expiresAtMs ?? Infinity));
  // Of two that never expire, the difference is not a number.
  return !(apartMs > EXPIRY_TOLERANCE_MS) && isDeepEqual(a.value, b.value);
}
