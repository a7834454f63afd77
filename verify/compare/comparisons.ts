import { keyHash } from "../../src/keys/key_hash.ts";
import { sameValueZero } from "../../src/keys/same_value_zero.ts";
import { DueQueue } from "./due_queue.ts";
import { type KeyVersions, SETTLE_MS } from "../pair/key_versions.ts";
import { type Difference, orderDifference } from "../pair/difference.ts";
import { Probe, type ProbeSetting } from "../pair/sync_pair.ts";
import { nextTurn, runSlice } from "../work/slices.ts";
import type { Suspect, SweepTally } from "./suspect.ts";

/** How often a key that is written meanwhile is looked at again before nothing is claimed of it. */
const MAX_ATTEMPTS = 5;

/** Stands for the order of all keys, where a comparison is of that. */
const ORDER: unique symbol = Symbol("order");

/** What a comparer works with. */
export interface ComparerSetting<K, V> extends ProbeSetting<K, V> {
  readonly versions: KeyVersions;
  readonly maxPending: number;
  readonly sliceMs: number;
  /** Applies queued writes for a while, and tells whether none is left: only then can the sides be compared. */
  readonly drainMirror: () => boolean;
  /** Told of each confirmed difference. */
  readonly onDiff: (found: Difference<K>, operation: string, comparisons: number) => void;
}

/**
 * Compares the two sides, off the callers' way.
 *
 * A comparison reads both sides within one synchronous step, with no write queued, so no write lies between its reads;
 * unless the owner's functions write, which counts as a difference. Sides that differ make their key a suspect: it is
 * looked at again after it has rested for {@link SETTLE_MS}. A key that was written meanwhile starts anew, a few times, and
 * is then inconclusive. Further comparisons of a suspect wait with it and share its verdict.
 */
export class Comparer<K, V> {
  readonly #setting: ComparerSetting<K, V>;
  readonly #probe: Probe<K, V>;
  readonly #queue: DueQueue<K | typeof ORDER>;
  readonly #suspects = new Map<K | typeof ORDER, Suspect<K>>();
  #draining = false;
  #rechecking = false;
  /** How many comparisons the queue has taken. */
  #taken = 0;
  /** How many comparisons of the order wait in the queue, in one place. */
  #orders = 0;
  /** How often all that was due was given up. */
  #drops = 0;
  #waiters: { readonly number: number; readonly tell: () => void }[] = [];

  constructor(setting: ComparerSetting<K, V>) {
    this.#setting = setting;
    this.#probe = new Probe(setting);
    this.#queue = new DueQueue(setting.maxPending);
  }

  /** Whether there is no room for another suspect. */
  get isFull(): boolean {
    return this.#suspects.size >= this.#setting.maxPending;
  }

