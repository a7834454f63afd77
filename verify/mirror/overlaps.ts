import type { RunCallback } from "./key_write.ts";

/** Writes to one key that overlap. */
export interface Overlap {
  /** How many of them are under way. */
  writes: number;
  /** Whether another write may have been under way at the same time as one of them. */
  wasAny: boolean;
  /** Whether one of them has set the key, or removed it. */
  isOwn: boolean;
  /** What a function of a caller's threw last, in the middle of one of them: a write that fails with that has changed nothing. */
  thrown: { readonly error: unknown } | undefined;
}

/** The writes that are under way, for each key. All methods are O(1). */
export class Overlaps {
  readonly #overlaps = new Map<unknown, Overlap>();

  /**
   * A write to the key with this `id` begins.
   *
   * @param mayOverlap Whether an earlier one that has ended may still take effect.
   */
  begin(id: unknown, mayOverlap: boolean): Overlap {
    let overlap = this.#overlaps.get(id);
    if (overlap === undefined) {
      this.#overlaps.set(id, overlap = { writes: 0, wasAny: false, isOwn: false, thrown: undefined });
    }
    if (overlap.writes++ > 0 || mayOverlap) overlap.wasAny = true;
    return overlap;
  }

  /** A write to the key with this `id` has ended. */
  end(id: unknown): void {
    const overlap = this.#overlaps.get(id) as Overlap;
    if (--overlap.writes === 0) this.#overlaps.delete(id);
  }
}

/** A function that runs `callback` by `run`, and notes what it throws. */
export function watched<P, R>(
  callback: (value: P) => R | PromiseLike<R>,
  run: RunCallback,
  overlap: Overlap,
): (value: P) => Promise<R> {
  return async (value) => {
    try {
      return await run(() => callback(value));
    } catch (error) {
      overlap.thrown = { error };
      throw error;
    }
  };
}
