import { type Clock, systemClock } from "../../src/clock.ts";
import { type CheckedGateOptions, checkGateOptions, type GateOptions } from "../gate/gate.ts";
import { isDeepEqual } from "../equality/deep_equal.ts";
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
   * Where the twin begins, after a restart: at the stage that the service has reached. The evidence is to be earned again.
   * @default {{ stage: "off" }}
   */
  readonly at?: StartOptions;
  /**
   * What must be shown before the new map comes to answer more keys.
   * @default {{ threshold: 1e-6, holdMs: 3600000, confidence: 0.95, minKeys: 0 }}
   */
  readonly gate?: GateOptions;
  /**
   * The share of keys that is compared, 0 to 1; by a stable hash, so that a key is always among them or never. What is done
   * to those keys is compared always if the share is 1/4 or more, and with a smaller one as long as there are fewer than 256
   * reads and `set`s, of whatever keys, in 10 ms. Of more, about so many are looked at: to find out whether a key is among
   * them takes longer than to read it. All other writes are compared always, and so is every `set` at `live` and where the
   * mirror is queued.
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
   * Whether reports may show keys and values. Without it, a value is its type and size; a key, and the name of a property
   * in a path, is a digest under a secret of this twin: it can be found again in the reports of this twin, but not be
   * looked up, and not be matched with those of another instance or of the time before a restart.
   * @default {false}
   */
  readonly reveal?: boolean;
  /**
   * What the hash of keys depends on: a string of at least 16 characters, or 16 bytes or more. The hash decides which
   * keys are compared and which the new map answers for at `live`, and counts the distinct ones. Who knows the secret can
   * choose keys that are never compared. Give it to all instances of a service, from where its other secrets are kept,
   * and they choose the same keys, also after a restart; keys that are objects, functions or symbols are chosen by each
   * instance anew.
   *
   * Without it, each twin has a random one: instances then answer the same key from different sides at `live`.
   */
  readonly secret?: string | Uint8Array;
  /**
   * The largest number of comparisons, and of queued writes, that wait at a time: 1 to 2^24. What does not fit is
   * counted as dropped; a write that does not fit has its caller apply the one that has waited longest.
   * @default {65536}
   */
  readonly maxPending?: number;
  /**
   * How many of the last diffs are kept: 0 to 10,000.
   * @default {100}
   */
  readonly maxRecent?: number;
  /**
   * For how many milliseconds a batch of comparisons may hold the event loop: more than 0, up to 1,000. What the platform
   * does at once may take longer: comparing two strings of some megabytes, or listing the properties of a huge object.
   * @default {4}
   */
  readonly slice?: number;
  /**
   * The time, and the turns of the event loop.
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

type CheckedDefaults<K, V> = Omit<CheckedOptions<K, V>, "at" | "gate">;

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
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If an option is out of its range.
 */
export function checkTwinOptions<K, V>(options: TwinOptions<K, V> | undefined): CheckedOptions<K, V> {
  const action = "create a twin";
  const checked = checkOptions(action, options, RULES as Rules<TwinOptions<K, V>>, DEFAULTS as CheckedDefaults<K, V>);
  const { stage, percent } = checkOptions(action, checked.at, START_RULES, { stage: "off" }, "at");
  return {
    ...checked,
    at: positionAt(action, stage, percent, "at.percent"),
    gate: checkGateOptions(action, checked.gate),
  };
}
