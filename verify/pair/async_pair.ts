import type { Clock } from "../../src/clock.ts";
import { ABSENT } from "../../src/equality/deep_equal.ts";
import type { AsyncEvictingMap } from "../../src/async_concurrent_map.ts";
import type { Side } from "../stages/stage.ts";
import type { Ledger } from "../stats/ledger.ts";
import { StoreError } from "../../src/store_error.ts";
import type { AsyncSide } from "./async_side.ts";
import { type CallerAnswer, CallerAnswers } from "./caller_answers.ts";
import { type Difference, differenceOf, Failure } from "./difference.ts";
import { EXPIRY_TOLERANCE_MS } from "./expiry.ts";
import type { IdentifiedKey } from "./identified_key.ts";
import type { KeySeqlock } from "./key_seqlock.ts";
import { allOf, andThen, type Entry, type KeyChange, type KeyList, type Look, type Maybe, type Pair } from "./pair.ts";
import { isEmptyAsync } from "./walk.ts";

/** How many keys are looked at together. */
const LOOKS = 64;

/** How many keys are copied together at most. */
const COPIES = 512;

/** Nothing was seen, so that the key must be looked at again. */
const UNSEEN: Look<never> = { difference: undefined, evicted: false, quiet: false, version: -1 };

const IGNORED: Look<never> = { difference: undefined, evicted: false, quiet: true, version: 0, ignored: true };

/** Makes keys on the other side what they are on the side that answers for each. */
export interface KeyRefreshes<K, V> {
  /** Refreshes several keys, each once, and resolves to those for which there was no room. */
  refreshMany(subjects: readonly IdentifiedKey<K>[], comparesFirst: boolean): Promise<readonly IdentifiedKey<K>[]>;
  /** Refreshes a key if the other side still holds what is read there. */
  repair(subject: IdentifiedKey<K>, isDryRun: boolean): Promise<KeyChange<K, V> | "equal" | "written">;
  /** Makes a change on a side that does not answer for its key, if that still holds what it did before. */
  change(subject: IdentifiedKey<K>, change: KeyChange<K, V>): Promise<boolean>;
}

/** What an {@link AsyncPair} works with. */
export interface AsyncPairSetting<K, V> {
  readonly sides: { readonly [side in Side]: AsyncSide<K, V> };
  readonly seqlock: KeySeqlock;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly identified: (key: K) => IdentifiedKey<K>;
  /** Whether the two sides may differ on a key, because a write to it is still to be copied. */
  readonly isJournaled: (id: unknown) => boolean;
  readonly refreshes: KeyRefreshes<K, V>;
  readonly equals: (oldValue: V, newValue: V, key: K) => Maybe<boolean>;
  /** Whether a key is never compared; `undefined` if all are. */
  readonly ignores?: ((key: K) => boolean) | undefined;
}

/**
 * A pair of two stores.
 *
 * Both sides are read at the same time; or one of them, if a caller was just answered by the other and the key was not written
 * since. A look is quiet if no write to the key was under way meanwhile: none was when it began, and none has begun since. Writes by
 * others than this twin are not known of.
 *
 * If a side does not answer, or fails in a way that may pass, nothing was seen: the look is not quiet.
 */
export class AsyncPair<K, V> implements Pair<K> {
  readonly batch: Pair<K>["batch"] = { look: LOOKS, refresh: COPIES };
  readonly #setting: AsyncPairSetting<K, V>;
  readonly #answers = new CallerAnswers<V>();

  constructor(setting: AsyncPairSetting<K, V>) {
    this.#setting = setting;
  }

  /**
   * A caller reads a key: the next look at it may use the answer.
   *
   * @param ended Called when there is an answer, or none will come.
   */
  callerReads({ id, hash }: IdentifiedKey<K>, side: Side, answer: Promise<V | undefined>, ended: () => void): void {
    const { seqlock, clock } = this.#setting;
    const version = seqlock.version(hash);
    const startMs = clock.monotonicMs();
    answer.then((value) => {
      this.#took(side, startMs);
      // Whether the key is absent, or has the value `undefined`, is not known.
      if (value !== undefined) this.#answers.keep(id, { side, entry: { value }, version });
      ended();
    }, ended);
  }

