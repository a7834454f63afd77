import { AbstractMap } from "../../src/abstract_map.ts";
import { checkCallback } from "../../src/callback.ts";
import type { ConcurrentMap } from "../../src/concurrent_map.ts";

/**
 * A map whose iterations are answered by another one.
 *
 * @internal
 */
export abstract class WholeMap<K, V> extends AbstractMap<K, V> {
  /** The map that answers `operation`. Called once an operation. */
  protected abstract readWhole(operation: string): ConcurrentMap<K, V>;

  /** Calls `callback` for each entry. */
  override forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    checkCallback("forEach", callback);
    this.readWhole("forEach").forEach((value, key) => callback.call(thisArg, value, key, this));
  }

  /** Iterates over the entries, as `[key, value]`. */
  entries(): MapIterator<[K, V]> {
    return this.readWhole("entries").entries();
  }

  /** Iterates over the keys. */
  override keys(): MapIterator<K> {
    return this.readWhole("keys").keys();
  }

  /** Iterates over the values. */
  override values(): MapIterator<V> {
    return this.readWhole("values").values();
  }

  /** The entries as of this moment. */
  override snapshot(): Iterable<[K, V]> {
    return this.readWhole("snapshot").snapshot();
  }
}
