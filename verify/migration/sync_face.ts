import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { WrittenKeys } from "../mirror/written_keys.ts";
import { identified, type IdentifiedKey } from "../pair/identified_key.ts";
import type { KeySampler } from "../sampling/key_sampler.ts";
import type { OperationCounts } from "../sampling/resting_counts.ts";
import { type Stage, STAGES } from "../stages/stage.ts";
import { StageError } from "../stages/stage_error.ts";
import { timeSpan } from "../stats/time_span.ts";
import { ClosableClock } from "../work/closable_clock.ts";
import { RecentCalls } from "./recent_calls.ts";
import type { SidesSetting } from "./sides.ts";

/** What a {@link SyncFace} works with. */
export interface SyncFaceSetting<K, V>
  extends Pick<SidesSetting<K, V>, "settings" | "hash" | "comparisons" | "operations"> {
  readonly map: ConcurrentMap<K, V>;
  /** How long there must have been no call before the new map answers, too, in milliseconds. */
  readonly idleMs: number;
  /** How many keys may wait to be copied. */
  readonly maxPending: number;
  /** Copies a key. It must not reject. */
  readonly copy: (subject: IdentifiedKey<K>) => Promise<void>;
  /** Has a key copied for which there is no room. */
  readonly copyLater: (subject: IdentifiedKey<K>) => void;
}

/**
 * The calls of a twin that the old map answers at once, while the new map answers with promises. That is possible up to the stage
 * at which the new map answers, too.
 *
 * No such call can wait, and none has to: it is done before any other code runs, so no move of the twin can come in between.
 */
export class SyncFace<K, V> {
  readonly map: ConcurrentMap<K, V>;
  readonly written: WrittenKeys<K>;
  readonly #setting: SyncFaceSetting<K, V>;
  readonly #calls: RecentCalls;
  /** What calls are added to. */
  operations: OperationCounts;
  #stage: Stage = "off";
  #isOpen = true;
  #mirrors = false;
  /** The keys whose reads are compared; `undefined` where none is. */
  #comparedReads: KeySampler | undefined;

  constructor(setting: SyncFaceSetting<K, V>) {
    const { map, settings, hash, idleMs, operations, maxPending, copy, copyLater } = setting;
    // Writes are copied even when the twin is closed.
    const clock = new ClosableClock(settings.clock);
    this.map = map;
    this.operations = operations;
    this.written = new WrittenKeys({
      clock,
      maxPending,
      copy: (key) => copy(identified(key, hash)),
      overflowed: (key) => copyLater(identified(key, hash)),
    });
    this.#setting = setting;
    this.#calls = new RecentCalls(clock, idleMs);
  }

  /** Whether the old map answers every call. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** What has to come first before the old map stops to answer alone, a phrase each. */
  get obstacles(): readonly string[] {
    const { count } = this.#calls;
    if (!this.#isOpen || count === 0) return [];
    return [`${timeSpan(this.#setting.idleMs)} without a synchronous call: there were ${count}`];
  }

  /** Goes by the rules of another stage. */
  enter(stage: Stage, comparedReads: KeySampler | undefined): void {
    const { answers, mirrors } = STAGES[stage];
    this.#stage = stage;
    this.#isOpen = answers === "old";
    this.#mirrors = mirrors;
    this.#comparedReads = comparedReads;
  }

  /**
   * The map for a call.
   *
   * @throws {StageError} If the new map answers, too.
   */
  called(operation: string): ConcurrentMap<K, V> {
    if (!this.#isOpen) {
      const reason = `at ${this.#stage} the new map answers, and it answers with promises; call it on promised`;
      throw new StageError(`${operation} synchronously`, reason);
    }
    this.#calls.add();
    return this.map;
  }

  /** The map for an operation that reads it as a whole. @throws {StageError} If the new map answers, too. */
  readingWhole(operation: string): ConcurrentMap<K, V> {
    const map = this.called(operation);
    this.operations.reads++;
    return map;
  }

  /** The map for an operation that reads `key`. @throws {StageError} If the new map answers, too. */
  reading(operation: string, key: K): ConcurrentMap<K, V> {
    const map = this.called(operation);
    this.operations.reads++;
    this.compareRead(operation, key);
    return map;
  }

  /** Makes a comparison of `key` due, which an operation has read, if it is one of those that are compared. */
  compareRead(operation: string, key: K): void {
    if (this.#comparedReads === undefined) return;
    const { comparisons, hash: hashOf } = this.#setting;
    const { hash } = identified(key, hashOf);
    if (this.#comparedReads.includes(hash)) comparisons.due(key, operation, hash);
  }

  /** Has `key` copied, which was written. */
  wrote(key: K): void {
    this.operations.writes++;
    if (this.#mirrors) this.written.add(key);
  }

  /** Goes on from a write that changed nothing. */
  wroteNothing(): void {
    this.operations.writes++;
  }

  /** Removes every entry. @throws {StageError} If the new map answers, too. */
  clear(): void {
    const map = this.called("clear");
    const keys = this.#mirrors ? [...map.keys()] : [];
    map.clear();
    this.operations.writes++;
    for (const key of keys) this.written.add(key);
  }
}
