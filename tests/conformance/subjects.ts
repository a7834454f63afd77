/** Every map that the conformance suite tests. */
import { assert, assertEquals } from "@std/assert";
import {
  AdaptiveMap,
  type ConcurrentMap,
  ForwardingMap,
  HashTrieMap,
  hotKeys,
  IntMap,
  IntNumberMap,
  NativeMap,
  ReadDirtyMap,
  ShardedMap,
  type Stage,
  twin,
} from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import { SharedMap, type TableMap } from "@twinmap/twinmap/shared";
import { SqliteMap } from "@twinmap/twinmap/sqlite";
import { WasmMap } from "@twinmap/twinmap/wasm";
import fc from "fast-check";
import { MixedKeyMap } from "../../src/int/mixed_key_map.ts";
import { DatabaseSync } from "node:sqlite";
import { checkTrie } from "./hash_trie_structure.ts";
import { checkIntTable } from "./int_structure.ts";
import { MinimalMap } from "./minimal_map.ts";

/** A map that the suite tests. */
export interface Subject {
  readonly name: string;
  readonly make: () => ConcurrentMap<unknown, unknown>;
  /** Few keys, so that operations meet. */
  readonly keys: fc.Arbitrary<unknown>;
  readonly values: fc.Arbitrary<unknown>;
  /** Throws if the map violates its own invariants. */
  readonly checkStructure?: (map: ConcurrentMap<unknown, unknown>) => void;
}

const objects = [{}, [], () => {}];

/** Keys of every type, some of which are easily confused. */
const anyKeys = fc.constantFrom<unknown>(
  ...[0, -0, 1, "1", "", "a", "b", 1.5, NaN, Infinity, 2 ** 31, 2 ** 40, 1n, -1n, true, false, null, undefined],
  ...[Symbol.iterator, Symbol("a"), Symbol("a"), ...objects],
);
const anyValues = fc.constantFrom<unknown>(0, -0, 1, "1", NaN, undefined, null, ...objects);
const any = { keys: anyKeys, values: anyValues };

/** The 4 lowest bits of a hash that distinguishes types and small numbers. */
const fourBits = (key: unknown) => (typeof key).length * 7 + (Number(typeof key === "symbol" ? 3 : key) | 0) & 15;

const sharded = (name: string, options: ConstructorParameters<typeof ShardedMap>[0]): Subject => ({
  name: `ShardedMap ${name}`,
  make: () => new ShardedMap(options),
  ...any,
  checkStructure: (map) => {
    const { shardSizes, overflowSize } = map as ShardedMap<unknown, unknown>;
    assertEquals(shardSizes.reduce((sum, size) => sum + size, overflowSize), map.size);
  },
});

const readDirty: Subject = {
  name: "ReadDirtyMap",
  make: () => new ReadDirtyMap(),
  ...any,
  checkStructure: (map) => {
    const { read, dirty, amended, misses } = (map as ReadDirtyMap<unknown, unknown>).structure;
    assert(misses < Math.max(dirty, 1), "enough misses promote dirty");
    assert(amended || misses === 0, "without new keys there are no misses");
    assert((amended ? dirty : read) >= map.size, "the map that is complete has every key");
  },
};

const hashTrie = (name: string, hash?: (key: unknown) => number): Subject => ({
  name: `HashTrieMap ${name}`,
  make: () => new HashTrieMap({ hash }),
  ...any,
  checkStructure: (map) => checkTrie(map as HashTrieMap<unknown, unknown>),
});

