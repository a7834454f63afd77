/** A module that `twinmap replay` takes for a map: one that tells a test what is done to it, and does it then. */

/** What a test does when its map is used; it may throw. */
export interface Watch {
  onSet?: (key: unknown, value: unknown) => void;
  onWalk?: () => void;
}

/** What is told of the maps that are made from now on. */
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
