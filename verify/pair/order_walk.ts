import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { ABSENT } from "../../src/equality/deep_equal.ts";
import { sameValueZero } from "../../src/keys/same_value_zero.ts";
import type { Difference } from "./difference.ts";
import { evicts } from "./eviction.ts";
import { expires } from "./expiry.ts";
import { andThen, type Look, type Maybe, unlessFailed, type WholeWalk } from "./pair.ts";
import { hasKey, type Iterated, iterated, sizeOf } from "./walk.ts";
import type { WholeSetting } from "./whole_setting.ts";

/**
 * Walks two synchronous maps side by side, and compares the entries that they give. It holds one entry of each side, whatever
 * their size. Keys that only one side has are skipped.
 *
 * Only a write to a key moves it. So if each side gives a key that was not written since the walk began, and these two
 * differ, the sides have them in different orders: a side that had the same order would have given the other key before. The
 * same holds if one side gives a key after the last one of the other side.
 *
 * A key that was written since may have been given at its old place by one side, and at its new one by the other. It is passed
 * over, and the walk is not quiet. Between two maps that iterate live, as a `Map` does, that does not happen: at each step,
 * no write is queued, and both have the same keys left.
 */
export class SyncOrderWalk<K, V> implements WholeWalk<K> {
  readonly #setting: WholeSetting<K, V>;
  #begunAt = 0;
  #old: Given<K, V> | undefined;
  #new: Given<K, V> | undefined;
  #difference: Difference<K> | undefined;
  #isQuiet = true;

  constructor(setting: WholeSetting<K, V>) {
    this.#setting = setting;
    setting.versions.trackEveryKey();
    this.restart();
  }

  restart(): void {
    this.#begunAt = this.#setting.versions.latest;
    this.#old = undefined;
    this.#new = undefined;
    this.#difference = undefined;
    this.#isQuiet = true;
  }

  step(): Maybe<boolean> {
    const { operations } = this.#setting;
    const { writes } = operations;
    const more = this.#step();
    if (operations.writes === writes) return more;
    // A side wrote itself, in the middle of the step.
    this.#isQuiet = false;
    this.#difference = undefined;
    return more;
  }

  get look(): Look<K> {
    const { versions } = this.#setting;
    const difference = this.#difference;
    const version = difference === undefined ? 0 : versions.sumOf(difference.keys.map(versions.hash));
    return { difference, evicted: false, quiet: this.#isQuiet || difference !== undefined, version };
  }

  end(): void {
    this.#setting.versions.stopTracking();
  }

  #step(): Maybe<boolean> {
    const { oldMap, newMap } = this.#setting;
    return this.#compareNext(this.#old ??= new Given(oldMap), this.#new ??= new Given(newMap));
  }

  /** Compares an entry of the old side with one of the new side, and returns whether there is more to do. */
  #compareNext(oldSide: Given<K, V>, newSide: Given<K, V>): Maybe<boolean> {
    const oldEntry = this.#next(oldSide);
    const newEntry = this.#next(newSide);
    if (this.#difference !== undefined) return false;
    if (oldEntry === undefined && newEntry === undefined) return false;
    if (oldEntry !== undefined && newEntry !== undefined && sameValueZero(oldEntry[0], newEntry[0])) {
      oldSide.pass();
      newSide.pass();
      return Object.is(oldEntry[1], newEntry[1]) || this.#areEqual(oldEntry[0], oldEntry[1], newEntry[1]);
    }
    // After the last key of the other side, a key that was written since has no place to be compared.
    const hasPlace = oldEntry !== undefined && newEntry !== undefined;
    const isOldPassed = oldEntry !== undefined && this.#isPassed(oldEntry[0], oldSide, newSide, hasPlace);
    const isNewPassed = newEntry !== undefined && this.#isPassed(newEntry[0], newSide, oldSide, hasPlace);
    if (isOldPassed) oldSide.pass();
    if (isNewPassed) newSide.pass();
    if (isOldPassed || isNewPassed) return true;
    const keys = [oldEntry, newEntry].flatMap((entry) => entry === undefined ? [] : [entry[0]]);
    const [oldKey, newKey] = [oldEntry, newEntry].map((entry) => entry === undefined ? ABSENT : entry[0]);
    this.#difference = { kind: "order", keys, old: oldKey, new: newKey };
    return false;
  }

