/** How every class and function that takes options refuses wrong ones. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { AdaptiveMap, HashTrieMap, hotKeys, ShardedMap, twin } from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import { SharedMap } from "@twinmap/twinmap/shared";
import { WasmMap } from "@twinmap/twinmap/wasm";

type Make = (options: never) => unknown;

const shared = SharedMap.create({ maxBytes: 2 ** 16 });

const MAKERS: readonly [action: string, make: Make][] = [
  ["create ShardedMap", (options) => new ShardedMap(null, options)],
  ["create HashTrieMap", (options) => new HashTrieMap(null, options)],
  ["create LruMap", (options) => new LruMap(null, options)],
  ["create AdaptiveMap", (options) => new AdaptiveMap(null, options)],
  ["create SharedMap", (options) => SharedMap.create(null, options)],
  ["attach SharedMap", (options) => SharedMap.attach(shared.handle, options)],
  ["create WasmMap", (options) => new WasmMap(null, options)],
  ["observe a map", (options) => hotKeys(new Map(), options)],
  ["create a twin", (options) => twin(new Map(), new Map(), options)],
];

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Values that are hard to show, and how messages describe them. */
const AWKWARD: readonly [value: unknown, said: string][] = [
  [Object.create(null), "an object without a prototype"],
  [revoked(), "an object"],
  [Symbol("mine"), "Symbol(mine)"],
  [10n ** 1_000_000n, "bigint"],
  ["x".repeat(2 ** 20), `"${"x".repeat(100)}…"`],
  [Symbol("x".repeat(2 ** 20)), `Symbol(${"x".repeat(100)}…)`],
  [null, "null"],
];

for (const [action, make] of MAKERS) {
  describe(`the options to ${action}`, () => {
    it("must all be known", () => {
      for (const name of ["shard", "toString", "__proto__", "x".repeat(2 ** 20)]) {
        const options = JSON.parse(`{ ${JSON.stringify(name)}: 1 }`) as never;
        const { message } = assertThrows(() => make(options), TypeError, `Cannot ${action}: unknown option "`);
        assert(message.includes('"; known: '), message);
        assert(message.length < 300, message);
      }
    });

    it("must be an object that is not iterable", () => {
      for (const wrong of [null, 1, "max", () => {}]) {
        assertThrows(() => make(wrong as never), TypeError, `Cannot ${action}: options must be an object: received`);
      }
      for (const wrong of [[], [1], new Map([["top", 1]])]) {
        const must = `Cannot ${action}: options must be an object that is not iterable: received a`;
        assertThrows(() => make(wrong as never), TypeError, must);
      }
      assertThrows(() => make(revoked() as never), TypeError, `Cannot ${action}: options cannot be read`);
    });
  });
}

describe("an option", () => {
  it("is refused with its name, what is allowed and what was received", () => {
    const options: readonly [Make, string][] = [
      [
        (shards) => new ShardedMap({ shards }),
        "Cannot create ShardedMap: shards must be a power of two from 1 to 65536",
      ],
      [(hash) => new HashTrieMap({ hash }), "Cannot create HashTrieMap: hash must be a function"],
      [(max) => new LruMap({ max }), "Cannot create LruMap: max must be a whole number from 1 to 8388608"],
      [(top) => hotKeys(new Map(), { top }), "Cannot observe a map: top must be a whole number from 1 to 1000"],
      [
        (clock) => new AdaptiveMap({ clock }),
        "Cannot create AdaptiveMap: clock must have the methods now, monotonicMs and schedule",
      ],
      [(mirror) => twin(new Map(), new Map(), { mirror }), 'Cannot create a twin: mirror must be "inline" or "queued"'],
    ];
    for (const [make, must] of options) {
      for (const [value, said] of AWKWARD) {
        // A string is of the right type for a mirror, and out of range.
        const kind = typeof value === "string" && must.includes("mirror") ? RangeError : TypeError;
        const { message } = assertThrows(() => make(value as never), kind);
        assertEquals(message, `${must}: received ${said}`);
      }
    }
  });

  it("counts as absent if it is undefined", () => {
    assertEquals(new ShardedMap({ shards: undefined, hash: undefined }).shardSizes.length, 1);
    assertEquals(hotKeys(new Map(), { top: undefined }).top(), []);
  });

  it("is read once", () => {
    let reads = 0;
    const options = {
      get shards() {
        return ++reads === 1 ? 4 : 3;
      },
    };
    assertEquals([new ShardedMap(options).shardSizes.length, reads], [4, 1]);
  });
});
