/** The kinds of map that a fuzz case takes for its two sides. */
import {
  AbstractMap,
  AdaptiveMap,
  type Clock,
  type ConcurrentMap,
  HashTrieMap,
  hotKeys,
  IntMap,
  IntNumberMap,
  NativeMap,
  ReadDirtyMap,
  ShardedMap,
} from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import { SharedMap, type TableMap } from "@twinmap/twinmap/shared";
import { WasmMap } from "@twinmap/twinmap/wasm";
import { LAG_MS } from "../../testing/faults.ts";
import { FaultyMap } from "../../testing/faulty_map.ts";

export type AnyMap = ConcurrentMap<unknown, unknown>;

/** The side of the twin that a map is for. */
export type Side = "old" | "new";

/** A kind of map. */
export interface Kind {
  readonly name: string;
  /** Makes an empty map, which may take its time from `clock`. */
  readonly make: (side: Side, clock: Clock) => AnyMap;
}

/** A map as a user of the package would write one. */
class UsersMap extends AbstractMap<unknown, unknown> {
  readonly #map = new Map<unknown, unknown>();

  override get(key: unknown): unknown {
    return this.#map.get(key);
  }

  override has(key: unknown): boolean {
    return this.#map.has(key);
  }

  override set(key: unknown, value: unknown): this {
    this.#map.set(key, value);
    return this;
  }

  override delete(key: unknown): boolean {
    return this.#map.delete(key);
  }

  override entries(): MapIterator<[unknown, unknown]> {
    return this.#map.entries();
  }
}

/** An {@link AdaptiveMap} that moves as soon as there is something to move. */
const adaptive = (clock: Clock) =>
  new AdaptiveMap<unknown, unknown>({ clock, minWrites: 4, readDirtyUpTo: 2, intFrom: 3, shardedFrom: 5 });

/** Kinds that keep what they are told. The first is the simplest: shrinking ends there. */
export const KEEPING: readonly Kind[] = [
  { name: "NativeMap", make: () => new NativeMap() },
  { name: "ShardedMap", make: () => new ShardedMap({ shards: 2 }) },
  { name: "ReadDirtyMap", make: () => new ReadDirtyMap() },
  { name: "HashTrieMap", make: () => new HashTrieMap() },
  { name: "HotKeysMap", make: () => hotKeys(new NativeMap(), { top: 2 }) },
  { name: "AdaptiveMap", make: (_side, clock) => adaptive(clock) },
  { name: "map of a user's own", make: () => new UsersMap() },
  { name: "IntMap", make: () => new IntMap() as AnyMap },
  { name: "IntNumberMap", make: () => new IntNumberMap() as unknown as AnyMap },
  table("SharedMap", () => SharedMap.create({ maxBytes: 2 ** 18 })),
  table("WasmMap", () => new WasmMap({ maxBytes: 2 ** 18 })),
];

/** Every kind; the first is the simplest. */
export const KINDS: readonly Kind[] = [
  ...KEEPING,
  { name: "LruMap with room for all", make: () => new LruMap({ max: 100 }) },
  { name: "LruMap with room for 3", make: () => new LruMap({ max: 3 }) },
];

/** Less than it takes to settle. */
const LATE_MS = 40;

/** A map on which a write takes effect a little late. */
export const LATE: Kind = {
  name: `NativeMap that is late by ${LATE_MS} ms`,
  make: (_side, clock) => {
    const late = new FaultyMap<unknown, unknown>(new NativeMap(), () => clock.now() / LATE_MS * LAG_MS);
    late.fault = "delays";
    return late;
  },
};

/** One map a side, which is cleared for each case: it takes Bun a millisecond to make the memory of another. */
function table(name: string, make: () => TableMap<never, unknown>): Kind {
  const made: { [side in Side]?: AnyMap } = {};
  return {
    name,
    make: (side) => {
      const map = made[side] ??= make() as unknown as AnyMap;
      map.clear();
      return map;
    },
  };
}
