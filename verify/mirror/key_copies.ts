import type { Deadlines } from "../../src/async/deadlines.ts";
import { allEnded } from "../pair/all_ended.ts";
import type { IdentifiedKey } from "../pair/identified_key.ts";
import type { Changed, Confirm, Entry, KeyChange } from "../pair/pair.ts";
import type { Side } from "../stages/stage.ts";
import { copyKeys, type CopySetting, notCopied } from "./copy_keys.ts";
import { Places } from "./places.ts";
import { repairKey } from "./repair_key.ts";

/** How many copies are under way at a time. */
const MAX_AT_ONCE = 64;

/** How many bytes the known values of waiting copies may take. A value that does not fit is read when its turn comes. */
const MAX_KNOWN_BYTES = 64 * 2 ** 20;

/** What the side `from` holds for a key; without `entry`, that has to be read. */
export interface Source<V> {
  readonly from: Side;
  /** The entry, if it is known; `null`: absent. */
  readonly entry?: Entry<V> | null;
  /** Whether a key that this side lacks is deleted on the other one; if not, it is left as it is. */
  readonly deletes: boolean;
}

/** A copy that is under way, or waits. */
export interface Copying {
  /** Resolves to whether there came to be room for it in time; `undefined` if there is. */
  readonly placed: Promise<boolean> | undefined;
  /** Resolves to whether it was made: `false` if there was no room. Rejects if it failed. */
  readonly done: Promise<boolean>;
  /** As `done`, once the mirror has counted how it ended. Set by the mirror. */
  settled?: Promise<boolean>;
}

/** What is done in a turn, with the source that was waited with. */
type Work<V> = (source: Source<V> | undefined) => Promise<unknown>;

interface Copy<V> {
  /** What is to be copied, while a later write may still change that; `undefined` once it has begun, and for a batch. */
  source: Source<V> | undefined;
  /** How many bytes its known value takes while it waits. */
  knownBytes: number;
  /** When it began, by the monotonic clock; `undefined` while it waits. */
  begunAtMs: number | undefined;
  placed: Promise<boolean> | undefined;
  done: Promise<boolean>;
}

/** What {@link KeyCopies} work with. */
export interface KeyCopiesSetting<K, V> extends CopySetting<K, V> {
  /** How many keys may have a copy under way or waiting. */
  readonly maxPending: number;
  /** How long a copy waits for room at most. */
  readonly patience: Deadlines;
}

/**
 * Copies keys from one side to the other. The copies of one key are made one after the other; of those that wait, only the last
 * is made. Different keys are copied side by side.
 */
export class KeyCopies<K, V> {
  readonly #setting: KeyCopiesSetting<K, V>;
  /** The last copy of each key, until it is done. */
  readonly #last = new Map<unknown, Copy<V>>();
  /** Those under way, in the order in which they began. */
  readonly #running = new Set<Copy<V>>();
  readonly #turns = new Places(MAX_AT_ONCE);
  readonly #room: Places;
  readonly #maxBatch: number;
  #knownBytes = 0;

  constructor(setting: KeyCopiesSetting<K, V>) {
    this.#setting = setting;
    this.#room = new Places(setting.maxPending);
    this.#maxBatch = Math.ceil(setting.maxPending / 2);
  }

  /** How many keys have a copy that is not done. */
  get pending(): number {
    return this.#last.size;
  }

  /** When the copy began that has been under way longest, by the monotonic clock; `undefined` if none is. */
  get runningSinceMs(): number | undefined {
    const [first] = this.#running;
    return first?.begunAtMs;
  }

