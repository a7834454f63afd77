import type { ConcurrentMap, Traits } from "../../src/concurrent_map.ts";
import { NativeMap } from "../../src/native/native_map.ts";
import { type AdaptiveMapOptions, checkAdaptiveOptions } from "./options.ts";
import { type AdaptiveState, MAPS } from "./states.ts";
import { fittingMap } from "./fitting_map.ts";
import { WorkloadWatch } from "./workload.ts";
import { type AdaptiveMove, type EndedMove, moveByTwin } from "./move.ts";
import { nextTurn } from "../work/slices.ts";
import type { Stage } from "../stages/stage.ts";
import { twin } from "../twin/twin.ts";
import type { TwinMap } from "../twin/twin_map.ts";

/**
 * A {@link ConcurrentMap} that watches its load and moves its entries to the map that fits it, by way of a twin, while it is
 * used. At rest it only hands on to that one map.
 *
 * | it is a | where |
 * | --- | --- |
 * | `NativeMap` | it begins, and nothing below is so: no other map reads faster while it is small |
 * | `ReadDirtyMap` | it has up to `readDirtyUpTo` entries, and 1/6 of the operations remove a key, 3/8 of which come back |
 * | `IntMap` | it has `intFrom` entries or more, and 15/16 of the keys that are written are whole numbers of 32 bits |
 * | `ShardedMap` | it has `shardedFrom` entries or more, and is no `IntMap`: reads take twice as long there, but on V8 a `Map` ends at 2^24 |
 *
 * It goes from each to any other at once. To stay takes less than to come: a quarter of those sizes (four times that of the
 * `ReadDirtyMap`), 1/16 deletes with 1/8 that come back, 1/2 such keys. And before the *k*-th move there are 2^(k-1) times
 * as many writes as the map has entries, and as `minWrites`. So under a load that does not change it comes to rest, and under
 * any load *n* writes see at most log2(1 + *n* / `minWrites`) moves: a swing that comes again and again is followed ever more
 * rarely. A map that is only read stays what it is.
 *
 * Other keys can come to the `IntMap` at any time: those that are no safe integers are held by a `NativeMap` beside it.
 *
 * A move is made between turns of the event loop: a loop that fills the map without letting go of it is moved afterwards, and
 * can meet the `RangeError` of a full `Map` before. Until it ends each write goes to both maps, and the entries take memory
 * twice. If the new map throws, or is found different, the move is given up.
 *
 * | method | cost |
 * | --- | --- |
 * | each operation | that of the map it is; on a key besides a count, and in one of 128 writes a look at the key |
 * | a move | O(n), in slices |
 *
 * What it is bad at: it keeps no order. Where the load is known, the map that fits it is faster alone: by up to a fifth on V8,
 * and two fifths on JavaScriptCore, where whole numbers as an `IntMap` even take twice as long to read as in a `Map`: an
 * `intFrom` of 2^31 is better for that. Several `AdaptiveMap`s of a process that are different maps lose up to a half
 * (`bench/adaptive/main.ts`). Up to 64 keys that were removed are held on to, to see whether they come back.
 *
 * @example
 * ```ts
 * import { AdaptiveMap } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const users = new AdaptiveMap<number, string>({ intFrom: 1_000, minWrites: 1_000 });
 * for (let id = 0; id < 2_000; id++) users.set(id, `user ${id}`);
 * await users.settle();
 * assertEquals(users.state, "IntMap");
 * assertEquals(users.moves[0]?.why.endsWith("100 % of the keys whole numbers of 32 bits"), true);
 * assertEquals(users.get(7), "user 7");
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class AdaptiveMap<K, V> implements ConcurrentMap<K, V> {
  #map: ConcurrentMap<K, V> = new NativeMap();
  /** `#map` where that is a `NativeMap`: a call that can go to five classes takes V8 longer than the read of a small map. */
  #native: NativeMap<K, V> | undefined = this.#map as NativeMap<K, V>;
  /** How many reads there were, counted after the map was asked: a count before it, or a rare call after it, costs a third. */
  #reads = 0;
  /** How many writes there are to the next one that is looked at. */
  #countdown = 1;
  readonly #options: Required<AdaptiveMapOptions>;
  readonly #watch: WorkloadWatch<K>;
  readonly #moves: EndedMove[] = [];
  #state: AdaptiveState = "NativeMap";
  #moving: { readonly move: AdaptiveMove; readonly end: Promise<void> } | undefined;
  #twin: TwinMap<K, V> | undefined;
  #isClosed = false;
  /** What goes for whichever map it is: no order, weak iteration, any keys, values by reference; 2^24 entries. */
  readonly traits: Traits = {
    order: "none",
    iteration: "weak",
    snapshot: "linear",
    keys: "any",
    values: "reference",
    maxEntries: 2 ** 24,
    shared: false,
    evicts: false,
  };

  /**
   * Begins empty, as a `NativeMap`.
   *
   * @param options See {@link AdaptiveMapOptions}.
   * @throws {RangeError} If a number is not a whole number within its bounds.
   * @throws {TypeError} If an option is of the wrong type.
   */
  constructor(options: AdaptiveMapOptions = {}) {
    this.#options = checkAdaptiveOptions(options);
    this.#watch = new WorkloadWatch(this.#options.minWrites);
  }

  /** The map that it is; during a move the one that it comes from. */
  get state(): AdaptiveState {
    return this.#state;
  }

  /** The moves that have come to their end, the first one first. Their number is logarithmic in that of writes. */
  get moves(): readonly EndedMove[] {
    return [...this.#moves];
  }

  /** The move that is under way, if one is, and the stage of its twin. */
  get moving(): (AdaptiveMove & { readonly stage: Stage }) | undefined {
    return this.#moving && { ...this.#moving.move, stage: this.#twin?.report().stage ?? "off" };
  }

  /** Waits for the end of the move that is under way, if one is. */
  async settle(): Promise<void> {
    await this.#moving?.end;
  }

  /** {@link AdaptiveMap.settle}; after that it stays the map it is. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.settle();
  }

  /** How many entries there are. */
  get size(): number {
    return this.#map.size;
  }

  /** The value of `key`, or `undefined` if there is none. */
  get(key: K): V | undefined {
    const value = this.#native !== undefined ? this.#native.get(key) : this.#map.get(key);
    this.#reads++;
    return value;
  }

  /** Whether `key` has a value, be it `undefined`. */
  has(key: K): boolean {
    const found = this.#native !== undefined ? this.#native.has(key) : this.#map.has(key);
    this.#reads++;
    return found;
  }

  /** Gives `key` a value and returns the map. */
  set(key: K, value: V): this {
    if (this.#native !== undefined) this.#native.set(key, value);
    else this.#map.set(key, value);
    if (--this.#countdown === 0) this.#look(key, false);
    return this;
  }

  /** Removes `key`, and tells whether it was there. */
  delete(key: K): boolean {
    const deleted = this.#native !== undefined ? this.#native.delete(key) : this.#map.delete(key);
    if (--this.#countdown === 0) this.#look(key, deleted);
    return deleted;
  }

  /** Removes every entry. */
  clear(): void {
    this.#map.clear();
  }

  /** The value of `key`; if it has none, it is given `value` first. */
  getOrInsert(key: K, value: V): V {
    const there = this.#map.getOrInsert(key, value);
    if (--this.#countdown === 0) this.#look(key, false);
    return there;
  }

  /** The value of `key`; if it has none, it is given what `compute` returns. */
  getOrInsertComputed(key: K, compute: (key: K) => V): V {
    const there = this.#map.getOrInsertComputed(key, compute);
    if (--this.#countdown === 0) this.#look(key, false);
    return there;
  }

  /** Removes `key` and returns the value it had. */
  getAndDelete(key: K): V | undefined {
    const before = this.#map.getAndDelete(key);
    if (--this.#countdown === 0) this.#look(key, before !== undefined);
    return before;
  }

  /** Gives `key` a value and returns the one it had before. */
  getAndSet(key: K, value: V): V | undefined {
    const before = this.#map.getAndSet(key, value);
    if (--this.#countdown === 0) this.#look(key, false);
    return before;
  }

  /** Gives `key` a value if it has the value `expected`, and tells whether it did. */
  compareAndSet(key: K, expected: V, value: V): boolean {
    const done = this.#map.compareAndSet(key, expected, value);
    if (--this.#countdown === 0) this.#look(key, false);
    return done;
  }

  /** Removes `key` if it has the value `expected`, and tells whether it did. */
  compareAndDelete(key: K, expected: V): boolean {
    const done = this.#map.compareAndDelete(key, expected);
    if (--this.#countdown === 0) this.#look(key, done);
    return done;
  }

  /** Replaces the value of `key` by what `fn` returns for it; `undefined` deletes. */
  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const next = this.#map.update(key, fn);
    if (--this.#countdown === 0) this.#look(key, next === undefined);
    return next;
  }

  /** Calls `callback` for each entry. */
  forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    this.#map.forEach((value, key) => callback.call(thisArg, value, key, this));
  }

  /** Iterates over `[key, value]`. */
  *entries(): MapIterator<[K, V]> {
    const map = this.#map;
    for (const entry of map) {
      if (this.#map === map) yield entry;
      // It was moved meanwhile: that map has the keys that were there all along, but not what was written since.
      else if (this.#map.has(entry[0])) yield [entry[0], this.#map.get(entry[0]) as V];
    }
  }

  /** Iterates over the keys. */
  *keys(): MapIterator<K> {
    const map = this.#map;
    for (const key of map.keys()) if (this.#map === map || this.#map.has(key)) yield key;
  }

  /** Iterates over the values. */
  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  /** The entries as of this moment. */
  snapshot(): Iterable<[K, V]> {
    return this.#map.snapshot();
  }

  /** Iterates over `[key, value]`. */
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  /** The class's name. */
  get [Symbol.toStringTag](): string {
    return "AdaptiveMap";
  }

  #look(key: K, removes: boolean): void {
    if (this.#watch.see(key, removes, this.#map)) this.#decide();
    this.#countdown = this.#watch.nextGap();
  }

  #decide(): void {
    const load = this.#watch.take(this.#map.size, this.#reads);
    this.#reads = 0;
    const { minWrites, clock } = this.#options;
    const least = 2 ** this.#moves.length * Math.max(minWrites, load.entries);
    if (this.#moving !== undefined || this.#isClosed || load.writes < least) return;
    const from = this.#state;
    const { state: to, why } = fittingMap(from, load, this.#options);
    if (to === from) return;
    const move = { from, to, why, load, at: clock.now() };
    this.#moving = { move, end: this.#move(move) };
  }

  /** Begins at another turn of the event loop, since an operation may be under way whose callback led to this. */
  async #move(move: AdaptiveMove): Promise<void> {
    const { clock } = this.#options;
    await nextTurn(clock);
    const from = this.#map;
    const to = MAPS[move.to]<K, V>();
    const both = twin(from, to, { sample: 1 / 64, equals: Object.is, maxRecent: 0, clock });
    this.#use(both);
    this.#twin = both;
    const isDone = await moveByTwin(both, clock).catch(() => false);
    if (isDone) {
      both.stage("complete");
      this.#state = move.to;
    }
    both.close();
    this.#use(isDone ? to : from);
    this.#moves.push({ ...move, outcome: isDone ? "done" : "given up" });
    this.#moving = undefined;
    this.#twin = undefined;
    this.#watch.restart();
  }

  #use(map: ConcurrentMap<K, V>): void {
    this.#map = map;
    this.#native = map instanceof NativeMap ? map : undefined;
  }
}
