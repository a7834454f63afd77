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
  type Traits,
  twin,
} from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import { SharedMap, type TableMap } from "@twinmap/twinmap/shared";
import { SqliteMap } from "@twinmap/twinmap/sqlite";
import { WasmMap } from "@twinmap/twinmap/wasm";
import { DatabaseSync } from "node:sqlite";
import type { ConformanceOptions } from "@twinmap/twinmap/testing";
import { MixedKeyMap } from "../../src/int/mixed_key_map.ts";
import { checkTrie } from "./hash_trie_structure.ts";
import { checkIntTable } from "./int_structure.ts";
import { MinimalMap } from "./minimal_map.ts";

/** A map that the suite tests. */
export interface Subject extends ConformanceOptions<unknown, unknown> {
  readonly name: string;
}

const LIVE: Partial<Traits> = { order: "insertion", iteration: "live" };
const HASH_TRIE: Partial<Traits> = { iteration: "snapshot", snapshot: "constant", maxEntries: 2 ** 32 };

/** The 4 lowest bits of a hash that distinguishes types and small numbers. */
const fourBits = (key: unknown) => (typeof key).length * 7 + (Number(typeof key === "symbol" ? 3 : key) | 0) & 15;

const sharded = (name: string, options: ConstructorParameters<typeof ShardedMap>[0]): Subject => ({
  name: `ShardedMap ${name}`,
  make: () => new ShardedMap(options),
  traits: { maxEntries: 2 ** 31 - 1 },
  check: (map) => {
    const { shardSizes, overflowSize } = map as ShardedMap<unknown, unknown>;
    assertEquals(shardSizes.reduce((sum, size) => sum + size, overflowSize), map.size);
  },
});

const readDirty: Subject = {
  name: "ReadDirtyMap",
  make: () => new ReadDirtyMap(),
  check: (map) => {
    const { read, dirty, amended, misses } = (map as ReadDirtyMap<unknown, unknown>).structure;
    assert(misses < Math.max(dirty, 1), "enough misses promote dirty");
    assert(amended || misses === 0, "without new keys there are no misses");
    assert((amended ? dirty : read) >= map.size, "the map that is complete has every key");
  },
};

const hashTrie = (name: string, hash?: (key: unknown) => number): Subject => ({
  name: `HashTrieMap ${name}`,
  make: () => new HashTrieMap({ hash }),
  traits: HASH_TRIE,
  check: (map) => checkTrie(map as HashTrieMap<unknown, unknown>),
});

const NUMBERS = [0, -0, 1, -1, 1.5, 2 ** 31, -(2 ** 31), NaN, Infinity, -Infinity, 5e-324];

const intMap = (name: string, values?: readonly unknown[]): Subject => ({
  name: `IntMap ${name}`,
  make: () => new IntMap() as ConcurrentMap<unknown, unknown>,
  traits: { keys: "integers", maxEntries: 2 ** 31 },
  values,
  check: (map) => checkIntTable((map as unknown as IntMap<unknown>).structure, map.size),
});

const intNumberMap: Subject = {
  name: "IntNumberMap",
  make: () => new IntNumberMap() as unknown as ConcurrentMap<unknown, unknown>,
  traits: { keys: "integers", values: "numbers", maxEntries: 2 ** 31 },
  check: (map) => checkIntTable((map as unknown as IntNumberMap).structure, map.size),
};

/** One map, cleared each time: allocating memory for another takes Bun a millisecond. */
const table = (name: string, map: TableMap<never, unknown>, scope: Traits["scope"]): Subject => ({
  name,
  make: () => {
    map.clear();
    return map as unknown as ConcurrentMap<unknown, unknown>;
  },
  traits: { keys: "strings and integers", values: "copy", maxEntries: map.traits.maxEntries, scope },
});

/** A table in memory, emptied each time. */
const sqlite = (name: string, options: { readonly ttlMs?: number }): Subject => {
  const map = new SqliteMap<never, unknown>(new DatabaseSync(":memory:"), { table: "entries", ...options });
  return {
    name: `SqliteMap ${name}`,
    make: () => {
      map.clear();
      return map as unknown as ConcurrentMap<unknown, unknown>;
    },
    traits: {
      keys: "strings, integers and bytes",
      values: "copy",
      maxEntries: Infinity,
      maxKeyBytes: 1e9,
      maxValueBytes: 1e9,
      scope: "store",
      expires: options.ttlMs === undefined ? "never" : "entry",
    },
  };
};

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
    traits: LIVE,
  };
}

/** The maps; those that hash come with bad hashes, too. */
export const SUBJECTS: readonly Subject[] = [
  { name: "NativeMap", make: () => new NativeMap(), traits: LIVE },
  { name: "NativeMap that adopted a Map", make: () => NativeMap.adopt(new Map()), traits: LIVE },
  sharded("that begins with one shard", {}),
  sharded("that begins with 256 shards", { shards: 256 }),
  sharded("with a constant hash", { shards: 8, hash: () => 5 }),
  sharded("with a hash of 4 bits", { shards: 64, hash: fourBits }),
  readDirty,
  hashTrie("with its own hash"),
  hashTrie("with a constant hash", () => 5),
  hashTrie("with a hash of 4 bits", fourBits),
  hashTrie("with a hash of the 4 highest bits", (key) => fourBits(key) << 28),
  intMap("of any values"),
  intMap("of numbers", [...NUMBERS, "1"]),
  intNumberMap,
  { name: "MinimalMap", make: () => new MinimalMap() },
  { name: "ForwardingMap of a HashTrieMap", make: () => new ForwardingMap(new HashTrieMap()), traits: HASH_TRIE },
  { name: "HotKeysMap of a NativeMap", make: () => hotKeys(new NativeMap(), { top: 1 }), traits: LIVE },
  { name: "HotKeysMap of a ReadDirtyMap", make: () => hotKeys(new ReadDirtyMap(), { top: 1 }) },
  {
    name: "LruMap with max",
    make: () => new LruMap({ max: 1_000 }),
    traits: { maxEntries: 1_000, evicts: true, touches: true },
  },
  {
    name: "LruMap with maxSize and ttlMs",
    make: () => new LruMap({ maxSize: 1e9, sizeOf: () => 1, ttlMs: 1e9 }),
    traits: { evicts: true, touches: true, expires: "entry" },
  },
  table("WasmMap", new WasmMap({ maxBytes: 2 ** 20 }), "thread"),
  table("SharedMap", SharedMap.attach(SharedMap.create({ maxBytes: 2 ** 20 }).handle), "process"),
  sqlite("whose entries never expire", {}),
  sqlite("whose entries expire", { ttlMs: 1e9 }),
  { name: "AdaptiveMap", make: () => new AdaptiveMap() },
  { name: "MixedKeyMap", make: () => new MixedKeyMap() },
  twinAt("off"),
  twinAt("dualwrite"),
  twinAt("shadow"),
];
