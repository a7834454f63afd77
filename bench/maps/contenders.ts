/** The maps that are measured, and how each is written to and read. */
import hamt from "hamt_plus";
import { Map as ImmutableMap } from "immutable";
import { HashMap } from "js-sdsl";
import { LRUCache } from "lru-cache";
import { HashTrieMap, IntMap, IntNumberMap, NativeMap, ReadDirtyMap, ShardedMap } from "../../mod.ts";
import { LruMap } from "../../src/lru/lru_map.ts";
import { KEY_KINDS, type KeyKind } from "./keys.ts";

/** How a map is used, as source code over `map`, `key` and the number `i`. */
export interface Code {
  readonly get: string;
  readonly set: string;
  readonly delete: string;
  readonly iterate: string;
  readonly snapshot: string;
}

/** A map that is measured. */
export interface Contender {
  readonly name: string;
  /** Whether it belongs to this module. */
  readonly isOurs: boolean;
  readonly keyKinds: readonly KeyKind[];
  /** The size up to which it is measured. */
  readonly most: number;
  readonly create: (entries: number) => unknown;
  readonly code: Code;
  /** A map that every write copies is filled in a form that can be changed in place. */
  readonly thaw?: (map: unknown) => unknown;
  readonly freeze?: (map: unknown) => unknown;
}

/** Like ECMAScript's `Map`. */
const MAP_CODE: Code = {
  get: "map.get(key)",
  set: "map.set(key, i)",
  delete: "map.delete(key)",
  iterate: "for (const [, value] of map) sum ^= value",
  snapshot: "[...map]",
};
const OUR_CODE: Code = { ...MAP_CODE, snapshot: "map.snapshot()" };
const MILLION = 1_000_000;

type Immutable = ImmutableMap<unknown, unknown>;

const ours = (name: string, create: Contender["create"], most: number, keyKinds: readonly KeyKind[] = KEY_KINDS) => ({
  name,
  isOurs: true,
  keyKinds,
  most,
  create,
  code: OUR_CODE,
});

const peer = (name: string, create: Contender["create"], code: Partial<Code>, most = MILLION) => ({
  name,
  isOurs: false,
  keyKinds: KEY_KINDS,
  most,
  create,
  code: { ...MAP_CODE, ...code },
});

export const CONTENDERS: readonly Contender[] = [
  ours("NativeMap", () => new NativeMap(), MILLION),
  ours("ShardedMap", () => new ShardedMap(), 10 * MILLION),
  ours("ReadDirtyMap", () => new ReadDirtyMap(), MILLION),
  ours("HashTrieMap", () => new HashTrieMap(), MILLION),
  ours("IntMap", () => new IntMap(), 10 * MILLION, ["whole numbers"]),
  ours("IntNumberMap", () => new IntNumberMap(), 10 * MILLION, ["whole numbers"]),
  ours("LruMap", (entries) => new LruMap({ max: entries }), MILLION),
  peer("Map", () => new Map(), {}, 10 * MILLION),
  peer("object", () => ({}), {
    get: "map[key]",
    set: "map[key] = i",
    delete: "delete map[key]",
    iterate: "for (const key in map) sum ^= map[key]",
    snapshot: "Object.entries(map)",
  }),
  peer("lru-cache", (entries) => new LRUCache({ max: entries }), {}),
  {
    ...peer("immutable", () => ImmutableMap(), {
      set: "map = map.set(key, i)",
      delete: "map = map.delete(key)",
      snapshot: "map",
    }),
    thaw: (map) => (map as Immutable).asMutable(),
    freeze: (map) => (map as Immutable).asImmutable(),
  },
  {
    ...peer("hamt_plus", () => hamt.empty, {
      set: "map = map.set(key, i)",
      delete: "map = map.remove(key)",
      snapshot: "map",
    }),
    thaw: (map) => hamt.beginMutation(map),
    freeze: (map) => hamt.endMutation(map),
  },
  peer("js-sdsl", () => new HashMap(), {
    get: "map.getElementByKey(key)",
    set: "map.setElement(key, i)",
    delete: "map.eraseElementByKey(key)",
  }),
];

/** @throws {RangeError} If there is no such contender. */
export function contenderNamed(name: string): Contender {
  const found = CONTENDERS.find((contender) => contender.name === name);
  if (found) return found;
  const names = CONTENDERS.map((contender) => contender.name).join(", ");
  throw new RangeError(`Cannot measure a map: its name must be one of ${names}: received ${name}`);
}
