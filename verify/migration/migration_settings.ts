import type { Clock } from "../../src/clock.ts";
import type { CheckedGateOptions } from "../gate/gate.ts";
import type { HotKeysSource } from "../report/hot_keys.ts";
import type { ReportedDiff } from "../report/report.ts";
import type { Position } from "../stages/moves.ts";

/** The settings of a migration: the options of a twin, checked and with their defaults. */
export interface MigrationSettings<V> {
  readonly name: string;
  readonly sample: number;
  /** Where the migration begins. */
  readonly at: Position;
  readonly gate: CheckedGateOptions;
  /** What the hash of keys depends on; `undefined` for a random one. */
  readonly secret?: string | Uint8Array;
  readonly mirror: "inline" | "queued";
  readonly equals: (oldValue: V, newValue: V) => boolean;
  readonly reveal: boolean;
  readonly maxPending: number;
  readonly maxRecent: number;
  readonly slice: number;
  readonly clock: Clock;
  readonly hotKeys: HotKeysSource | null;
  readonly onDiff: (diff: ReportedDiff) => void;
}
