import type { AsyncConcurrentMap } from "../../src/async_concurrent_map.ts";
import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import {
  checkOptions,
  numberAbove,
  OBJECT,
  oneOf,
  orNull,
  type Rule,
  type Rules,
  withMethods,
} from "../../src/options.ts";
import type { AsyncSettings } from "../migration/async_settings.ts";
import { SCOPES } from "../migration/scope.ts";
import type { Traits } from "../../src/concurrent_map.ts";
import { type CheckedOptions, checkTwinOptions, type TwinOptions } from "./options.ts";

/** Who uses the maps of a twin at the same time: see {@link Traits.scope}. */
export interface ScopeOptions {
  /** Who uses the old map. */
  readonly old?: Traits["scope"];
  /** Who uses the new map. */
  readonly new?: Traits["scope"];
}

/** Options for a twin of which a side answers with promises; each has a default. */
export interface AsyncTwinOptions<K, V> extends TwinOptions<K, V> {
  /**
   * Whether `one` twin, in one process, is all that writes to the two stores, or `many` do. With `many`, each copy of a key is
   * followed by a read of the side that it came from, and repeated while that has changed. Give twins of one process
   * that share the two stores the same `name`: each then asks the others whether they were writing a key before it reports a diff.
   * @default {"many"}
   */
  readonly instances?: "one" | "many";
  /**
   * How long a write waits for the other side at most, in milliseconds: with `mirror: "inline"`, and where too many keys wait to be
   * copied. The key is copied all the same.
   * @default {1_000}
   */
  readonly mirrorTimeoutMs?: number;
  /**
   * For how long, in milliseconds, a write that timed out or lost its connection may still take effect: longer than all time-outs of
   * the client and the server. Only then is its key copied again.
   * @default {10_000}
   */
  readonly unknownMs?: number;
  /**
   * After which times, in milliseconds, a key that was found different is looked at again. A difference is a diff if all of these
   * looks confirm it, and late if one of them does not find it any more.
   * @default {[1_000, 5_000, 30_000]}
   */
  readonly settleMs?: readonly number[];
  /**
   * A map for the keys that are to be copied again, so that they outlive the process: each with the time at which this instance wrote
   * it, in milliseconds since 1970, or 0 if it may be another instance's. It is read when the twin is made: until then no move is made,
   * and no look counts. Each instance needs a map of its own, which must not evict, or let all entries expire. If it fails, any key may be missing in it, and the evidence is void.
   * @default {null}
   */
  readonly journal?: ConcurrentMap<K, number> | Map<K, number> | AsyncConcurrentMap<K, number> | null;
  /**
   * For how long, in milliseconds, no synchronous call may have come before a twin of a synchronous old map moves to `live`, where
   * such calls throw.
   * @default {3_600_000}
   */
  readonly syncIdleMs?: number;
  /**
   * Who shares each map, where that is not what its trait `scope` says. If the new map is shared more widely than the old one, each
   * instance has an old map of its own: it then compares and copies the keys of that one alone, and deletes nothing else.
   * @default the traits of the maps
   */
  readonly scope?: ScopeOptions;
}

/** {@link AsyncTwinOptions} with their defaults. */
export type CheckedAsyncOptions<K, V> = CheckedOptions<K, V> & AsyncSettings;

const MAX_MS = 2 ** 31 - 1;

const TIMES: Rule = {
  must: "be a list of 1 to 10 numbers of milliseconds above 0",
  isOfType: (value) => Array.isArray(value) && value.every((ms) => typeof ms === "number"),
  isInRange: (value: readonly number[]) =>
    value.length >= 1 && value.length <= 10 && value.every((ms) => ms > 0 && ms <= MAX_MS),
};

type OwnOptions = Pick<
  Required<AsyncTwinOptions<unknown, unknown>>,
  Exclude<keyof AsyncSettings, "isNamed"> | "settleMs"
>;

const RULES: Rules<OwnOptions> = {
  instances: oneOf("one", "many"),
  mirrorTimeoutMs: numberAbove(0, MAX_MS),
  unknownMs: numberAbove(0, MAX_MS),
  settleMs: TIMES,
  journal: orNull(withMethods("set", "delete", "entries")),
  syncIdleMs: numberAbove(0, MAX_MS),
  scope: OBJECT,
};

const SCOPE_RULES: Rules<ScopeOptions> = { old: oneOf(...SCOPES), new: oneOf(...SCOPES) };

const DEFAULTS: OwnOptions = {
  instances: "many",
  mirrorTimeoutMs: 1_000,
  unknownMs: 10_000,
  settleMs: [1_000, 5_000, 30_000],
  journal: null,
  syncIdleMs: 3_600_000,
  scope: {},
};

/**
 * Checks the options of a twin of which a side answers with promises, and fills in the defaults.
 *
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If an option is out of its range.
 */
export function checkAsyncTwinOptions<K, V>(options: AsyncTwinOptions<K, V> | undefined): CheckedAsyncOptions<K, V> {
  const checked = checkTwinOptions<K, V, OwnOptions>(options, RULES, DEFAULTS);
  return {
    ...checked,
    isNamed: options?.name !== undefined,
    scope: checkOptions("create a twin", checked.scope, SCOPE_RULES, {}, "scope"),
  };
}