  async look(key: K): Promise<Look<K>> {
    const [look] = await this.#lookAt([key]);
    if (look instanceof Error) throw look;
    return look as Look<K>;
  }

  async lookMany(keys: KeyList<K>): Promise<readonly (Look<K> | undefined)[]> {
    const first = Array.from({ length: Math.min(keys.length, LOOKS) }, (_, at) => keys.at(at) as K);
    const looks = await this.#lookAt(first);
    return looks.map((look) => look instanceof Error ? undefined : look);
  }

  async hasMany(side: Side, keys: readonly K[]): Promise<readonly boolean[]> {
    const entries = await this.#setting.sides[side].read(keys);
    return entries.map((entry) => entry !== undefined);
  }

  async refresh(key: K, from: Side): Promise<boolean> {
    return (await this.refreshMany([key], from, false)).length === 0;
  }

  /** Copies from the side that answers for the key: a copy from the other one could undo a write. */
  async refreshMany(keys: readonly K[], _from: Side, comparesFirst: boolean): Promise<readonly K[]> {
    const { identified, refreshes } = this.#setting;
    // A walk may meet a key more than once.
    const subjects = new Map(keys.map(identified).map((subject) => [subject.id, subject]));
    const again = await refreshes.refreshMany([...subjects.values()], comparesFirst);
    return again.map(({ key }) => key);
  }

  repair(key: K, isDryRun: boolean): Promise<KeyChange<K> | "equal" | "written"> {
    return this.#setting.refreshes.repair(this.#setting.identified(key), isDryRun);
  }

  change(change: KeyChange<K>): Promise<boolean> {
    return this.#setting.refreshes.change(this.#setting.identified(change.key), change as KeyChange<K, V>);
  }

  keys(side: Side): AsyncIterable<K> {
    return this.#setting.sides[side].map.keys();
  }

