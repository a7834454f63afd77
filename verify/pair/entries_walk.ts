import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { sameValueZero } from "../../src/keys/same_value_zero.ts";
import type { Side } from "../stages/stage.ts";
import { type Difference, got, type Lookup } from "./difference.ts";
import { evicts, lookupOf } from "./eviction.ts";
import { expires } from "./expiry.ts";
import { stripeOf, STRIPES } from "./key_versions.ts";
import { andThen, type Look, type Maybe, unlessFailed, type WholeWalk } from "./pair.ts";
import { traitOf } from "./traits.ts";
import { bounded, hasKey, iterated } from "./walk.ts";
import type { WholeSetting } from "./whole_setting.ts";

const SIDES: readonly Side[] = ["old", "new"];
const METHODS = ["entries", "keys"] as const;

/** How often each method of each side gave a key. */
type Times = { readonly [side in Side]: { [method in typeof METHODS[number]]: number } };

/** How much it weighs if the keys of a side are others than those of its entries: so that both can be told apart. */
const STRAY_WEIGHT: { readonly [side in Side]: number } = { old: 2 ** 10, new: 2 ** 20 };

/** So many stripes of keys at least must not have been written, else the walk is not quiet. */
const LEAST_UNWRITTEN = STRIPES / 8;

/**
 * Compares what an iteration gives on two synchronous maps that have no common order: each key once, with its value.
 *
 * It walks one side, then the other, and keeps one number for each stripe of keys: how much more often the old side gave them, and
 * by what its `keys` and `entries` differ. Of the keys of a stripe that was not written since, all gave the same, so the
 * number is 0. If one is not, it walks both sides again, for the keys of that stripe alone, and so finds the key.
 *
 * Keys that were written since are left out, and so are those that one side alone has: comparing the keys finds these. A key
 * that both sides have, and that was not written since, was there all the time, even if the sides evict others.
 */
export class SyncEntriesWalk<K, V> implements WholeWalk<K> {
  readonly #setting: WholeSetting<K, V>;
  readonly #maps: { readonly [side in Side]: ConcurrentMap<K, V> };
  readonly #lookups: { readonly [side in Side]: Lookup<K, V> };
  /** Whether a side may give a key that it does not have any more. */
  readonly #forgets: { readonly [side in Side]: boolean };
  readonly #balance = new Int32Array(STRIPES);
  #begunAt = 0;
  #steps: Iterator<Maybe<void>> | undefined;
  #difference: Difference<K> | undefined;
  #isQuiet = true;

  constructor(setting: WholeSetting<K, V>) {
    const { oldMap, newMap, versions } = this.#setting = setting;
    this.#maps = { old: oldMap, new: newMap };
    this.#lookups = { old: lookupOf(oldMap), new: lookupOf(newMap) };
    this.#forgets = { old: evicts(oldMap) || expires(oldMap), new: evicts(newMap) || expires(newMap) };
    versions.trackEveryKey();
    this.restart();
  }

  restart(): void {
    this.#begunAt = this.#setting.versions.latest;
    this.#balance.fill(0);
    this.#steps = undefined;
    this.#difference = undefined;
    this.#isQuiet = true;
  }

  step(): Maybe<boolean> {
    this.#steps ??= this.#walk();
    const { done, value } = this.#steps.next();
    if (done === true) return false;
    return value instanceof Promise ? value.then(() => true) : true;
  }

