import type { Deadlines } from "../../src/async/deadlines.ts";
import { inTime } from "../../src/async/in_time.ts";
import type { AsyncConcurrentMap, AsyncExpiringMap } from "../../src/async_concurrent_map.ts";
import { backingsOf } from "../../src/backing.ts";
import type { Clock } from "../../src/clock.ts";
import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { lift } from "../../src/lift.ts";
import { hasMethod } from "../../src/options.ts";
import type { IdentifiedKey } from "../pair/identified_key.ts";
import { asyncIterated } from "../pair/walk.ts";

/** How many changes are made at a time. */
const BATCH = 64;

/**
 * A map of the owner's for the keys of a journal: each with the time at which it was found to be this instance's own, or 0 if that is
 * not known.
 */
export type AnyJournalMap<K> = ConcurrentMap<K, number> | Map<K, number> | AsyncConcurrentMap<K, number>;

/** What a {@link JournalMap} works with. */
export interface JournalMapSetting {
  readonly clock: Clock;
  /** How long to wait for the map. */
  readonly patience: Deadlines;
  /** How many changes may wait. */
  readonly maxPending: number;
  /** Called if the map fails, does not answer in time, or is too slow: it does not hold what it should. */
  readonly failed: () => void;
}

interface Change<K> {
  readonly key: K;
  readonly state: "own" | "in" | "gone";
}

/**
 * The owner's map in which the keys of a journal outlive the process. It is written off the caller's path, a batch of changes after
 * the other; of the changes to one key that wait, only the last is made.
 */
export class JournalMap<K> {
  readonly #map: AsyncConcurrentMap<K, number>;
  readonly #setting: JournalMapSetting;
  readonly #changes = new Map<unknown, Change<K>>();
  #isWriting = false;

  /** @throws {TypeError} If one of `sides` has the same entries, or the map loses entries by itself. */
  constructor(map: AnyJournalMap<K>, sides: readonly object[], setting: JournalMapSetting) {
    this.#map = isAsync(map) ? map : lift(map);
    this.#setting = setting;
    const backings = sides.flatMap(backingsOf);
    if (backingsOf(this.#map).some((backing) => backings.includes(backing))) {
      throw new TypeError("Cannot create a twin: journal must be a map of its own: received the old or the new map");
    }
    const { evicts, expires } = this.#map.traits;
    if (evicts || expires === "map") {
      const what = evicts ? "evicts" : "lets entries expire";
      throw new TypeError(`Cannot create a twin: journal must keep its entries: received a map that ${what}`);
    }
  }

  /**
   * Calls `found` with up to `max` keys that the map holds, and whether each is this instance's own. Calls `failed` if there are more,
   * or it cannot be read.
   */
  async read(max: number, found: (key: K, isOwn: boolean) => void): Promise<void> {
    let left = max;
    let isOver = false;
    const reading = async () => {
      for await (const [key, ownSinceMs] of asyncIterated(this.#map.entries())) {
        if (isOver) return;
        if (left-- === 0) throw new RangeError("The journal holds more keys than it may");
        found(key, ownSinceMs > 0);
      }
    };
    await this.#watched(reading());
    isOver = true;
  }

  /** Has the map hold what is known of a key, as soon as that may be. */
  change({ key, id }: IdentifiedKey<K>, state: Change<K>["state"]): void {
    const { maxPending, failed } = this.#setting;
    if (!this.#changes.has(id) && this.#changes.size >= maxPending) return failed();
    this.#changes.set(id, { key, state });
    if (!this.#isWriting) this.#write();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#changes.size > 0) {
      const batch: Change<K>[] = [];
      for (const [id, change] of this.#changes) {
        if (batch.length === BATCH) break;
        this.#changes.delete(id);
        batch.push(change);
      }
      await Promise.all(batch.map((change) => this.#watched(this.#make(change))));
    }
    this.#isWriting = false;
  }

  async #make({ key, state }: Change<K>): Promise<void> {
    if (state === "gone") return void await this.#map.delete(key);
    const ownSinceMs = state === "own" ? Math.max(1, this.#setting.clock.now()) : 0;
    if (this.#map.traits.expires === "never") await this.#map.set(key, ownSinceMs);
    else await (this.#map as AsyncExpiringMap<K, number>).set(key, ownSinceMs, { ttlMs: Infinity });
  }

  async #watched(work: Promise<void>): Promise<void> {
    const { patience, failed } = this.#setting;
    if (await inTime(work, patience)) await work.catch(failed);
    else failed();
  }
}

function isAsync<K>(map: AnyJournalMap<K>): map is AsyncConcurrentMap<K, number> {
  return hasMethod(map, Symbol.asyncIterator);
}
