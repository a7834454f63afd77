/** The ways in which a `FaultyMap` can misbehave. */
export type FaultName =
  | "throws"
  | "flaky"
  | "forgets"
  | "delays"
  | "duplicates"
  | "confuses"
  | "resurrects"
  | "reorders"
  | "repeats"
  | "loses-undefined"
  | "loses-negative-zero"
  | "confuses-types"
  | "drops-property";

/** The steps that all operations of a map are built from. */
export interface Steps<K, V> {
  get(key: K): V | undefined;
  has(key: K): boolean;
  set(key: K, value: V): void;
  delete(key: K): boolean;
  clear(): void;
  entries(): IteratorObject<[K, V], undefined, unknown>;
  size(): number;
}

/** How a faulty map differs from a correct one. Steps that are left out work correctly. */
export interface Misbehaviour<K, V> extends Partial<Steps<K, V>> {
  /** Runs before each operation. */
  before?(): void;
  /** Runs when the fault is taken away. */
  end?(): void;
}

/** A fault that can be planted. */
export interface Fault {
  /** What goes wrong, in words. */
  readonly description: string;
  /** Returns how `map` misbehaves from now on. */
  readonly plant: <K, V>(map: Steps<K, V>, now: () => number) => Misbehaviour<K, V>;
}

/** A fault that strikes now and then strikes one in this many operations. */
const NOW_AND_THEN = 5;
/** How late a delayed write takes effect. */
export const LAG_MS = 1_000;

/** The faults, by name. They strike by count, not at random, so that a run can be repeated. */
export const FAULTS: { readonly [name in FaultName]: Fault } = {
  throws: {
    description: "every operation throws",
    plant: () => ({
      before() {
        throw new Error("The map is out of order");
      },
    }),
  },

  flaky: {
    description: `one in ${NOW_AND_THEN} operations throws, and does nothing`,
    plant: () => {
      let operations = 0;
      return {
        before() {
          if (++operations % NOW_AND_THEN === 0) throw new Error("The map is out of order for a moment");
        },
      };
    },
  },

  forgets: {
    description: `one in ${NOW_AND_THEN} writes of a value is lost`,
    plant: (map) => {
      let writes = 0;
      return {
        set(key, value) {
          if (++writes % NOW_AND_THEN !== 0) map.set(key, value);
        },
      };
    },
  },

  delays: {
    description: `a write takes effect ${LAG_MS} ms late`,
    plant: (map, now) => {
      const late: { write: () => void; atMs: number }[] = [];
      const delay = (write: () => void) => void late.push({ write, atMs: now() + LAG_MS });
      const catchUp = (nowMs: number) => {
        while (late[0] !== undefined && late[0].atMs <= nowMs) late.shift()?.write();
      };
      return {
        before: () => catchUp(now()),
        set: (key, value) => delay(() => map.set(key, value)),
        delete: (key) => {
          delay(() => map.delete(key));
          return map.has(key);
        },
        clear: () => delay(() => map.clear()),
        end: () => catchUp(Infinity),
      };
    },
  },

  duplicates: {
    description: "a value lands on the key written before, too",
    plant: <K, V>(map: Steps<K, V>) => {
      let before: { key: K } | undefined;
      return {
        set(key: K, value: V) {
          map.set(key, value);
          if (before !== undefined) map.set(before.key, value);
          before = { key };
        },
      };
    },
  },

  confuses: {
    description: "a key answers with the value of the key written last",
    plant: <K, V>(map: Steps<K, V>) => {
      let last: { key: K } | undefined;
      return {
        get: (key: K) => map.get(last !== undefined && map.has(key) ? last.key : key),
        set(key: K, value: V) {
          map.set(key, value);
          last = { key };
        },
      };
    },
  },

  resurrects: {
    description: "a deleted key comes back",
    plant: <K, V>(map: Steps<K, V>) => {
      const deleted = new Map<K, V>();
      return {
        before() {
          for (const [key, value] of deleted) map.set(key, value);
          deleted.clear();
        },
        delete(key: K) {
          if (map.has(key)) deleted.set(key, map.get(key) as V);
          return map.delete(key);
        },
      };
    },
  },

  reorders: {
    description: "the last entry is visited first",
    plant: (map) => ({ entries: () => [...map.entries()].reverse().values() }),
  },

  repeats: {
    description: "the first entry is visited twice",
    plant: (map) => ({
      entries: () => map.entries().flatMap((entry, index) => index === 0 ? [entry, entry] : [entry]),
    }),
  },

  "loses-undefined": {
    description: "a key whose value is undefined is not kept",
    plant: (map) => ({
      set(key, value) {
        if (value === undefined) map.delete(key);
        else map.set(key, value);
      },
    }),
  },

  "loses-negative-zero": {
    description: "-0 becomes 0",
    plant: (map) => ({ set: (key, value) => map.set(key, withoutNegativeZero(value)) }),
  },

  "confuses-types": {
    description: `the numbers are taken for strings: 1 and "1" are one key`,
    plant: <K, V>(map: Steps<K, V>) => {
      const asText = (key: K) => typeof key === "number" ? String(key) as K : key;
      return {
        get: (key: K) => map.get(asText(key)),
        has: (key: K) => map.has(asText(key)),
        set: (key: K, value: V) => map.set(asText(key), value),
        delete: (key: K) => map.delete(asText(key)),
      };
    },
  },

  "drops-property": {
    description: "an object loses its last property",
    plant: (map) => ({ set: (key, value) => map.set(key, withoutLastProperty(value)) }),
  },
};

/** The names of the faults. */
export const FAULT_NAMES: readonly FaultName[] = Object.keys(FAULTS) as FaultName[];

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function withoutNegativeZero<V>(value: V): V {
  if (value === 0) return 0 as V;
  if (!isRecord(value) || !Object.values(value).some((property) => Object.is(property, -0))) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, property]) => [name, property === 0 ? 0 : property]),
  ) as V;
}

function withoutLastProperty<V>(value: V): V {
  return isRecord(value) ? Object.fromEntries(Object.entries(value).slice(0, -1)) as V : value;
}
