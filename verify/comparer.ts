import { keyHash } from "../src/key_hash.ts";
import { DueQueue } from "./due_queue.ts";
import { type KeyVersions, SETTLE_MS } from "./key_versions.ts";
import { type Difference, orderDifference } from "./observation.ts";
import { Probe, type ProbeSetting } from "./probe.ts";
import { nextTurn, runSlice } from "./slices.ts";

/** How often a key that is written meanwhile is looked at again before nothing is claimed of it. */
const MAX_ATTEMPTS = 5;

/** Stands for the order of all keys, where a comparison is of that. */
const ORDER: unique symbol = Symbol("order");

/** How the comparisons of one sweep ended. */
export interface SweepTally {
  /** Comparisons that wait for a re-check. */
  suspects: number;
  diffs: number;
  inconclusive: number;
}

/** A difference that was seen once and waits for its re-check. */
interface Suspect<K> {
  readonly operation: string;
  readonly tallies: SweepTally[];
  comparisons: number;
  attempts: number;
  difference: Difference<K>;
  version: number;
  recheckAtMs: number;
}

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
 * A comparison reads both sides within one synchronous step, with no write queued, so no write lies between its reads.
 * Sides that differ make their key a suspect: it is looked at again after it has rested for {@link SETTLE_MS}. A key that
 * was written meanwhile starts anew, a few times, and is then inconclusive. Further comparisons of a suspect wait with it
 * and share its verdict.
 */
export class Comparer<K, V> {
  readonly #setting: ComparerSetting<K, V>;
  readonly #probe: Probe<K, V>;
  readonly #queue: DueQueue<K | typeof ORDER>;
  readonly #suspects = new Map<K | typeof ORDER, Suspect<K>>();
  #draining = false;
  #rechecking = false;
  #orderDue: { comparisons: number } | undefined;
  #idleWaiters: (() => void)[] = [];

  constructor(setting: ComparerSetting<K, V>) {
    this.#setting = setting;
    this.#probe = new Probe(setting);
    this.#queue = new DueQueue(setting.maxPending);
  }

  /** Whether nothing is due. */
  get isIdle(): boolean {
    return this.#queue.length === 0 && this.#suspects.size === 0;
  }

  /** Whether there is no room for another suspect. */
  get isFull(): boolean {
    return this.#suspects.size >= this.#setting.maxPending;
  }

  /** Makes a comparison of `key` due. */
  due(key: K, operation: string): void {
    this.#enqueue(key, operation);
  }

