import { type Clock, systemClock } from "../../src/clock.ts";
import { type CheckedGateOptions, checkGateOptions, type GateOptions } from "../gate/gate_options.ts";
import { isDeepEqual } from "../../src/equality/deep_equal.ts";
import type { DiffDetails } from "../report/hooks.ts";
import type { HotKeysSource } from "../report/hot_keys.ts";
import {
  BOOLEAN,
  checkOptions,
  FUNCTION,
  numberAbove,
  numberFrom,
  OBJECT,
  oneOf,
  orNull,
  type Rules,
  SYNC_FUNCTION,
  text,
  wholeNumber,
  withMethods,
} from "../../src/options.ts";
import { SETTLE_MS } from "../pair/key_versions.ts";
import type { ReportedDiff } from "../report/report.ts";
import type { TwinEvent } from "../report/twin_event.ts";
import type { Position } from "../stages/moves.ts";
import { type Stage, STAGE_NAMES } from "../stages/stage.ts";
import { positionAt } from "../stages/stage_options.ts";

/** Where a twin begins. */
export interface StartOptions {
  /** The stage. */
  readonly stage: Stage;
  /** At `live`, where it must be given: the percentage of keys that the new map answers for, 0 to 100. */
  readonly percent?: number;
}

/** Options for a twin; each has a default. */
export interface TwinOptions<K, V> {
  /**
   * What the twin is called in reports: 1 to 100 characters, not all of them blank, none of them a control character, a line break or a lone
   * surrogate.
   * @default {"map"}
   */
  readonly name?: string;
  /**
   * The stage at which the twin begins, and at `live` the percentage. Set it after a restart, to the stage that the service had
   * reached. The evidence of the gate does not survive a restart: it has to be gathered again.
   * @default {{ stage: "off" }}
   */
  readonly at?: StartOptions;
  /**
   * What the gate asks for before the new map may answer more keys.
   * @default {{ threshold: 1e-6, lateThreshold: 1e-3, holdMs: 3600000, confidence: 0.95, minKeys: 0 }}
   */
  readonly gate?: GateOptions;
  /**
   * The share of keys that are compared, from 0 (none) to 1 (all). A hash of the key decides, so the same keys are compared every
   * time; a sweep still compares all keys. Lower it, for example to 1/64, if comparing costs the service too much.
   *
   * Below 1/4, a busy twin also skips some operations on the chosen keys: of the reads and `set`s of all keys it looks at
   * about 256 in 10 ms, since hashing a key takes longer than reading it. It never skips other writes, nor a `set` at `live` or
   * with `mirror: "queued"`.
   * @default {1}
   */
  readonly sample?: number;
  /**
   * Whether the other side is written before a call returns (`inline`), or soon after and in order (`queued`). At `live`
   * it is always inline. Take `inline` where several service instances share the two maps: a neighbour at the next
   * stage may answer from the side that a queue has not reached yet.
   * @default {"inline"}
   */
  readonly mirror?: "inline" | "queued";
  /**
   * Whether two values of a key are equal.
   *
   * By default, large values are compared in slices of the event loop. Those of more than about a million objects, 8 million
   * properties or 128 MiB of bytes are too large: the comparison is inconclusive. Two objects that the sides answer to a
   * mirrored write are not compared, since the caller may have changed one of them: the key is looked at instead. A
   * function of your own holds the event loop for as long as it takes.
   * @default {isDeepEqual}
   */
  readonly equals?: (oldValue: V, newValue: V, key: K) => boolean;
  /**
   * Whether reports may show keys and values. Without it, they show the type and size of a value, and a digest of a key or of
   * the name of a property in a path. The digest depends on a random secret of this twin: it is the same in all reports of this
   * twin, but nobody can look it up, or match it with one of another instance or from before a restart. Whether a
   * `delete`, `compareAndSet` or `compareAndDelete` did something is always shown.
   * @default {false}
   */
  readonly reveal?: boolean;
  /**
   * The secret of the hash of keys: a string of 16 characters or more, or 16 bytes or more. The hash decides which keys are
   * compared, and which keys the new map answers for at `live`.
   *
   * Set it if several instances share the two maps: give them all the same one, and they choose the same keys, even after a
   * restart. Keep it where the service keeps its other secrets, as whoever knows it can choose keys that are never compared. Keys
   * that are objects, functions or symbols are hashed by identity, so each instance chooses its own.
   *
   * By default, each twin makes a random one. At `live`, instances then answer the same key from different maps.
   */
  readonly secret?: string | Uint8Array;
  /**
   * The largest number of comparisons that wait at a time, and of queued writes: 1 to 2^24. A comparison that does not fit is
   * dropped and counted. A write that does not fit makes its caller apply the one that has waited longest.
   * @default {65536}
   */
  readonly maxPending?: number;
  /**
   * How many of the last diffs are kept: 0 to 10,000.
   * @default {100}
   */
  readonly maxRecent?: number;
  /**
   * How many milliseconds a batch of comparisons may hold the event loop: more than 0, up to 1,000. Lower it if the service
   * must answer faster than that; comparing then takes longer. Some steps cannot be interrupted and may take longer: comparing
   * two strings of some megabytes, or listing the properties of a huge object.
   * @default {4}
   */
  readonly slice?: number;
  /**
   * The clock and the timers. Tests pass their own.
   * @default {systemClock}
   */
  readonly clock?: Clock;
  /**
   * Whose hottest keys the reports show: what `hotKeys` returned, or anything with such a `top`, which is asked each time
   * a report is made. Observe the twin to count what its callers do, at every stage ({@link HotKeysSource} shows how).
   * Observe one of the two maps, and what the twin reads there counts as well; from `live` on, the old map no longer gets
   * all reads.
   * @default {null}
   */
  readonly hotKeys?: HotKeysSource | null;
  /**
   * Whether a key is never compared. Writes to it are mirrored, and a backfill copies it, like those of others; reports count
   * it as ignored. It is asked whenever the key would be compared, and must always say the same.
   * @default {null}
   */
  readonly ignore?: ((key: K) => boolean) | null;
  /**
   * Called with a confirmed diff, as it stands in the report, and with the key and what both maps had: at most ten times a
   * second. What it throws is counted and goes no further.
   */
  readonly onDiff?: (diff: ReportedDiff, details: DiffDetails<K>) => void;
  /**
   * Called when the stage changes, a sweep or a backfill begins or ends, somebody forces a move, moves back or resets, and,
   * while the twin is used, when the gate's verdict changes. What it throws is counted and goes no further.
   */
  readonly onEvent?: (event: TwinEvent) => void;
}