  /** Makes a comparison of `subject`, a key, due, and tells whether there was room. */
  due(subject: K | typeof ORDER, operation: string): boolean {
    this.#setting.ledger.due++;
    if (!this.#queue.push(subject, operation)) {
      this.#setting.ledger.dropped++;
      return false;
    }
    this.#taken++;
    if (!this.#draining) this.#drain();
    return true;
  }

  /** Makes a comparison of the order of the keys due. */
  orderDue(operation: string): void {
    if (this.#orders > 0) {
      this.#setting.ledger.due++;
      this.#orders++;
    } else if (this.due(ORDER, operation)) {
      this.#orders = 1;
    }
  }

  /** Compares `key` at once, for a sweep. */
  compareNow(key: K, tally: SweepTally): void {
    this.#setting.ledger.due++;
    this.#compare(key, "sweep", 1, tally);
  }

  /** Resolves when all that is due now has come to an end, whatever becomes due meanwhile. */
  settle(): Promise<void> {
    return new Promise((tell) => {
      this.#waiters.push({ number: this.#taken, tell });
      this.#tellWaiters();
    });
  }

  /** Gives up all that is due. */
  drop(): void {
    this.#drops++;
    let dropped = this.#queue.length + Math.max(0, this.#orders - 1);
    for (const { comparisons } of this.#suspects.values()) dropped += comparisons;
    this.#setting.ledger.dropped += dropped;
    this.#queue.clear();
    this.#probe.forget();
    this.#suspects.clear();
    this.#orders = 0;
    this.#tellWaiters();
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    do {
      await nextTurn(this.#setting.clock);
      this.#slice(() => this.#compareNext());
    } while (this.#queue.length > 0);
    this.#draining = false;
  }

  /** No write is queued at any step, not even where the owner's functions have written in the one before. */
  #slice(step: () => boolean): void {
    const { clock, ledger, sliceMs, drainMirror } = this.#setting;
    let drainedAt = -1;
    const drainedStep = () => {
      if (ledger.operations.writes !== drainedAt && !drainMirror()) return false;
      drainedAt = ledger.operations.writes;
      return step();
    };
    runSlice(drainedStep, clock, sliceMs);
    ledger.advance(clock.now());
    this.#tellWaiters();
  }

  #compareNext(): boolean {
    const queue = this.#queue;
    if (queue.length === 0) return false;
    const { subject, operation } = queue;
    if (this.#isSameNext()) {
      queue.shift();
      this.#matched(subject, 1);
      return queue.length > 0;
    }
    queue.shift();
    let comparisons = 1;
    if (subject === ORDER) {
      comparisons = this.#orders;
      this.#orders = 0;
    }
    this.#compare(subject, operation, comparisons);
    return queue.length > 0;
  }

  /** Not while a key is suspect: a further comparison of it waits with it. */
  #isSameNext(): boolean {
    if (this.#orders === 0 && this.#suspects.size === 0) return this.#probe.isSame(this.#queue as DueQueue<K>);
    this.#probe.forget();
    return false;
  }

  #matched(subject: K | typeof ORDER, comparisons: number): void {
    const { ledger } = this.#setting;
    ledger.matched += comparisons;
    if (subject !== ORDER) ledger.compares(subject);
  }

  #compare(subject: K | typeof ORDER, operation: string, comparisons: number, tally?: SweepTally): void {
    const { ledger, clock } = this.#setting;
    if (this.#suspects.size > 0) {
      const suspect = this.#suspects.get(subject);
      if (suspect !== undefined) {
        suspect.comparisons += comparisons;
        if (tally !== undefined) this.#join(suspect, tally);
        return;
      }
    }
    const { writes } = ledger.operations;
    const tallies = tally === undefined ? [] : [tally];
    let found: Difference<K> | undefined;
    try {
      found = this.#look(subject);
    } catch {
      return this.#ends("inconclusive", comparisons, tallies);
    }
    if (ledger.operations.writes === writes) {
      if (found === undefined) return this.#matched(subject, comparisons);
      if (found.evicted) return this.#ends("evicted", comparisons, tallies);
    }
    if (this.isFull) return this.#ends("dropped", comparisons, tallies);
    const difference = found ??
      { kind: "value", keys: subject === ORDER ? [] : [subject], old: undefined, new: undefined };
    const suspect: Suspect<K> = {
      operation,
      number: this.#taken - this.#queue.length,
      tallies: [],
      comparisons,
      attempts: 1,
      difference,
      version: this.#version(difference),
      recheckAtMs: clock.monotonicMs() + SETTLE_MS,
    };
    if (tally !== undefined) this.#join(suspect, tally);
    this.#suspects.set(subject, suspect);
    if (!this.#rechecking) this.#recheck();
  }

  async #recheck(): Promise<void> {
    this.#rechecking = true;
    const { clock, versions } = this.#setting;
    versions.trackEveryKey(true);
    do {
      const [next] = this.#suspects.values();
      await nextTurn(clock, Math.max(0, (next?.recheckAtMs ?? 0) - clock.monotonicMs()));
      this.#slice(() => this.#recheckNext());
    } while (this.#suspects.size > 0);
    versions.trackEveryKey(false);
    this.#rechecking = false;
  }

  /** Suspects are in the order of their re-checks, since each waits for the same time. */
  #recheckNext(): boolean {
    const [next] = this.#suspects;
    if (next === undefined) return false;
    const [subject, suspect] = next;
    const { clock, ledger, onDiff } = this.#setting;
    if (suspect.recheckAtMs > clock.monotonicMs()) return false;
    this.#suspects.delete(subject);
    for (const tally of suspect.tallies) tally.suspects--;
    const { writes } = ledger.operations;
    let found: Difference<K> | undefined;
    try {
      found = this.#look(subject);
    } catch {
      this.#ends("inconclusive", suspect.comparisons, suspect.tallies);
      return this.#suspects.size > 0;
    }
    const isQuiet = ledger.operations.writes === writes;
    if (isQuiet && found === undefined) {
      ledger.transient += suspect.comparisons;
      if (subject !== ORDER) ledger.compares(subject);
    } else if (isQuiet && found?.evicted) {
      this.#ends("evicted", suspect.comparisons, suspect.tallies);
    } else if (isQuiet && found !== undefined && this.#isSame(found, suspect)) {
      for (const tally of suspect.tallies) tally.diffs++;
      onDiff(found, suspect.operation, suspect.comparisons);
    } else if (suspect.attempts === MAX_ATTEMPTS) {
      this.#ends("inconclusive", suspect.comparisons, suspect.tallies);
    } else {
      suspect.attempts++;
      suspect.difference = found ?? suspect.difference;
      suspect.version = this.#version(suspect.difference);
      suspect.recheckAtMs = clock.monotonicMs() + SETTLE_MS;
      for (const tally of suspect.tallies) tally.suspects++;
      this.#suspects.set(subject, suspect);
    }
    return this.#suspects.size > 0;
  }