  /** Makes a comparison of the order of the keys due. */
  orderDue(operation: string): void {
    if (this.#orderDue === undefined) {
      if (this.#enqueue(ORDER, operation)) this.#orderDue = { comparisons: 1 };
    } else {
      this.#setting.ledger.due++;
      this.#orderDue.comparisons++;
    }
  }

  /** Compares `key` at once, for a sweep. */
  compareNow(key: K, tally: SweepTally): void {
    this.#setting.ledger.due++;
    this.#compare(key, "sweep", 1, tally);
  }

  /** Resolves when nothing is due any more. */
  idle(): Promise<void> {
    return this.isIdle ? Promise.resolve() : new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Gives up all that is due. */
  drop(): void {
    const { ledger } = this.#setting;
    ledger.dropped = ledger.due - ledger.compared - ledger.inconclusive;
    this.#queue.clear();
    this.#suspects.clear();
    this.#orderDue = undefined;
    this.#tellIfIdle();
  }

  #enqueue(subject: K | typeof ORDER, operation: string): boolean {
    this.#setting.ledger.due++;
    const taken = this.#queue.push(subject, operation);
    if (!taken) this.#setting.ledger.dropped++;
    else if (!this.#draining) this.#drain();
    return taken;
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    const { clock, ledger, sliceMs, drainMirror } = this.#setting;
    do {
      await nextTurn(clock);
      if (!drainMirror()) continue;
      runSlice(() => this.#compareNext(), clock, sliceMs);
      ledger.advance(clock.now());
    } while (this.#queue.length > 0);
    this.#draining = false;
    this.#tellIfIdle();
  }

  #compareNext(): boolean {
    const queue = this.#queue;
    if (queue.length === 0) return false;
    const { subject, operation } = queue;
    queue.shift();
    let comparisons = 1;
    if (subject === ORDER) {
      comparisons = this.#orderDue?.comparisons ?? 1;
      this.#orderDue = undefined;
    }
    this.#compare(subject, operation, comparisons);
    return queue.length > 0;
  }

  #compare(subject: K | typeof ORDER, operation: string, comparisons: number, tally?: SweepTally): void {
    const { ledger, versions, clock } = this.#setting;
    if (this.#suspects.size > 0) {
      const suspect = this.#suspects.get(subject);
      if (suspect !== undefined) {
        suspect.comparisons += comparisons;
        if (tally !== undefined) this.#join(suspect, tally);
        return;
      }
    }
    const writes = versions.writes;
    let found: Difference<K> | undefined;
    try {
      found = this.#look(subject);
    } catch {
      ledger.inconclusive += comparisons;
      if (tally !== undefined) tally.inconclusive++;
      return;
    }
    if (found === undefined && versions.writes === writes) {
      for (let i = 0; i < comparisons; i++) ledger.match(subject);
      return;
    }
    if (this.isFull) {
      ledger.dropped += comparisons;
      return;
    }
    const difference = found ??
      { kind: "value", keys: subject === ORDER ? [] : [subject], old: undefined, new: undefined };
    const suspect: Suspect<K> = {
      operation,
      tallies: [],
      comparisons,
      attempts: 1,
      difference,
      version: this.#version(difference),
      recheckAtMs: clock.monotonicMs() + SETTLE_MS,
    };
    if (tally !== undefined) this.#join(suspect, tally);
    this.#suspects.set(subject, suspect);
    versions.tracksEveryKey = true;
    if (!this.#rechecking) this.#recheck();
  }

  async #recheck(): Promise<void> {
    this.#rechecking = true;
    const { clock, ledger, sliceMs, drainMirror, versions } = this.#setting;
    do {
      const [next] = this.#suspects.values();
      await nextTurn(clock, Math.max(0, (next?.recheckAtMs ?? 0) - clock.monotonicMs()));
      if (!drainMirror()) continue;
      runSlice(() => this.#recheckNext(), clock, sliceMs);
      ledger.advance(clock.now());
    } while (this.#suspects.size > 0);
    versions.tracksEveryKey = false;
    this.#rechecking = false;
    this.#tellIfIdle();
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
    let found: Difference<K> | undefined;
    try {
      found = this.#look(subject);
    } catch {
      this.#undecided(suspect);
      return this.#suspects.size > 0;
    }
    if (found === undefined) {
      ledger.settled(subject, suspect.comparisons);
    } else if (sameKeys(found, suspect.difference) && this.#version(found) === suspect.version) {
      for (const tally of suspect.tallies) tally.diffs++;
      onDiff(found, suspect.operation, suspect.comparisons);
    } else if (suspect.attempts === MAX_ATTEMPTS) {
      this.#undecided(suspect);
    } else {
      suspect.attempts++;
      suspect.difference = found;
      suspect.version = this.#version(found);
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

  #undecided(suspect: Suspect<K>): void {
    this.#setting.ledger.inconclusive += suspect.comparisons;
    for (const tally of suspect.tallies) tally.inconclusive++;
  }

  #look(subject: K | typeof ORDER): Difference<K> | undefined {
    const { oldMap, newMap } = this.#setting;
    return subject === ORDER ? orderDifference(oldMap, newMap) : this.#probe.look(subject);
  }

  /** Versions only grow, so their sum stays the same only if each of them does. */
  #version(found: Difference<K>): number {
    return found.keys.reduce((sum, key) => sum + this.#setting.versions.of(keyHash(key)), 0);
  }

  #tellIfIdle(): void {
    if (!this.isIdle) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const tell of waiters) tell();
  }
}

function sameKeys<K>(a: Difference<K>, b: Difference<K>): boolean {
  return a.keys.length === b.keys.length && a.keys.every((key, index) => Object.is(key, b.keys[index]));
}
