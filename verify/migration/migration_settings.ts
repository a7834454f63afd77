import type { Clock } from "../../src/clock.ts";
import type { CheckedGateOptions } from "../gate/gate_options.ts";
import type { OwnerFunctions } from "../report/hooks.ts";
import type { HotKeysSource } from "../report/hot_keys.ts";
import type { Position } from "../stages/moves.ts";

/** The settings of a migration: the options of a twin, checked and with their defaults. */
export interface MigrationSettings<K, V> extends OwnerFunctions<K, V> {
  readonly sample: number;
  /** Where the migration begins. */
  readonly at: Position;
  readonly gate: CheckedGateOptions;
  /** What the hash of keys depends on; `undefined` for a random one. */
  readonly secret?: string | Uint8Array;
  readonly mirror: "inline" | "queued";
  readonly reveal: boolean;
  readonly maxPending: number;
  /** How long a difference must last before it is called a diff: the times, in milliseconds, between the looks at a suspect. */
  readonly settleMs: readonly number[];
  readonly maxRecent: number;
  readonly slice: number;
  readonly clock: Clock;
  readonly hotKeys: HotKeysSource | null;
}