const integers = fc.constantFrom<unknown>(
  ...[0, -0, 1, -1, 2, 3, 65_536, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 33 + 1],
  ...[-(2 ** 32) + 1, 2 ** 40, 1_700_000_000_000, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
);
const numbers = fc.constantFrom<unknown>(0, -0, 1, -1, 1.5, 2 ** 31, -(2 ** 31), NaN, Infinity, -Infinity, 5e-324);

const intMap = (name: string, keys: fc.Arbitrary<unknown>, values = anyValues): Subject => ({
  name: `IntMap ${name}`,
  make: () => new IntMap() as ConcurrentMap<unknown, unknown>,
  keys,
  values,
  checkStructure: (map) => checkIntTable((map as unknown as IntMap<unknown>).structure, map.size),
});

const intNumberMap = (name: string, keys: fc.Arbitrary<unknown>): Subject => ({
  name: `IntNumberMap ${name}`,
  make: () => new IntNumberMap() as unknown as ConcurrentMap<unknown, unknown>,
  keys,
  values: numbers,
  checkStructure: (map) => checkIntTable((map as unknown as IntNumberMap).structure, map.size),
});

/** Strings and integers of every stored form, some of which are easily confused. */
const storedKeys = fc.constantFrom<unknown>(
  ...[0, -0, 1, "1", "", "a", "ab", "abc", "abcd", "a\0", "ÿ", "Ā", "a".repeat(41), "a".repeat(42), "é".repeat(100)],
  ...["\ud800", "😀".repeat(60), 2 ** 31, 2 ** 32, -(2 ** 40), Number.MAX_SAFE_INTEGER, ...Array(20).keys()],
);
const primitives = fc.constantFrom<unknown>(
  ...[0, -0, 1, "1", 1.5, NaN, Infinity, 2 ** 31, undefined, null, true, false, "", "a\0", "ÿ", "Ā", "\ud800"],
  ...["x".repeat(30), "x".repeat(1_000), "Ā".repeat(1_000)],
);

/** One map, cleared each time: allocating memory for another takes Bun a millisecond. */
const table = (name: string, map: TableMap<never, unknown>): Subject => ({
  name,
  make: () => {
    map.clear();
    return map as unknown as ConcurrentMap<unknown, unknown>;
  },
  keys: storedKeys,
  values: primitives,
});

/** A table in memory, emptied each time. */
const sqlite = (name: string, map: SqliteMap<never, unknown>): Subject => ({
  name: `SqliteMap ${name}`,
  make: () => {
    map.clear();
    return map as unknown as ConcurrentMap<unknown, unknown>;
  },
  keys: storedKeys,
  values: primitives,
});

/** A twin at `stage`: to its callers it is one of its two maps. */
function twinAt(stage: Stage): Subject {
  return {
    name: `TwinMap at ${stage}`,
    make: () => {
      const map = twin<unknown, unknown>(new NativeMap(), new NativeMap());
      if (stage !== "off") map.stage("dualwrite");
      if (stage === "shadow") map.stage("shadow");
      return map;
    },
    ...any,
  };
}

/** The maps; those that hash come with bad hashes, too. */
export const SUBJECTS: readonly Subject[] = [
  { name: "NativeMap", make: () => new NativeMap(), ...any },
  { name: "NativeMap that adopted a Map", make: () => NativeMap.adopt(new Map()), ...any },
  sharded("that begins with one shard", {}),
  sharded("that begins with 256 shards", { shards: 256 }),
  sharded("with a constant hash", { shards: 8, hash: () => 5 }),
  sharded("with a hash of 4 bits", { shards: 64, hash: fourBits }),
  readDirty,
  hashTrie("with its own hash"),
  hashTrie("with a constant hash", () => 5),
  hashTrie("with a hash of 4 bits", fourBits),
  hashTrie("with a hash of the 4 highest bits", (key) => fourBits(key) << 28),
  intMap("of small and large keys", integers),
  intMap("of numbers", integers, fc.oneof({ weight: 9, arbitrary: numbers }, { weight: 1, arbitrary: anyValues })),
  intNumberMap("of small and large keys", integers),
  { name: "MinimalMap", make: () => new MinimalMap(), ...any },
  { name: "ForwardingMap of a HashTrieMap", make: () => new ForwardingMap(new HashTrieMap()), ...any },
  { name: "HotKeysMap of a NativeMap", make: () => hotKeys(new NativeMap(), { top: 1 }), ...any },
  { name: "HotKeysMap of a ReadDirtyMap", make: () => hotKeys(new ReadDirtyMap(), { top: 1 }), ...any },
  { name: "LruMap with max", make: () => new LruMap({ max: 1_000 }), ...any },
  {
    name: "LruMap with maxSize and ttlMs",
    make: () => new LruMap({ maxSize: 1e9, sizeOf: () => 1, ttlMs: 1e9 }),
    ...any,
  },
  table("WasmMap", new WasmMap({ maxBytes: 2 ** 20 })),
  table("SharedMap", SharedMap.attach(SharedMap.create({ maxBytes: 2 ** 20 }).handle)),
  sqlite("in memory", new SqliteMap(new DatabaseSync(":memory:"), { table: "entries" })),
  sqlite("with ttlMs", new SqliteMap(new DatabaseSync(":memory:"), { table: "entries", ttlMs: 1e9 })),
  { name: "AdaptiveMap", make: () => new AdaptiveMap(), ...any },
  { name: "MixedKeyMap", make: () => new MixedKeyMap(), ...any },
  twinAt("off"),
  twinAt("dualwrite"),
  twinAt("shadow"),
];
