/**
 * Change the map under a running service, and prove that the change is safe.
 *
 * @module
 */

export { AbstractAsyncMap } from "./src/abstract_async_map.ts";
export { AbstractMap } from "./src/abstract_map.ts";
export type { AsyncStore, StoredEntry, StoreFailure, StoreSetOptions } from "./src/async/async_store.ts";
export type { CallSubject } from "./src/async/store_call.ts";
export type { AsyncMapOptions } from "./src/async/store_calls.ts";
export type {
  AsyncClosableMap,
  AsyncConcurrentMap,
  AsyncEvictingMap,
  AsyncExpiringMap,
  Awaitable,
  CallOptions,
  ExpiringSetOptions,
} from "./src/async_concurrent_map.ts";
export type { ConcurrentMap, EvictingMap, ExpiringMap, Traits } from "./src/concurrent_map.ts";
export { ForwardingMap } from "./src/forwarding_map.ts";
export type { HashTrieStructure } from "./src/hash_trie/hash_trie.ts";
export { HashTrieMap, type HashTrieMapOptions } from "./src/hash_trie/hash_trie_map.ts";
export { hotKeys, HotKeysMap, type HotKeysOptions } from "./src/observe/hot_keys.ts";
export { IntMap } from "./src/int/int_map.ts";
export { IntNumberMap } from "./src/int/int_number_map.ts";
export type { IntTableStructure } from "./src/int/int_table.ts";
export type { AdoptOptions } from "./src/native/adopt_options.ts";
export { lift } from "./src/lift.ts";
export { NativeMap } from "./src/native/native_map.ts";
export { ReadDirtyMap, type ReadDirtyStructure } from "./src/read_dirty/read_dirty_map.ts";
export { StoreError, type StoreErrorDetails, type WriteOutcome } from "./src/store_error.ts";
export { ShardedMap, type ShardedMapOptions } from "./src/sharded/sharded_map.ts";
export type { HotKey } from "./src/observe/space_saving.ts";
export { AdaptiveMap } from "./verify/adaptive/adaptive_map.ts";
export type { AdaptiveMapOptions } from "./verify/adaptive/options.ts";
export type { AdaptiveState } from "./verify/adaptive/states.ts";
export type { Clock, ScheduleOptions } from "./src/clock.ts";
export { systemClock } from "./src/clock.ts";
export { type ComparedMap, diff, type DiffOptions } from "./verify/diff/diff.ts";
export type { DifferenceKind, MapDifference } from "./verify/diff/map_difference.ts";
export type * from "./src/digests/entry_digests.ts";
export type { DiffDetails } from "./verify/report/hooks.ts";
export type {
  BackfillEvent,
  DecisionEvent,
  GateEvent,
  StageEvent,
  SweepEvent,
  TwinEvent,
  TwinEventContent,
} from "./verify/report/twin_event.ts";
export type { HotKeysSource } from "./verify/report/hot_keys.ts";
export type { Workload } from "./verify/adaptive/workload.ts";
export type { AdaptiveMove, EndedMove } from "./verify/adaptive/move.ts";
export type { AsyncTwinOptions, ScopeOptions } from "./verify/twin/async_options.ts";
export type { StartOptions, TwinOptions } from "./verify/twin/options.ts";
export type { Certification } from "./verify/gate/certification.ts";
export type { ReportedEpisode, ReportedGate } from "./verify/gate/reported_gate.ts";
export type { GateCheck } from "./verify/gate/check_options.ts";
export type { GateCondition, GateConditionName } from "./verify/gate/condition.ts";
export type { GateOptions } from "./verify/gate/gate_options.ts";
export type {
  ReportedDecision,
  ReportedDiff,
  ReportedHotKey,
  ReportedPath,
  ReportedProgress,
  ReportedStageChange,
  TwinReport,
} from "./verify/report/report.ts";
export type { ReportedLatency } from "./verify/report/reported_latency.ts";
export type { DiffKind } from "./verify/stats/diff_kind.ts";
export type { ReportedWindow } from "./verify/stats/time_windows.ts";
export type { WorkState } from "./verify/work/job.ts";
export type { RateBounds, RateVerdict } from "./verify/stats/confidence_sequence.ts";
export type { Position } from "./verify/stages/moves.ts";
export type { Side, Stage } from "./verify/stages/stage.ts";
export { StageError } from "./verify/stages/stage_error.ts";
export type { BackfillOptions, PaceOptions, StageOptions } from "./verify/stages/stage_options.ts";
export type { Repair, RepairOptions, ReportedChange } from "./verify/migration/repairs.ts";
export type { Entry, KeyChange } from "./verify/pair/pair.ts";
export type {
  ReportedRollout,
  ReportedStep,
  RolloutDecision,
  RolloutEvent,
  RolloutRecord,
  RolloutState,
} from "./verify/report/reported_rollout.ts";
export type { RolloutOptions } from "./verify/rollout/options.ts";
export type { PlanName, PlanStep } from "./verify/rollout/plan.ts";
export { Rollout, rollout } from "./verify/rollout/rollout.ts";
export { twin } from "./verify/twin/twin.ts";
export { TwinMap } from "./verify/twin/twin_map.ts";
export { AsyncTwinMap } from "./verify/twin/async_twin_map.ts";
export { StoreTwinMap } from "./verify/twin/store_twin_map.ts";