  /** If others write both maps too, a difference is never quiet: a key of theirs may have come and gone. */
  get look(): Look<K> {
    const { versions } = this.#setting;
    const difference = this.#difference;
    if (difference === undefined) return { difference, evicted: false, quiet: this.#isQuiet, version: 0 };
    const quiet = SIDES.every((side) => traitOf(this.#maps[side], "scope") === "thread");
    return { difference, evicted: false, quiet, version: versions.sumOf(difference.keys.map(versions.hash)) };
  }

  end(): void {
    this.#setting.versions.stopTracking();
  }

  *#walk(): Generator<Maybe<void>, void, void> {
    for (const side of SIDES) {
      const { entries, keys } = iterated(this.#maps[side]);
      for (const [key, value] of entries) {
        this.#weighStray(side, key, keys.next());
        yield this.#weigh(side, key, value);
        if (this.#difference !== undefined) return;
      }
      for (const key of bounded(keys, this.#maps[side])) yield void this.#add(key, -STRAY_WEIGHT[side]);
    }
    const stripe = this.#unbalanced();
    if (stripe === undefined) return;
    const given = new Map<K, Times>();
    for (const side of SIDES) {
      const { entries, keys } = iterated(this.#maps[side]);
      for (const [key] of entries) yield this.#count(given, stripe, key, side, "entries");
      for (const key of bounded(keys, this.#maps[side])) yield this.#count(given, stripe, key, side, "keys");
    }
    this.#difference = this.#unequallyGiven(given);
  }

  /** Has the keys of `side` weigh only where they are others than those of its entries. */
  #weighStray(side: Side, entryKey: K, next: IteratorResult<K, unknown>): void {
    if (next.done !== true && sameValueZero(next.value, entryKey)) return;
    this.#add(entryKey, STRAY_WEIGHT[side]);
    if (next.done !== true) this.#add(next.value, -STRAY_WEIGHT[side]);
  }

  #add(key: K, weight: number): void {
    this.#balance[stripeOf(this.#setting.versions.hash(key))]! += weight;
  }

  #count(given: Map<K, Times>, stripe: number, key: K, side: Side, method: typeof METHODS[number]): void {
    if (stripeOf(this.#setting.versions.hash(key)) !== stripe) return;
    const times = given.get(key) ?? { old: { entries: 0, keys: 0 }, new: { entries: 0, keys: 0 } };
    times[side][method]++;
    given.set(key, times);
  }

  /** Counts `key`, which `side` gave with `value`, and compares the value with that of the other side. */
  #weigh(side: Side, key: K, value: V): Maybe<void> {
    if (this.#setting.ignores?.(key) === true) return;
    const other = side === "old" ? "new" : "old";
    const weight = side === "old" ? 1 : -1;
    const otherValue = got(this.#lookups[other], key);
    if (otherValue !== undefined && Object.is(value, otherValue)) return this.#add(key, weight);
    const isOnBoth = hasKey(this.#maps[other], key);
    // A key that is on neither side should not have been given.
    if (!isOnBoth && (hasKey(this.#maps[side], key) || this.#forgets[side])) return;
    this.#add(key, weight);
    if (isOnBoth) return this.#compareValues(key, side === "old" ? [value, otherValue as V] : [otherValue as V, value]);
  }

  #compareValues(key: K, [oldValue, newValue]: [V, V]): Maybe<void> {
    const { equals } = this.#setting;
    if (equals === undefined || Object.is(oldValue, newValue) || this.#isWritten(key)) return;
    return andThen(unlessFailed(() => equals(oldValue, newValue, key)), (equal) => {
      if (equal !== false || this.#isWritten(key)) return;
      this.#difference = { kind: "value", keys: [key], old: oldValue, new: newValue };
    });
  }

  /** A stripe that was not written, of whose keys one side gave more than the other. */
  #unbalanced(): number | undefined {
    let unwritten = 0;
    let unbalanced: number | undefined;
    for (let stripe = 0; stripe < STRIPES; stripe++) {
      if (this.#isStripeWritten(stripe)) continue;
      unwritten++;
      if (this.#balance[stripe] !== 0) unbalanced ??= stripe;
    }
    this.#isQuiet = unwritten >= LEAST_UNWRITTEN;
    return unbalanced;
  }

  #unequallyGiven(given: ReadonlyMap<K, Times>): Difference<K> | undefined {
    for (const [key, times] of given) {
      const method = METHODS.find((method) => times.old[method] !== times.new[method]);
      if (method === undefined || this.#isWritten(key) || this.#setting.ignores?.(key) === true) continue;
      const [isInOld, isInNew] = [hasKey(this.#maps.old, key), hasKey(this.#maps.new, key)];
      const isSure = isInOld && isInNew || (!isInOld && !isInNew && !this.#forgets.old && !this.#forgets.new);
      if (!isSure) continue;
      const [oldText, newText] = SIDES.map((side) => timesText(method, times[side][method]));
      return { kind: "result", keys: [key], old: oldText, new: newText };
    }
    return undefined;
  }

  #isWritten(key: K): boolean {
    return this.#isStripeWritten(stripeOf(this.#setting.versions.hash(key)));
  }

  #isStripeWritten(stripe: number): boolean {
    return this.#setting.versions.sumOf([stripe]) > this.#begunAt;
  }
}

function timesText(method: string, times: number): string {
  return `${method}() gives the key ${times === 1 ? "once" : `${times} times`}`;
}