  /** What evicts may have deleted entries that were copied before. */
  async isEmpty(side: Side): Promise<boolean> {
    const { old: oldSide, new: newSide } = this.#setting.sides;
    if (oldSide.map.traits.evicts || newSide.map.traits.evicts) return false;
    return await isEmptyAsync(this.#setting.sides[side].map);
  }

  size(side: Side): Promise<number> {
    return this.#setting.sides[side].map.size();
  }

  /** A look at each key, or why it could not be looked at. */
  async #lookAt(keys: readonly K[]): Promise<readonly (Look<K> | Error)[]> {
    const { seqlock, identified } = this.#setting;
    const subjects = keys.map(identified);
    const before = subjects.map(({ hash }) => seqlock.version(hash));
    const answers = subjects.map(({ id }, at) => this.#answers.take(id, before[at]));
    const [oldHeld, newHeld] = await Promise.all([
      this.#read("old", keys, answers),
      this.#read("new", keys, answers),
    ]);
    const looks = subjects.map((subject, at): Maybe<Look<K> | Error> => {
      const judged = () => this.#judged(subject, oldHeld[at], newHeld[at], before[at]);
      // The caller may have changed the object that it was answered.
      const again = (look: Look<K>) =>
        look.difference !== undefined && answers[at] !== undefined ? this.look(subject.key) : look;
      try {
        const look = andThen(judged(), again);
        return look instanceof Promise ? look.catch(asError) : look;
      } catch (error) {
        return asError(error);
      }
    });
    return await allOf(looks);
  }

  /** @param before The version of the key before it was read. */
  #judged(
    { key, id, hash }: IdentifiedKey<K>,
    oldHeld: Held<V>,
    newHeld: Held<V>,
    before: number | undefined,
  ): Maybe<Look<K>> {
    const { seqlock, isJournaled, ignores } = this.#setting;
    if (ignores?.(key) === true) return IGNORED;
    if (mayPass(oldHeld) || mayPass(newHeld)) return UNSEEN;
    const isQuiet = () => before !== undefined && before === seqlock.version(hash) && !isJournaled(id);
    // What was written before it is compared is not worth to be compared.
    const wasQuiet = isQuiet();
    return andThen(this.#difference(key, oldHeld, newHeld), (difference) => {
      const evicted = difference !== undefined && this.#isEvicted(difference);
      return andThen(evicted, (evicted) => ({
        difference,
        evicted,
        quiet: wasQuiet && isQuiet(),
        version: before ?? -1,
      }));
    });
  }

  /** What a side holds for each key, as far as that is not known from an answer. */
  async #read(
    side: Side,
    keys: readonly K[],
    answers: readonly (CallerAnswer<V> | undefined)[],
  ): Promise<readonly Held<V>[]> {
    const isKnown = (at: number) => answers[at]?.side === side;
    const places = [...keys.keys()].filter((at) => !isKnown(at));
    const read = await this.#readAll(side, places.map((at) => keys[at] as K), (at) => answers[places[at] as number]);
    let next = 0;
    return keys.map((_, at) => isKnown(at) ? answers[at]?.entry : read[next++]);
  }

  /** @param answerOf What a caller was answered by the other side about the key at an index. It does not say when an entry expires. */
  async #readAll(
    side: Side,
    keys: readonly K[],
    answerOf: (at: number) => CallerAnswer<V> | undefined,
  ): Promise<readonly Held<V>[]> {
    if (keys.length === 0) return [];
    try {
      return await this.#timed(side, () => this.#setting.sides[side].read(keys, (at) => answerOf(at) === undefined));
    } catch (error) {
      const failure = new Failure(error);
      if (keys.length === 1 || mayPass(failure)) return keys.map(() => failure);
      // One of them is at fault.
      return (await Promise.all(keys.map((key, at) => this.#readAll(side, [key], () => answerOf(at))))).flat();
    }
  }

  /** Makes a read of one side, and counts how long it takes. */
  async #timed<A>(side: Side, read: () => Promise<A>): Promise<A> {
    const startMs = this.#setting.clock.monotonicMs();
    try {
      return await read();
    } finally {
      this.#took(side, startMs);
    }
  }

  #took(side: Side, startMs: number): void {
    const { clock, ledger } = this.#setting;
    const endMs = clock.monotonicMs();
    ledger.took(side, (endMs - startMs) * 1e6, endMs);
  }

  #difference(key: K, oldHeld: Held<V>, newHeld: Held<V>): Maybe<Difference<K> | undefined> {
    const { equals } = this.#setting;
    return andThen(
      differenceOf(key, valueOf(oldHeld), valueOf(newHeld), equals),
      (found) => found ?? expiryDifference(key, oldHeld, newHeld),
    );
  }

  /** Whether the side that lacks the key had evicted it. */
  #isEvicted(difference: Difference<K>): Maybe<boolean> {
    const { sides } = this.#setting;
    const without = difference.old === ABSENT ? sides.old : difference.new === ABSENT ? sides.new : undefined;
    if (without?.map.traits.evicts !== true) return false;
    return (without.map as AsyncEvictingMap<K, V>).evicted(difference.keys[0] as K);
  }
}

/** What a side holds for a key: an entry, `undefined` for an absent one, or why it cannot be read. */
type Held<V> = Entry<V> | Failure | undefined;

/** Whether a read failed that may succeed if it is tried again. */
function mayPass<V>(held: Held<V>): boolean {
  return Failure.is(held) && held.error instanceof StoreError && held.error.retryable;
}

function expiryDifference<K, V>(key: K, oldHeld: Held<V>, newHeld: Held<V>): Difference<K> | undefined {
  if (Failure.is(oldHeld) || Failure.is(newHeld)) return undefined;
  const [oldAtMs, newAtMs] = [oldHeld?.expiresAtMs, newHeld?.expiresAtMs];
  if (oldAtMs === undefined || newAtMs === undefined) return undefined;
  // Of two that never expire, the difference is not a number.
  if (!(Math.abs(oldAtMs - newAtMs) > EXPIRY_TOLERANCE_MS)) return undefined;
  return { kind: "expiry", keys: [key], old: oldAtMs, new: newAtMs };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error("Cannot compare a key", { cause: error });
}

function valueOf<V>(held: Held<V>): unknown {
  if (held === undefined) return ABSENT;
  return Failure.is(held) ? held : held.value;
}
