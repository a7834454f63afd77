import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { MixedKeyMap } from "../../src/int/mixed_key_map.ts";
import { NativeMap } from "../../src/native/native_map.ts";
import { ReadDirtyMap } from "../../src/read_dirty/read_dirty_map.ts";
import { ShardedMap } from "../../src/sharded/sharded_map.ts";

/** The kinds of map that an `AdaptiveMap` can be. */
export type AdaptiveState = "NativeMap" | "ReadDirtyMap" | "IntMap" | "ShardedMap";

/** Makes an empty map. */
export const MAPS: { readonly [state in AdaptiveState]: <K, V>() => ConcurrentMap<K, V> } = {
  NativeMap: () => new NativeMap(),
  ReadDirtyMap: () => new ReadDirtyMap(),
  IntMap: () => new MixedKeyMap(),
  ShardedMap: () => new ShardedMap(),
};
