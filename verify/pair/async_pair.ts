import type { Clock } from "../../src/clock.ts";
import { ABSENT } from "../../src/equality/deep_equal.ts";
import type { AsyncEvictingMap } from "../../src/async_concurrent_map.ts";
import type { Side } from "../stages/stage.ts";
import type { LatencyHistogram } from "../stats/histogram.ts";
import type { Ledger } from "../stats/ledger.ts";
import type { AsyncSide, Entry } from "./async_side.ts";
import { type Difference, differenceOf, Failure } from "./difference.ts";
import { EXPIRY_TOLERANCE_MS } from "./expiry.ts";
import type { IdentifiedKey } from "./identified_key.ts";
import type { KeySeqlock } from "./key_seqlock.ts";
import type { KeyList, Look, Maybe, Pair } from "./pair.ts";

/** How many keys are read, and how many copied, together. */
const BATCH = 64;

const IGNORED: Look<never> = { difference: undefined, evicted: false, quiet: true, version: 0, ignored: true };

/** What an {@link AsyncPair} works with. */
export interface AsyncPairSetting<K, V> {
  readonly sides: { readonly [side in Side]: AsyncSide<K, V> };
  readonly seqlock: KeySeqlock;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly identified: (key: K) => IdentifiedKey<K>;
  /** Whether the two sides may differ on a key, because a write to it is still to be copied. */
  readonly isJournaled: (id: unknown) => boolean;
  /** Makes a key on the other side what it is on the side that answers for it. */
  readonly refresh: (subject: IdentifiedKey<K>) => Promise<void>;
  readonly equals: (oldValue: V, newValue: V, key: K) => Maybe<boolean>;
  /** Whether a key is never compared; `undefined` if all are. */
  readonly ignores?: ((key: K) => boolean) | undefined;
}

/**
 * A pair of two stores.
 *
 * Both sides are read at the same time. A look is quiet if no write to the key was under way meanwhile: none was when it began, and
 * none has begun since. Writes by others than this twin are not known of.
 */
export class AsyncPair<K, V> implements Pair<K> {
  readonly batch: Pair<K>["batch"] = { look: BATCH, refresh: BATCH };
  readonly #setting: AsyncPairSetting<K, V>;

  constructor(setting: AsyncPairSetting<K, V>) {
    this.#setting = setting;
  }

  async look(key: K): Promise<Look<K>> {
    const [look] = await this.#lookAt([key]);
    if (look instanceof Error) throw look;
    return look as Look<K>;
  }

  async lookMany(keys: KeyList<K>): Promise<readonly (Look<K> | undefined)[]> {
    const first = Array.from({ length: Math.min(keys.length, BATCH) }, (_, at) => keys.at(at) as K);
    try {
      const looks = await this.#lookAt(first);
      return looks.map((look) => look instanceof Error ? undefined : look);
    } catch {
      return first.map(() => undefined);
    }
  }

  async hasMany(side: Side, keys: readonly K[]): Promise<readonly boolean[]> {
    const entries = await this.#setting.sides[side].read(keys);
    return entries.map((entry) => entry !== undefined);
  }

  /** Copies from the side that answers for the key: a copy from the other one could undo a write. */
  async refresh(key: K): Promise<boolean> {
    await this.#setting.refresh(this.#setting.identified(key));
    return true;
  }

  async refreshMany(keys: readonly K[]): Promise<readonly K[]> {
    await Promise.all(keys.map((key) => this.refresh(key)));
    return [];
  }

  keys(side: Side): AsyncIterable<K> {
    return this.#setting.sides[side].map.keys();
  }

  size(side: Side): Promise<number> {
    return this.#setting.sides[side].map.size();
  }

  /** A look at each key, or why it could not be looked at. */
  async #lookAt(keys: readonly K[]): Promise<(Look<K> | Error)[]> {
    const { sides, seqlock, ledger, identified, isJournaled, ignores } = this.#setting;
    const subjects = keys.map(identified);
    const before = subjects.map(({ hash }) => seqlock.version(hash));
    const [oldEntries, newEntries] = await Promise.all([
      this.#read(sides.old, keys, ledger.oldLatency),
      this.#read(sides.new, keys, ledger.newLatency),
    ]);
    return await Promise.all(subjects.map(async ({ key, id, hash }, at): Promise<Look<K> | Error> => {
      if (ignores?.(key) === true) return IGNORED;
      const isQuiet = () => before[at] !== undefined && before[at] === seqlock.version(hash) && !isJournaled(id);
      try {
        // What was written before it is compared is not worth to be compared.
        const wasQuiet = isQuiet();
        const difference = await this.#difference(key, oldEntries[at], newEntries[at]);
        const evicted = difference !== undefined && await this.#isEvicted(difference);
        return { difference, evicted, quiet: wasQuiet && isQuiet(), version: before[at] ?? -1 };
      } catch (error) {
        return error instanceof Error ? error : new Error("Cannot compare a key", { cause: error });
      }
    }));
  }

  /** What a side holds for each key: an entry, `undefined` for an absent one, or why it cannot be read. */
  async #read(
    side: AsyncSide<K, V>,
    keys: readonly K[],
    latency: LatencyHistogram,
  ): Promise<readonly (Entry<V> | Failure | undefined)[]> {
    const { clock } = this.#setting;
    const startMs = clock.monotonicMs();
    try {
      return await side.read(keys);
    } catch (error) {
      return keys.map(() => new Failure(error));
    } finally {
      latency.record((clock.monotonicMs() - startMs) * 1e6);
    }
  }

  async #difference(
    key: K,
    oldHeld: Entry<V> | Failure | undefined,
    newHeld: Entry<V> | Failure | undefined,
  ): Promise<Difference<K> | undefined> {
    const found = await differenceOf(key, valueOf(oldHeld), valueOf(newHeld), this.#setting.equals);
    if (found !== undefined || Failure.is(oldHeld) || Failure.is(newHeld)) return found;
    const [oldAtMs, newAtMs] = [oldHeld?.expiresAtMs, newHeld?.expiresAtMs];
    if (oldAtMs === undefined || newAtMs === undefined) return undefined;
    // Of two that never expire, the difference is not a number.
    if (!(Math.abs(oldAtMs - newAtMs) > EXPIRY_TOLERANCE_MS)) return undefined;
    return { kind: "expiry", keys: [key], old: oldAtMs, new: newAtMs };
  }

  /** Whether the side that lacks the key had evicted it. */
  async #isEvicted(difference: Difference<K>): Promise<boolean> {
    const { sides } = this.#setting;
    const without = difference.old === ABSENT ? sides.old : difference.new === ABSENT ? sides.new : undefined;
    if (without?.map.traits.evicts !== true) return false;
    return await (without.map as AsyncEvictingMap<K, V>).evicted(difference.keys[0] as K);
  }
}

function valueOf<V>(held: Entry<V> | Failure | undefined): unknown {
  if (held === undefined) return ABSENT;
  return Failure.is(held) ? held : held.value;
}
