import type { Difference } from "./difference.ts";
import { evicts } from "./eviction.ts";
import { expires } from "./expiry.ts";
import type { Look, Maybe, WholeWalk } from "./pair.ts";
import { traitOf } from "./traits.ts";
import { sizeOf } from "./walk.ts";
import type { WholeSetting } from "./whole_setting.ts";

/**
 * Compares two synchronous maps as wholes: first their sizes, then what an iteration gives.
 *
 * The sizes are read in one step. They tell nothing where a side may still count an entry that it evicted or that expired, where
 * some keys are never compared, or where one side is shared more widely than the other. If others write both maps too, they may
 * be between two writes: then a difference is never quiet.
 */
export class SyncWholeWalk<K, V> implements WholeWalk<K> {
  readonly #setting: WholeSetting<K, V>;
  readonly #iteration: WholeWalk<K>;
  #isBegun = false;
  #sizes: Look<K> | undefined;

  /** @param iteration Compares what an iteration gives. */
  constructor(setting: WholeSetting<K, V>, iteration: WholeWalk<K>) {
    this.#setting = setting;
    this.#iteration = iteration;
  }

  step(): Maybe<boolean> {
    if (this.#isBegun) return this.#iteration.step();
    this.#isBegun = true;
    this.#sizes = this.#lookAtSizes();
    return this.#sizes === undefined;
  }

  get look(): Look<K> {
    return this.#sizes ?? this.#iteration.look;
  }

  restart(): void {
    this.#isBegun = false;
    this.#iteration.restart();
  }

  end(): void {
    this.#iteration.end();
  }

  /** `undefined` if they are equal, or tell nothing. */
  #lookAtSizes(): Look<K> | undefined {
    const { oldMap, newMap, ignores, operations, versions } = this.#setting;
    const forgets = [oldMap, newMap].some((map) => evicts(map) || expires(map));
    if (forgets || ignores !== undefined || traitOf(oldMap, "scope") !== traitOf(newMap, "scope")) return undefined;
    const { writes } = operations;
    const [oldSize, newSize] = [sizeOf(oldMap), sizeOf(newMap)];
    if (Object.is(oldSize, newSize)) return undefined;
    const difference: Difference<K> = { kind: "result", keys: [], old: sizeText(oldSize), new: sizeText(newSize) };
    const quiet = operations.writes === writes && traitOf(oldMap, "scope") === "thread";
    return { difference, evicted: false, quiet, version: versions.latest };
  }
}

function sizeText(size: number): string {
  return `the size is ${size}`;
}
