/**
 * Change the map under a running service, and prove that the change is safe.
 *
 * @module
 */

export type { ConcurrentMap, EvictingMap, Traits } from "./src/concurrent_map.ts";
export type { HashTrieStructure } from "./src/hash_trie.ts";
export { HashTrieMap, type HashTrieMapOptions } from "./src/hash_trie_map.ts";
export { hotKeys, HotKeysMap, type HotKeysOptions } from "./src/hot_keys.ts";
export { IntMap } from "./src/int_map.ts";
export { IntNumberMap } from "./src/int_number_map.ts";
export type { IntTableStructure } from "./src/int_table.ts";
export { NativeMap } from "./src/native_map.ts";
export { ReadDirtyMap, type ReadDirtyStructure } from "./src/read_dirty_map.ts";
export { ShardedMap, type ShardedMapOptions } from "./src/sharded_map.ts";
export type { HotKey } from "./src/space_saving.ts";
export { AdaptiveMap } from "./verify/adaptive_map.ts";
export type { AdaptiveMapOptions } from "./verify/adaptive_options.ts";
export type { AdaptiveState } from "./verify/adaptive_states.ts";
export type { Clock } from "./verify/clock.ts";
export { systemClock } from "./verify/clock.ts";
export type { HotKeysSource } from "./verify/hot_keys.ts";
export type { Load } from "./verify/load.ts";
export type { AdaptiveMove, EndedMove } from "./verify/move.ts";
export type { TwinOptions } from "./verify/options.ts";
export type {
  DiffKind,
  ReportedDiff,
  ReportedHotKey,
  ReportedLatency,
  ReportedPath,
  ReportedWindow,
  TwinReport,
  WorkState,
} from "./verify/report.ts";
export { type Stage, StageError, type StageOptions } from "./verify/stage.ts";
export { Rollout } from "./verify/rollout.ts";
export { twin } from "./verify/twin.ts";
export { TwinMap } from "./verify/twin_map.ts";
