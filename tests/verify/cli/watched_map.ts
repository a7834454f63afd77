/** A module for `twinmap replay`: its maps call back into the test before they act. */

/** The callbacks of a test; they may throw. */
export interface Watch {
  onSet?: (key: unknown, value: unknown) => void;
  onWalk?: () => void;
}

/** The callbacks of the maps created from now on. */
export const watched: { by: Watch } = { by: {} };

class WatchedMap<K, V> extends Map<K, V> {
  readonly #watch: Watch = watched.by;

  override set(key: K, value: V): this {
    this.#watch.onSet?.(key, value);
    return super.set(key, value);
  }

  override keys(): MapIterator<K> {
    this.#watch.onWalk?.();
    return super.keys();
  }
}

export default function make<K, V>(): Map<K, V> {
  return new WatchedMap();
}
