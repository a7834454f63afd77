import { AbstractMap } from "../../src/abstract_map.ts";
import { checkCallback } from "../../src/callback.ts";
import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { mapArguments, setEntries } from "../../src/map_arguments.ts";
import { NativeMap } from "../../src/native/native_map.ts";
import { type AdaptiveMapOptions, checkAdaptiveOptions } from "./options.ts";
import { type AdaptiveState, MAPS } from "./states.ts";
import { fittingMap } from "./fitting_map.ts";
import { WorkloadWatch } from "./workload.ts";
import { type AdaptiveMove, type EndedMove, moveByTwin, PROOF } from "./move.ts";
import { nextTurn } from "../work/slices.ts";
import type { Stage } from "../stages/stage.ts";
import { twin } from "../twin/twin.ts";
import type { TwinMap } from "../twin/twin_map.ts";

/**
 * A {@link ConcurrentMap} that watches its workload and moves its entries, by a twin and while it is in use, to the map
 * that fits. At rest it only forwards to that map.
 *
 * | it becomes a | when |
 * | --- | --- |
 * | `NativeMap` | at first, and whenever no other row applies: no other map reads faster while it is small |
 * | `ReadDirtyMap` | up to `readDirtyUpTo` entries; 1/6 of the operations remove a key, 3/8 of which are set again |
 * | `IntMap` | `intFrom` entries or more; 15/16 of the written keys are whole numbers of 32 bits |
 * | `ShardedMap` | `shardedFrom` entries or more, unless it becomes an `IntMap` |
 *
 * It moves directly from any of them to any other. It stays at a map under weaker conditions: a quarter of those sizes
 * (four times that of the `ReadDirtyMap`), 1/16 deletes of which 1/8 are set again, 1/2 of such keys. The *k*-th move
 * needs 2^(k-1) times as many writes as the map has entries, and as `minWrites`. So it settles under a constant
 * workload, and any *n* writes cause at most log2(1 + *n* / `minWrites`) moves: it follows a repeated swing ever more
 * rarely. A map that is only read does not move. Reads of a `ShardedMap` take twice as long as those of a `NativeMap`,
 * but on V8 that holds at most 2^24 entries. An `IntMap` keeps keys that are not safe integers in a `NativeMap` beside
 * it.
 *
 * A move runs between turns of the event loop. If a single loop fills the map, the move begins only after the loop,
 * which can get the `RangeError` of a full `Map` first. During a move each write goes to both maps, and the entries
 * take memory twice. If the new map throws or differs from the old one, the move is given up.
 *
 * | method | cost |
 * | --- | --- |
 * | each operation | that of the present map; on a key, also a count, and for one in 128 writes a sample of its key |
 * | a move | O(n), in slices |
 *
 * What it is bad at: it keeps no order. If the workload is known, the map that fits it is faster alone: by up to a
 * fifth on V8, and two fifths on JavaScriptCore, where reading whole numbers from an `IntMap` even takes twice as long
 * as from a `Map`: set `intFrom` to 2^31 there. Several `AdaptiveMap`s in one process that have become different maps
 * lose up to a half (`bench/adaptive/main.ts`). Up to 64 removed keys are held, to see whether they are set again.
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
export class AdaptiveMap<K, V> extends AbstractMap<K, V> {
  #map: ConcurrentMap<K, V> = new NativeMap();
  /** `#map` if it is a `NativeMap`: on V8, a call that can go to five classes takes longer than reading a small map. */
  #native: NativeMap<K, V> | undefined = this.#map as NativeMap<K, V>;
  /** The number of reads, counted after each one: counting before it, or a rare call after it, costs a third. */
  #reads = 0;
  /** The number of writes until the next sampled one. */
  #countdown = 1;
  readonly #options: Required<AdaptiveMapOptions>;
  readonly #watch: WorkloadWatch<K>;
  readonly #moves: EndedMove[] = [];
  #state: AdaptiveState = "NativeMap";
  #moving: { readonly move: AdaptiveMove; readonly end: Promise<void> } | undefined;
  #twin: TwinMap<K, V> | undefined;
  #isClosed = false;

  /**
   * A map of `entries`, or an empty one. It starts as a `NativeMap`.
   *
   * @param entries The first entries; of two with the same key the later one counts. Or the options alone.
   * @param options See {@link AdaptiveMapOptions}.
   * @throws {RangeError} If a number is not a whole number within its bounds.
   * @throws {TypeError} If `entries` is not an iterable of pairs, or an option is unknown or of the wrong type.
   */
  constructor(entries?: Iterable<readonly [K, V]> | AdaptiveMapOptions | null, options?: AdaptiveMapOptions) {
    super();
    const given = mapArguments(entries, options);
    this.#options = checkAdaptiveOptions(given.options);
    this.#watch = new WorkloadWatch(this.#options.minWrites);
    setEntries(this, given.entries);
  }

  /** The present map; during a move, the old one. */
  get state(): AdaptiveState {
    return this.#state;
  }

  /** The moves that have ended, in order. Their number is logarithmic in the number of writes. */
  get moves(): readonly EndedMove[] {
    return [...this.#moves];
  }

  /** The move that is in progress, if any, and the stage of its twin. */
  get moving(): (AdaptiveMove & { readonly stage: Stage }) | undefined {
    return this.#moving && { ...this.#moving.move, stage: this.#twin?.report().stage ?? "off" };
  }

  /** Waits until the move that is in progress, if any, has ended. */
  async settle(): Promise<void> {
    await this.#moving?.end;
  }

  /** Waits like {@link AdaptiveMap.settle}, and starts no more moves. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.settle();
  }

  /** The number of entries. */
  override get size(): number {
    return this.#map.size;
  }

  /** The value of `key`, or `undefined` if it is absent. */
  get(key: K): V | undefined {
    const value = this.#native !== undefined ? this.#native.get(key) : this.#map.get(key);
    this.#reads++;
    return value;
  }

  /** Whether `key` is present, even if its value is `undefined`. */
  has(key: K): boolean {
    const found = this.#native !== undefined ? this.#native.has(key) : this.#map.has(key);
    this.#reads++;
    return found;
  }

  /** Sets the value of `key` and returns the map. */
  set(key: K, value: V): this {
    if (this.#native !== undefined) this.#native.set(key, value);
    else this.#map.set(key, value);
    if (--this.#countdown === 0) this.#look(key, false);
    return this;
  }

  /** Removes `key` and returns whether it was present. */
  delete(key: K): boolean {
    const deleted = this.#native !== undefined ? this.#native.delete(key) : this.#map.delete(key);
    if (--this.#countdown === 0) this.#look(key, deleted);
    return deleted;
  }

  /** Removes every entry. */
  override clear(): void {
    this.#map.clear();
  }

  /** The value of `key`; if it is absent, it is set to `value` first. */
  override getOrInsert(key: K, value: V): V {
    const there = this.#map.getOrInsert(key, value);
    if (--this.#countdown === 0) this.#look(key, false);
    return there;
  }

  /**
   * The value of `key`; if it is absent, it is set to what `compute` returns first.
   *
   * @throws {TypeError} If `compute` is not a function.
   */
  override getOrInsertComputed(key: K, compute: (key: K) => V): V {
    const there = this.#map.getOrInsertComputed(key, compute);
    if (--this.#countdown === 0) this.#look(key, false);
    return there;
  }

  /** Removes `key` and returns the value that it had. */
  override getAndDelete(key: K): V | undefined {
    const before = this.#map.getAndDelete(key);
    if (--this.#countdown === 0) this.#look(key, before !== undefined);
    return before;
  }

  /** Sets the value of `key` and returns the one that it had before. */
  override getAndSet(key: K, value: V): V | undefined {
    const before = this.#map.getAndSet(key, value);
    if (--this.#countdown === 0) this.#look(key, false);
    return before;
  }

  /** Sets the value of `key` if it is `expected`, and returns whether it was. */
  override compareAndSet(key: K, expected: V, value: V): boolean {
    const done = this.#map.compareAndSet(key, expected, value);
    if (--this.#countdown === 0) this.#look(key, false);
    return done;
  }

  /** Removes `key` if its value is `expected`, and returns whether it was. */
  override compareAndDelete(key: K, expected: V): boolean {
    const done = this.#map.compareAndDelete(key, expected);
    if (--this.#countdown === 0) this.#look(key, done);
    return done;
  }

  /**
   * Replaces the value of `key` with what `fn` returns for it; `undefined` deletes the key.
   *
   * @throws {TypeError} If `fn` is not a function.
   */
  override update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const next = this.#map.update(key, fn);
    if (--this.#countdown === 0) this.#look(key, next === undefined);
    return next;
  }

  /**
   * Calls `callback` for each entry. No move begins meanwhile.
   *
   * @throws {TypeError} If `callback` is not a function.
   */
  override forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    checkCallback("forEach", callback);
    this.#map.forEach((value, key) => callback.call(thisArg, value, key, this));
  }

  /** The entries as of this moment. */
  override snapshot(): Iterable<[K, V]> {
    return this.#map.snapshot();
  }

  /** Iterates over `[key, value]`. */
  entries(): MapIterator<[K, V]> {
    return this.#entriesOf(this.#map);
  }

  /** Iterates over the keys. */
  override keys(): MapIterator<K> {
    return this.#keysOf(this.#map);
  }

  *#entriesOf(map: ConcurrentMap<K, V>): MapIterator<[K, V]> {
    for (const entry of map) {
      if (this.#map === map) yield entry;
      // It has moved: the former map has the keys that are present throughout, but no later writes.
      else if (this.#map.has(entry[0])) yield [entry[0], this.#map.get(entry[0]) as V];
    }
  }

  *#keysOf(map: ConcurrentMap<K, V>): MapIterator<K> {
    for (const key of map.keys()) if (this.#map === map || this.#map.has(key)) yield key;
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

  /** The move begins in a later turn of the event loop, since this may be called during a callback. */
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
      both.stage("complete", { force: PROOF });
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