/** {@link TwinOptions} with their defaults; `secret` has none. */
export type CheckedOptions<K, V> =
  & Required<Omit<TwinOptions<K, V>, "secret" | "at" | "gate">>
  & Pick<TwinOptions<K, V>, "secret">
  & {
    readonly at: Position;
    readonly gate: CheckedGateOptions;
    readonly settleMs: readonly number[];
  };

/** The least length of a secret. A shorter one might be guessed. */
const MIN_SECRET = 16;

const RULES: Rules<TwinOptions<unknown, unknown>> = {
  name: text(1, 100),
  at: OBJECT,
  gate: OBJECT,
  sample: numberFrom(0, 1),
  mirror: oneOf("inline", "queued"),
  equals: SYNC_FUNCTION,
  reveal: BOOLEAN,
  secret: {
    isSecret: true,
    must: `be a string of at least ${MIN_SECRET} characters, or a Uint8Array of at least ${MIN_SECRET} bytes`,
    isOfType: (value) => typeof value === "string" || value instanceof Uint8Array,
    isInRange: ({ length }: string | Uint8Array) => length >= MIN_SECRET,
  },
  maxPending: wholeNumber(1, 2 ** 24),
  maxRecent: wholeNumber(0, 10_000),
  slice: numberAbove(0, 1_000),
  clock: withMethods("now", "monotonicMs", "schedule"),
  hotKeys: orNull(withMethods("top")),
  ignore: orNull(SYNC_FUNCTION),
  onDiff: FUNCTION,
  onEvent: FUNCTION,
};

const START_RULES: Rules<StartOptions> = { stage: oneOf(...STAGE_NAMES), percent: numberFrom(0, 100) };

type CheckedDefaults<K, V> = Omit<CheckedOptions<K, V>, "at" | "gate" | "settleMs">;

const DEFAULTS: CheckedDefaults<unknown, unknown> = {
  name: "map",
  sample: 1,
  mirror: "inline",
  equals: isDeepEqual,
  reveal: false,
  maxPending: 65_536,
  maxRecent: 100,
  slice: 4,
  clock: systemClock,
  hotKeys: null,
  ignore: null,
  onDiff: () => {},
  onEvent: () => {},
};

/**
 * Checks the options of a twin and fills in the defaults.
 *
 * @param rules The rules of the options that only this kind of twin has.
 * @param defaults Their defaults.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If an option is out of its range.
 */
export function checkTwinOptions<K, V, Own extends object>(
  options: TwinOptions<K, V> & Partial<Own> | undefined,
  rules: Rules<Own>,
  defaults: Required<Own>,
): Omit<CheckedOptions<K, V>, "settleMs"> & Required<Own> {
  const action = "create a twin";
  const checked = checkOptions(
    action,
    options,
    { ...RULES, ...rules } as Rules<TwinOptions<K, V>>,
    { ...DEFAULTS, ...defaults } as CheckedDefaults<K, V> & Required<Own>,
  );
  const { stage, percent } = checkOptions(action, checked.at, START_RULES, { stage: "off" }, "at");
  return {
    ...checked,
    at: positionAt(action, stage, percent, "at.percent"),
    gate: checkGateOptions(action, checked.gate),
  } as never;
}

/** Checks the options of a twin of two synchronous maps, as {@link checkTwinOptions}. */
export function checkSyncTwinOptions<K, V>(options: TwinOptions<K, V> | undefined): CheckedOptions<K, V> {
  return { ...checkTwinOptions<K, V, object>(options, {}, {}), settleMs: [SETTLE_MS] };
}
