import type { AsyncConcurrentMap, AsyncExpiringMap, CallOptions } from "../../src/async_concurrent_map.ts";
import type { Traits } from "../../src/concurrent_map.ts";
import type { Comparisons } from "../compare/comparisons.ts";
import type { IdentifiedKey } from "../pair/identified_key.ts";
import type { Side } from "../stages/stage.ts";
import type { AsyncSides } from "./async_sides.ts";

/** Answers reads by the side that answers for their key, and makes comparisons due. */
export class AsyncReads<K, V> {
  readonly #sides: AsyncSides<K, V>;
  readonly #identified: (key: K) => IdentifiedKey<K>;
  readonly #comparisons: Pick<Comparisons<K>, "due">;

  constructor(
    sides: AsyncSides<K, V>,
    identified: (key: K) => IdentifiedKey<K>,
    comparisons: Pick<Comparisons<K>, "due">,
  ) {
    this.#sides = sides;
    this.#identified = identified;
    this.#comparisons = comparisons;
  }

  /** The traits of the side that answers for the whole map. Where both answer, it gets some keys late, and in no order. */
  get traits(): Traits {
    const { front, splits } = this.#sides.lane;
    const { traits } = this.#sides.maps[front];
    return splits ? { ...traits, order: "none" } : traits;
  }

  /** Reads the value of a key. What the caller is answered serves the comparison that falls due. */
  get(key: K, options: CallOptions | undefined): Promise<V | undefined> {
    const { maps, asyncPair, lane: { sideOf, comparedReads } } = this.#sides;
    const subject = this.#identified(key);
    const side = sideOf(subject.hash);
    const answer = maps[side].get(key, options);
    if (comparedReads?.includes(subject.hash) === true) {
      asyncPair.callerReads(subject, side, answer, () => void this.#comparisons.due(key, "get", subject.hash));
    }
    return answer;
  }

  /** Reads something else of a key. */
  one<A>(operation: string, key: K, read: (map: AsyncConcurrentMap<K, V>) => Promise<A>): Promise<A> {
    return read(this.#sides.maps[this.#sideOf(operation, key)]);
  }

  /** Reads several keys, from both sides at the same time. */
  async many(operation: string, keys: readonly K[], options: CallOptions | undefined): Promise<Map<K, V>> {
    const sides = keys.map((key) => this.#sideOf(operation, key));
    const of = async (side: Side): Promise<Map<K, V>> => {
      const keysOfSide = keys.filter((_, at) => sides[at] === side);
      return keysOfSide.length === 0 ? new Map() : await this.#sides.maps[side].getMany(keysOfSide, options);
    };
    const [old, isNew] = await Promise.all([of("old"), of("new")]);
    const found = keys.map((key, at): [K, Map<K, V>] => [key, sides[at] === "old" ? old : isNew]);
    return new Map(found.flatMap(([key, entries]) => entries.has(key) ? [[key, entries.get(key) as V]] : []));
  }

  /** The side that answers for `key`, whose comparison falls due if it is one of those that are compared. */
  #sideOf(operation: string, key: K): Side {
    const { sideOf, comparedReads } = this.#sides.lane;
    const { hash } = this.#identified(key);
    if (comparedReads?.includes(hash)) this.#comparisons.due(key, operation, hash);
    return sideOf(hash);
  }
}

/** When the entry of a key expires; in a map whose entries never do, as if it had no time. */
export async function expiresAt<K, V>(
  map: AsyncConcurrentMap<K, V>,
  key: K,
  options: CallOptions | undefined,
): Promise<number | undefined> {
  if (map.traits.expires !== "never") return await (map as AsyncExpiringMap<K, V>).expiresAt(key, options);
  return await map.has(key, options) ? Infinity : undefined;
}