  #join(suspect: Suspect<K>, tally: SweepTally): void {
    suspect.tallies.push(tally);
    tally.suspects++;
  }

  /** Counts comparisons that ended without a claim. To a sweep, a dropped one is inconclusive. */
  #ends(as: "inconclusive" | "evicted" | "dropped", comparisons: number, tallies: readonly SweepTally[]): void {
    this.#setting.ledger[as] += comparisons;
    for (const tally of tallies) tally[as === "evicted" ? "evicted" : "inconclusive"]++;
  }

  /** @throws What the owner's functions throw, and if they end the comparing: then nothing is known. */
  #look(subject: K | typeof ORDER): Difference<K> | undefined {
    const { oldMap, newMap } = this.#setting;
    const drops = this.#drops;
    const found = subject === ORDER ? orderDifference(oldMap, newMap) : this.#probe.look(subject);
    if (this.#drops !== drops) throw new Error("Cannot compare a key: the comparing ended meanwhile");
    return found;
  }

  /** Whether `found` is what was seen before, with no write to its keys since. */
  #isSame(found: Difference<K>, { difference, version }: Suspect<K>): boolean {
    return found.keys.length === difference.keys.length &&
      found.keys.every((key, index) => sameValueZero(key, difference.keys[index])) &&
      this.#version(found) === version;
  }

  /** Versions only grow, so their sum stays the same only if each of them does. */
  #version(found: Difference<K>): number {
    return found.keys.reduce((sum, key) => sum + this.#setting.versions.of(keyHash(key)), 0);
  }

  /** Whoever waits is told when no comparison is left of those that had been taken by then. */
  #tellWaiters(): void {
    if (this.#waiters.length === 0) return;
    let firstLeft = this.#taken - this.#queue.length + 1;
    for (const { number } of this.#suspects.values()) firstLeft = Math.min(firstLeft, number);
    this.#waiters = this.#waiters.filter(({ number, tell }) => {
      if (number >= firstLeft) return true;
      tell();
      return false;
    });
  }
}