  /**
   * The entry that `side` gives next. Once it gave as many as there were when the walk began, the walk ends at a key that was
   * written since: in a map that grows as fast as it is walked, there is no end of those.
   */
  #next(side: Given<K, V>): readonly [K, V] | undefined {
    const entry = side.entry;
    const { stray } = side;
    if (stray !== undefined) this.#judgeStray(side, stray);
    return entry !== undefined && side.left < 0 && this.#isWritten(entry[0]) ? undefined : entry;
  }

  /** The methods `keys` and `entries` of `side` gave different keys: at a key that was not written, that is a difference. */
  #judgeStray(side: Given<K, V>, stray: readonly K[]): void {
    side.stray = undefined;
    if (stray.some((key) => this.#isWritten(key))) return;
    const [wrong, right] = ["keys() and entries() give different keys", "keys() and entries() give the same keys"];
    const [oldText, newText] = side === this.#old ? [wrong, right] : [right, wrong];
    this.#difference = { kind: "result", keys: stray, old: oldText, new: newText };
  }

  /** Whether nothing follows from where `side` gave `key`. */
  #isPassed(key: K, side: Given<K, V>, other: Given<K, V>, hasPlace: boolean): boolean {
    if (this.#setting.ignores?.(key) === true) return true;
    if (!hasKey(other.map, key)) {
      // A key that neither side has should not have been given.
      return hasKey(side.map, key) || side.forgets || this.#isWritten(key);
    }
    if (!this.#isWritten(key)) return false;
    if (hasPlace) this.#isQuiet = false;
    return true;
  }

  #areEqual(key: K, oldValue: V, newValue: V): Maybe<boolean> {
    const { equals } = this.#setting;
    if (equals === undefined || this.#isWritten(key)) return true;
    return andThen(unlessFailed(() => equals(oldValue, newValue, key)), (equal) => {
      if (equal !== false || this.#isWritten(key)) return true;
      this.#difference = { kind: "value", keys: [key], old: oldValue, new: newValue };
      return false;
    });
  }

  #isWritten(key: K): boolean {
    const { versions } = this.#setting;
    return versions.sumOf([versions.hash(key)]) > this.#begunAt;
  }
}

/** The entries that a side gives, one at a time. */
class Given<K, V> {
  readonly map: ConcurrentMap<K, V>;
  /** Whether the side may give a key that it does not have any more. */
  readonly forgets: boolean;
  readonly #entries: Iterated<K, V>["entries"];
  /** The keys, until they are others than those of the entries. */
  #keys: Iterated<K, V>["keys"] | undefined;
  #entry: [K, V] | undefined;
  #isEnded = false;
  /** How many entries there are still of those that there were; below 0 at one that was added. */
  left: number;
  /** The first two keys that the entries and the keys do not have in common; one, if either ends there. */
  stray: readonly K[] | undefined;

  constructor(map: ConcurrentMap<K, V>) {
    this.map = map;
    this.forgets = evicts(map) || expires(map);
    this.left = sizeOf(map);
    ({ entries: this.#entries, keys: this.#keys } = iterated(map));
  }

  /** The entry that is next, until it is passed; `undefined` after the last one. */
  get entry(): [K, V] | undefined {
    if (this.#entry !== undefined || this.#isEnded) return this.#entry;
    const next = this.#entries.next();
    if (next.done === true) this.#isEnded = true;
    else {
      this.#entry = next.value;
      this.left--;
    }
    if (this.#keys !== undefined) this.#compareKey(this.#keys, this.#entry);
    return this.#entry;
  }

  #compareKey(keys: Iterated<K, V>["keys"], entry: [K, V] | undefined): void {
    const next = keys.next();
    if (next.done !== true && entry !== undefined && sameValueZero(next.value, entry[0])) return;
    this.#keys = undefined;
    if (next.done === true && entry === undefined) return;
    this.stray = [...next.done === true ? [] : [next.value], ...entry === undefined ? [] : [entry[0]]];
  }

  pass(): void {
    this.#entry = undefined;
  }
}
