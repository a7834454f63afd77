import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { sameValueZero } from "../../src/keys/same_value_zero.ts";
import type { OperationSampler } from "../sampling/operation_sampler.ts";
import type { Difference } from "./difference.ts";
import type { KeyVersions } from "./key_versions.ts";
import type { Look, OrderWalk } from "./pair.ts";
import { hasKey, sizeOf, walked } from "./walk.ts";

/** What a {@link SyncOrderWalk} works with. */
export interface SyncOrderWalkSetting<K, V> {
  readonly oldMap: ConcurrentMap<K, V>;
  readonly newMap: ConcurrentMap<K, V>;
  readonly versions: KeyVersions;
  readonly operations: OperationSampler;
  /** Whether a key is never compared; `undefined` if all are. */
  readonly ignores?: ((key: K) => boolean) | undefined;
}

/**
 * Walks two synchronous maps side by side, and compares the keys that they give. It holds one key of each side, whatever their
 * size. Keys that only one side has are skipped.
 *
 * Only a write to a key moves it. So if each side gives a key that was not written since the walk began, and these two
 * differ, the sides have them in different orders: a side that had the same order would have given the other key before.
 *
 * A key that was written since may have been given at its old place by one side, and at its new one by the other. It is passed
 * over, and the walk is not quiet. Between two maps that iterate live, as a `Map` does, that does not happen: at each step,
 * no write is queued, and both have the same keys left.
 */
export class SyncOrderWalk<K, V> implements OrderWalk<K> {
  readonly #setting: SyncOrderWalkSetting<K, V>;
  #begunAt = 0;
  /** How many keys of the old side are still walked: as many as there were when the walk began. */
  #left = 0;
  #oldKeys: Iterator<K, unknown> | undefined;
  #newKeys: Iterator<K, unknown> | undefined;
  /** The key that each side gave last, until it is compared. */
  #old: IteratorYieldResult<K> | undefined;
  #new: IteratorYieldResult<K> | undefined;
  #difference: Difference<K> | undefined;
  #isQuiet = true;

  constructor(setting: SyncOrderWalkSetting<K, V>) {
    this.#setting = setting;
    setting.versions.trackEveryKey();
    this.restart();
  }

  restart(): void {
    this.#begunAt = this.#setting.versions.latest;
    this.#oldKeys = undefined;
    this.#newKeys = undefined;
    this.#old = undefined;
    this.#new = undefined;
    this.#difference = undefined;
    this.#isQuiet = true;
  }

  step(): boolean {
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

  #step(): boolean {
    const { oldMap, newMap } = this.#setting;
    if (this.#oldKeys === undefined || this.#newKeys === undefined) {
      this.#left = sizeOf(oldMap);
      this.#oldKeys = walked(oldMap);
      this.#newKeys = walked(newMap);
    }
    return this.#compareNext(this.#oldKeys, this.#newKeys);
  }

  /** Compares a key of the old side with one of the new side, and returns whether there is more to do. */
  #compareNext(oldKeys: Iterator<K, unknown>, newKeys: Iterator<K, unknown>): boolean {
    if (this.#old === undefined) {
      if (this.#left-- === 0) return false;
      const next = oldKeys.next();
      if (next.done === true) return false;
      this.#old = next;
    }
    if (this.#new === undefined) {
      const next = newKeys.next();
      if (next.done === true) return false;
      this.#new = next;
    }
    const [oldKey, newKey] = [this.#old.value, this.#new.value];
    if (sameValueZero(oldKey, newKey)) {
      this.#old = this.#new = undefined;
      return true;
    }
    const { oldMap, newMap } = this.#setting;
    const isOldPassed = !this.#isCompared(oldKey, newMap) || this.#isWritten(oldKey);
    const isNewPassed = !this.#isCompared(newKey, oldMap) || this.#isWritten(newKey);
    if (isOldPassed) this.#old = undefined;
    if (isNewPassed) this.#new = undefined;
    if (isOldPassed || isNewPassed) return true;
    this.#difference = { kind: "order", keys: [oldKey, newKey], old: oldKey, new: newKey };
    return false;
  }

  #isCompared(key: K, other: ConcurrentMap<K, V>): boolean {
    return hasKey(other, key) && this.#setting.ignores?.(key) !== true;
  }

  /** Whether `key` was written since the walk began, so that nothing follows from where it was met. */
  #isWritten(key: K): boolean {
    const { versions } = this.#setting;
    if (versions.sumOf([versions.hash(key)]) <= this.#begunAt) return false;
    this.#isQuiet = false;
    return true;
  }
}
