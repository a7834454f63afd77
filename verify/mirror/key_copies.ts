import type { Clock } from "../../src/clock.ts";
import { isDeepEqual } from "../../src/equality/deep_equal.ts";
import { allEnded } from "../pair/all_ended.ts";
import type { AsyncSide } from "../pair/async_side.ts";
import { EXPIRY_TOLERANCE_MS } from "../pair/expiry.ts";
import type { IdentifiedKey } from "../pair/identified_key.ts";
import type { Entry, KeyChange } from "../pair/pair.ts";
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
  readonly looksBack: boolean;
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

  /**
   * Copies several keys to the other side together. Rejects if that fails.
   *
   * @param comparesFirst Whether keys that are equal already are only read.
   */
  async copyMany(subjects: readonly IdentifiedKey<K>[], from: Side, comparesFirst: boolean): Promise<void> {
    const busy = subjects.filter(({ id }) => this.#last.has(id));
    const free = new Map(subjects.filter(({ id }) => !this.#last.has(id)).map(({ id, key }) => [id, key]));
    const copy: Copy<V> = { source: { from }, hasBegun: true, done: Promise.resolve() };
    for (const id of free.keys()) this.#last.set(id, copy);
    copy.done = this.#inTurn(() => this.#make([...free.values()], from, undefined, comparesFirst)).finally(() => {
      for (const id of free.keys()) if (this.#last.get(id) === copy) this.#last.delete(id);
    });
    await allEnded([copy.done, ...busy.map(({ key, id }) => this.copy(key, id, { from }))]);
  }

  /**
   * Copies a key if the other side still holds what is read there.
   *
   * @param isDryRun Whether nothing is written.
   * @returns What was, or would be, changed; `written` if the other side was written meanwhile.
   */
  repair({ key, id }: IdentifiedKey<K>, from: Side, isDryRun: boolean): Promise<KeyChange<K, V> | "equal" | "written"> {
    const { sides } = this.#setting;
    const side = from === "old" ? "new" : "old";
    return this.#alone(id, from, async () => {
      const [[after], [before]] = await Promise.all([sides[from].read([key]), sides[side].read([key])]);
      if (isSame(after, before)) return "equal";
      if (!isDryRun) {
        if (!await sides[side].replace(key, before, after)) return "written";
        // Looks back, and sets the time to live.
        await this.#make([key], from, undefined, true);
      }
      return { key, side, before, after };
    });
  }

  /** Makes a change if its side still holds what it did before; returns whether it is made. */
  change({ id }: IdentifiedKey<K>, { key, side, before, after }: KeyChange<K, V>): Promise<boolean> {
    const { sides, clock } = this.#setting;
    return this.#alone(id, side === "old" ? "new" : "old", async () => {
      if (!await sides[side].replace(key, before, after)) return false;
      if (after?.expiresAtMs !== undefined) await sides[side].write(key, after, clock.now());
      return true;
    });
  }

  /** Does `work` when the copies of a key that are under way have ended, and before further ones. */
  async #alone<R>(id: unknown, from: Side, work: () => Promise<R>): Promise<R> {
    const before = this.#last.get(id)?.done;
    const worked = (async () => {
      await before?.catch(() => {});
      return await this.#inTurn(work);
    })();
    const done = worked.then(() => {}, () => {});
    const copy: Copy<V> = { source: { from }, hasBegun: true, done };
    this.#last.set(id, copy);
    try {
      return await worked;
    } finally {
      if (this.#last.get(id) === copy) this.#last.delete(id);
    }
  }

  async #run(key: K, copy: Copy<V>, before: Promise<void> | undefined): Promise<void> {
    await before?.catch(() => {});
    await this.#inTurn(() => {
      copy.hasBegun = true;
      const { from, entry } = copy.source;
      return this.#make([key], from, entry === undefined ? undefined : [entry ?? undefined], false);
    });
  }

  /** Makes copies as soon as not too many others are under way. */
  async #inTurn<R>(copy: () => Promise<R>): Promise<R> {
    if (this.#running === MAX_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await copy();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  /** @param known What the side `from` holds for the keys; `undefined` if that has to be read. */
  async #make(keys: readonly K[], from: Side, known: Entries<V> | undefined, comparesFirst: boolean): Promise<void> {
    const { sides, clock, looksBack } = this.#setting;
    const [source, target] = from === "old" ? [sides.old, sides.new] : [sides.new, sides.old];
    let held = await Promise.all([known ?? source.read(keys), comparesFirst ? target.read(keys) : undefined]);
    let left = keys;
    for (let repeats = 0;; repeats++) {
      const [entries, present] = held;
      const differing = left.flatMap((key, at) =>
        present && isSame(entries[at], present[at]) ? [] : [[key, entries[at]] as const]
      );
      if (differing.length === 0) return;
      if (repeats > MAX_REPEATS) throw new Error("Cannot copy a key: it is written all the time");
      left = differing.map(([key]) => key);
      const written = differing.map(([, entry]) => entry);
      await target.writeMany(left, written, clock.now());
      if (!looksBack) return;
      held = [await source.read(left), written];
    }
  }
}

/** What a side holds for some keys, in their order; `undefined` for an absent one. */
type Entries<V> = readonly (Entry<V> | undefined)[];

function isSame<V>(a: Entry<V> | undefined, b: Entry<V> | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const apartMs = Math.abs((a.expiresAtMs ?? NaN) - (b.expiresAtMs ?? NaN));
  // Of two that never expire, or where one of the maps lets nothing expire, the difference is not a number.
  return !(apartMs > EXPIRY_TOLERANCE_MS) && isDeepEqual(a.value, b.value);
}