  /** Resolves when all copies that are under way or wait now have ended. */
  async allEnded(): Promise<void> {
    await Promise.allSettled(Array.from(this.#last.values(), ({ done }) => done));
  }

  /** Copies a key to the other side, as soon as there is room and it is its turn. */
  copy({ key, id }: Pick<IdentifiedKey<K>, "key" | "id">, source: Source<V>): Copying {
    const before = this.#last.get(id);
    if (before?.source !== undefined) {
      this.#waitWith(before, source);
      return before;
    }
    const copy = this.#enterOne(id, (source) => {
      const { from, entry, deletes } = source as Source<V>;
      const known = entry === undefined ? undefined : [entry ?? undefined];
      return copyKeys(this.#setting, [key], from, { known, comparesFirst: false, deletes: () => deletes });
    });
    this.#waitWith(copy, source);
    return copy;
  }

  /**
   * Copies several keys to the other side together: as many as there is room for, but at most half of all that there is, so that some
   * is left for callers. If there is none, one key waits for it. Keys that have a copy already are copied after it, each by itself.
   *
   * @param subjects The keys, each once.
   * @param comparesFirst Whether keys that are equal already are only read.
   * @param deletes Whether to delete a key that the side `from` lacks. If not, it is left as it is.
   * @returns The keys for which there was no room.
   * @throws What the first copy that failed rejected with, when all have ended.
   */
  async copyMany(
    subjects: readonly IdentifiedKey<K>[],
    from: Side,
    comparesFirst: boolean,
    deletes: (subject: IdentifiedKey<K>) => boolean,
  ): Promise<readonly IdentifiedKey<K>[]> {
    const free = subjects.filter(({ id }) => !this.#last.has(id));
    const singles = subjects.filter(({ id }) => this.#last.has(id));
    const batch = free.splice(0, this.#room.takeFree(Math.min(free.length, this.#maxBatch)));
    if (batch.length === 0) singles.push(...free.splice(0, 1));
    const copies = singles.map((subject) => this.copy(subject, { from, deletes: deletes(subject) }).done);
    if (batch.length > 0) {
      const deletesAt = (at: number) => deletes(batch[at] as IdentifiedKey<K>);
      const keys = batch.map(({ key }) => key);
      const make = () => copyKeys(this.#setting, keys, from, { comparesFirst, deletes: deletesAt });
      copies.push(this.#enter(batch.map(({ id }) => id), undefined, undefined, make).done);
    }
    const copied = await allEnded(copies);
    return [...singles.filter((_, at) => !copied[at]), ...free];
  }

  /** Repairs a key, as {@link repairKey} does, in its turn. Rejects if there is no room in time. */
  repair(
    { key, id }: IdentifiedKey<K>,
    from: Side,
    deletes: boolean,
    confirm: Confirm<K, V>,
  ): Promise<Changed<K, V>> {
    return this.#alone(id, from, () => repairKey(this.#setting, key, from, deletes, confirm));
  }

  /** Makes a change, as `AsyncSide.change` does, in the turn of its key. Rejects if there is no room in time. */
  change({ id }: IdentifiedKey<K>, change: KeyChange<K, V>): Promise<Changed<K, V>> {
    const { sides, clock } = this.#setting;
    return this.#alone(id, change.side, () => sides[change.side].change(change, clock));
  }

  /** Does `work` on a key when the copies of it have ended, and before further ones. Rejects if there is no room in time. */
  async #alone<R>(id: unknown, side: Side, work: () => Promise<R>): Promise<R> {
    const { promise, resolve } = Promise.withResolvers<R>();
    const { done } = this.#enterOne(id, () => work().then(resolve));
    if (!await done) throw notCopied(this.#setting.sides[side], "too many copies wait", true);
    return await promise;
  }

  #enterOne(id: unknown, work: Work<V>): Copy<V> {
    const before = this.#last.get(id);
    // The next copy of a key has the place of the one before.
    const placed = before === undefined ? this.#room.take(this.#setting.patience) : before.placed;
    return this.#enter([id], placed, before?.done, work);
  }

  /** Does `work` when `before` has ended, and it is its turn. It is the last copy of each of these keys, until there is another. */
  #enter(
    ids: readonly unknown[],
    placed: Promise<boolean> | undefined,
    before: Promise<unknown> | undefined,
    work: Work<V>,
  ): Copy<V> {
    const done = Promise.resolve(true);
    const copy: Copy<V> = { source: undefined, knownBytes: 0, begunAtMs: undefined, placed, done };
    for (const id of ids) this.#last.set(id, copy);
    copy.done = this.#run(ids, copy, before, work);
    return copy;
  }

  #waitWith(copy: Copy<V>, source: Source<V>): void {
    const others = this.#knownBytes - copy.knownBytes;
    const bytes = bytesOf(source.entry?.value);
    const fits = others + bytes <= MAX_KNOWN_BYTES;
    const deletes = source.deletes || copy.source?.deletes === true;
    copy.source = fits ? { ...source, deletes } : { from: source.from, deletes };
    copy.knownBytes = fits ? bytes : 0;
    this.#knownBytes = others + copy.knownBytes;
  }

  #waitNoMore(copy: Copy<V>): void {
    this.#knownBytes -= copy.knownBytes;
    copy.knownBytes = 0;
    copy.source = undefined;
  }

  async #run(
    ids: readonly unknown[],
    copy: Copy<V>,
    before: Promise<unknown> | undefined,
    work: Work<V>,
  ): Promise<boolean> {
    const hasRoom = copy.placed === undefined || await copy.placed;
    copy.placed = undefined;
    try {
      if (hasRoom) await this.#inTurn(copy, before, work);
      return hasRoom;
    } finally {
      this.#waitNoMore(copy);
      for (const id of ids) {
        if (this.#last.get(id) !== copy) continue;
        this.#last.delete(id);
        if (hasRoom) this.#room.release();
      }
    }
  }

  async #inTurn(copy: Copy<V>, before: Promise<unknown> | undefined, work: Work<V>): Promise<void> {
    await before?.catch(() => {});
    await this.#turns.take();
    const { source } = copy;
    this.#waitNoMore(copy);
    copy.begunAtMs = this.#setting.clock.monotonicMs();
    this.#running.add(copy);
    try {
      await work(source);
    } finally {
      this.#running.delete(copy);
      this.#turns.release();
    }
  }
}

/** About how many bytes a known value takes: of one that a map keeps anyway, none. */
function bytesOf(value: unknown): number {
  return typeof value === "string" ? 2 * value.length : 0;
}
