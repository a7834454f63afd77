import type { Deadlines } from "../../src/async/deadlines.ts";
import type { Clock } from "../../src/clock.ts";
import { StoreError } from "../../src/store_error.ts";
import { allEnded } from "../pair/all_ended.ts";
import type { AsyncSide } from "../pair/async_side.ts";
import type { IdentifiedKey } from "../pair/identified_key.ts";
import type { Entry, KeyChange } from "../pair/pair.ts";
import { isSameEntry } from "../pair/same_entry.ts";
import type { Side } from "../stages/stage.ts";
import { Places } from "./places.ts";

/** How many copies are under way at a time. */
const MAX_AT_ONCE = 64;

/** After so many repeats a copy is given up: others write the key faster than it is copied. */
const MAX_REPEATS = 16;

/** How many bytes the known values of waiting copies may take. A value that does not fit is read when its turn comes. */
const MAX_KNOWN_BYTES = 64 * 2 ** 20;

/** What the side `from` holds for a key; without `entry`, that has to be read. */
export interface Source<V> {
  readonly from: Side;
  /** The entry, if it is known; `null`: absent. */
  readonly entry?: Entry<V> | null;
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

/** What a side holds for some keys, in their order; `undefined` for an absent one. */
type Entries<V> = readonly (Entry<V> | undefined)[];

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
export interface KeyCopiesSetting<K, V> {
  readonly sides: { readonly [side in Side]: AsyncSide<K, V> };
  readonly clock: Clock;
  /** Whether others than this twin may write the key at the side it is copied from. */
  readonly looksBack: (key: K, from: Side) => boolean;
  /** How many keys may have a copy under way or waiting. */
  readonly maxPending: number;
  /** How long a copy waits for room at most. */
  readonly patience: Deadlines;
}

/**
 * Copies keys from one side to the other. The copies of one key are made one after the other; of those that wait, only the last
 * is made. Different keys are copied side by side.
 *
 * Where others write too, a copy looks back: it reads the key again and repeats while that differs from what it wrote. So
 * whoever copies last has copied what is there.
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
      const { from, entry } = source as Source<V>;
      return this.#make([key], from, entry === undefined ? undefined : [entry ?? undefined], false);
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
   * @returns The keys for which there was no room.
   * @throws What the first copy that failed rejected with, when all have ended.
   */
  async copyMany(
    subjects: readonly IdentifiedKey<K>[],
    from: Side,
    comparesFirst: boolean,
  ): Promise<readonly IdentifiedKey<K>[]> {
    const free = subjects.filter(({ id }) => !this.#last.has(id));
    const singles = subjects.filter(({ id }) => this.#last.has(id));
    const batch = free.splice(0, this.#room.takeFree(Math.min(free.length, this.#maxBatch)));
    if (batch.length === 0) singles.push(...free.splice(0, 1));
    const copies = singles.map((subject) => this.copy(subject, { from }).done);
    if (batch.length > 0) {
      const make = () => this.#make(batch.map(({ key }) => key), from, undefined, comparesFirst);
      copies.push(this.#enter(batch.map(({ id }) => id), undefined, undefined, make).done);
    }
    const copied = await allEnded(copies);
    return [...singles.filter((_, at) => !copied[at]), ...free];
  }

  /**
   * Copies a key if the other side still holds what is read there.
   *
   * @param deletes Whether to delete a key that the side `from` lacks. If not, it counts as equal.
   * @param isDryRun Whether nothing is written.
   * @returns What was, or would be, changed; `written` if the other side was written meanwhile.
   */
  repair(
    { key, id }: IdentifiedKey<K>,
    from: Side,
    deletes: boolean,
    isDryRun: boolean,
  ): Promise<KeyChange<K, V> | "equal" | "written"> {
    const { sides } = this.#setting;
    const side = from === "old" ? "new" : "old";
    return this.#alone(id, from, async () => {
      const [[after], [before]] = await Promise.all([sides[from].read([key]), sides[side].read([key])]);
      if (isSameEntry(after, before) || (after === undefined && !deletes)) return "equal";
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
    return this.#alone(id, side, async () => {
      if (!await sides[side].replace(key, before, after)) return false;
      if (after?.expiresAtMs !== undefined) await sides[side].write(key, after, clock.now());
      return true;
    });
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
    copy.source = fits ? source : { from: source.from };
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

  /** @param known What the side `from` holds for the keys; `undefined` if that has to be read. */
  async #make(keys: readonly K[], from: Side, known: Entries<V> | undefined, comparesFirst: boolean): Promise<void> {
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
}

function notCopied<K, V>({ map }: AsyncSide<K, V>, reason: string, retryable: boolean): StoreError {
  const store = map[Symbol.toStringTag];
  return new StoreError(reason, { store, operation: "copy", outcome: "not applied", retryable });
}

/** About how many bytes a known value takes: of one that a map keeps anyway, none. */
function bytesOf(value: unknown): number {
  return typeof value === "string" ? 2 * value.length : 0;
}
