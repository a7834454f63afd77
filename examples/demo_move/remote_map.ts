import { AbstractAsyncMap, type AsyncMapOptions, type ConcurrentMap, type Traits } from "@twinmap/twinmap";
import type { Connection } from "./connection.ts";

/** A map at the other end of a connection. */
export class RemoteMap<K, V> extends AbstractAsyncMap<K, V> {
  readonly #map: ConcurrentMap<K, V>;

  constructor(map: ConcurrentMap<K, V>, connection: Connection, options: AsyncMapOptions) {
    const entryOf = (key: K) => map.has(key) ? { value: map.get(key) as V } : undefined;
    super({
      get: (key) => connection.send(() => entryOf(key)),
      getMany: (keys) => connection.send(() => keys.map(entryOf)),
      set: (key, value) => connection.send(() => map.set(key, value)),
      setMany: (entries) => connection.send(() => entries.forEach(([key, value]) => map.set(key, value))),
      delete: (key) => connection.send(() => map.delete(key)),
      deleteMany: (keys) => connection.send(() => keys.forEach((key) => map.delete(key))),
      entries: async function* () {
        yield* await connection.send(() => [...map]);
      },
    }, options);
    this.#map = map;
  }

  override get traits(): Traits {
    const { atomic, snapshot } = super.traits;
    return { ...this.#map.traits, atomic, snapshot };
  }
}
