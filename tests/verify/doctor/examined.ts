/** Maps as the doctor sees them. */
import { AbstractAsyncMap, type Traits } from "@twinmap/twinmap";
import { InvalidValueError } from "../../../src/stores/codec.ts";
import type { ExaminedMap } from "../../../verify/doctor/examined_map.ts";

/** A map of these entries, with these traits. Its walk goes on to `entries`, whatever that throws. */
export class DeclaringMap extends AbstractAsyncMap<unknown, unknown> {
  readonly #traits: Partial<Traits>;
  /** The keys that it was asked for. */
  readonly asked: unknown[] = [];

  constructor(traits: Partial<Traits> = {}, entries: () => AsyncIterable<[unknown, unknown]> = nothing) {
    super({
      get: (key) => void this.asked.push(key),
      set: () => {
        throw new Error("the doctor writes nothing");
      },
      delete: () => {
        throw new Error("the doctor writes nothing");
      },
      entries,
      failureOf: () => undefined,
    });
    this.#traits = traits;
  }

  override get traits(): Traits {
    return { ...super.traits, ...this.#traits };
  }
}

async function* nothing(): AsyncGenerator<[unknown, unknown]> {}

/** Stands for a value that cannot be decoded. */
export const UNREADABLE: unique symbol = Symbol();

/** A map over a store. */
class StoreMap extends AbstractAsyncMap<unknown, unknown> {}

/** A map that cannot decode some of its values. */
export function partlyReadable(entries: ReadonlyMap<unknown, unknown>): StoreMap {
  const decoded = (key: unknown) => {
    const value = entries.get(key);
    if (value === UNREADABLE) throw new InvalidValueError("S", key, "", "it is not JSON");
    return value === undefined ? undefined : { value };
  };
  const refuse = () => {
    throw new Error("the doctor writes nothing");
  };
  return new StoreMap({
    get: decoded,
    set: refuse,
    delete: refuse,
    entries: async function* () {
      for (const key of entries.keys()) yield [key, decoded(key)!.value];
    },
    keys: async function* () {
      yield* entries.keys();
    },
    failureOf: () => undefined,
  });
}

/** A map that exists, and what is known of it. */
export function examined(map: ExaminedMap["map"] = new DeclaringMap(), known: Partial<ExaminedMap> = {}): ExaminedMap {
  return { name: "DeclaringMap", map, isSynchronous: false, exists: true, ...known };
}

/** A map of these traits. */
export function declaring(traits: Partial<Traits>, known: Partial<ExaminedMap> = {}): ExaminedMap {
  return examined(new DeclaringMap(traits), known);
}
