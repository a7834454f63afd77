/**
 * What a thread leaves in memory when it is terminated between two steps of an operation. The tests write the words themselves:
 * see `src/shared/assembly/layout.ts` for where they are, and `src/shared/assembly/split.ts` for the steps.
 */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CapacityError, SharedMap } from "@twinmap/twinmap/shared";

const EPOCH_AT = 16;
const TOP_AT = 304;
const COUNT_AT = 320;
const SWEEP_AT = 336;
const SLOTS_AT = 1392;
const FIRST_LEVEL = 4;
const SLOTS = 2 ** FIRST_LEVEL;
const BLOCK_MASK = 2 ** 26 - 1;
const MARK = FIRST_LEVEL << 26;
const BLOCK_WORDS = 16;
const HASH = 1;

/** Few enough that the map does not grow by itself. Half of them take more than one block. */
const KEYS: readonly string[] = ["a", "b", "c", "d"].flatMap((key) => [key, key.repeat(90)]);

type Map = SharedMap<string, number | string>;

function mapOfKeys(): { map: Map; words: Int32Array } {
  const map: Map = SharedMap.create({ maxBytes: 2 ** 18 });
  for (const key of KEYS) map.set(key, key);
  const words = new Int32Array(map.handle.memory.buffer);
  assertEquals(words[EPOCH_AT], FIRST_LEVEL);
  return { map, words };
}

const wordOf = (words: Int32Array, at: number) => words[at] as number;
const linkAt = (slot: number) => SLOTS_AT + 2 * slot;
const isMarked = (words: Int32Array, slot: number) => wordOf(words, linkAt(slot)) >>> 26 !== 0;
const isWritten = (words: Int32Array, slot: number) => words[linkAt(slot) + 1] !== 0;

function exchange(words: Int32Array, slot: number, link: number): void {
  words[linkAt(slot)] = link;
  words[linkAt(slot) + 1] = wordOf(words, linkAt(slot) + 1) + 1;
}

/** The first step of the split of every slot: each is marked. */
function mark(words: Int32Array): void {
  words[EPOCH_AT] = FIRST_LEVEL + 1;
  words[SWEEP_AT] = 2 * SLOTS;
  for (let slot = 0; slot < SLOTS; slot++) exchange(words, slot, wordOf(words, linkAt(slot)) | MARK);
}

/** The second step: each child has copies of what belongs to it. */
function writeChildren(words: Int32Array): void {
  for (let slot = 0; slot < SLOTS; slot++) {
    const child = slot + SLOTS;
    let link = 0;
    for (let head = wordOf(words, linkAt(slot)) & BLOCK_MASK; head !== 0; head = wordOf(words, head * BLOCK_WORDS)) {
      if ((wordOf(words, head * BLOCK_WORDS + HASH) & 2 * SLOTS - 1) !== child) continue;
      const copy = wordOf(words, TOP_AT);
      words[TOP_AT] = copy + 1;
      words.copyWithin(copy * BLOCK_WORDS, head * BLOCK_WORDS, (head + 1) * BLOCK_WORDS);
      words[copy * BLOCK_WORDS] = link;
      link = copy;
    }
    exchange(words, child, link);
  }
}

function assertHolds(map: Map, expected: readonly [string, number | string][]): void {
  for (const [key, value] of expected) assertEquals([map.has(key), map.get(key)], [true, value]);
  assertEquals(map.size, expected.length);
  assertEquals([...map].sort(), [...expected].sort());
}

const STEPS: readonly (readonly [string, (words: Int32Array) => void])[] = [
  ["before the first child is written", mark],
  ["before the first parent is written again", (words) => {
    mark(words);
    writeChildren(words);
  }],
];

for (const [when, leave] of STEPS) {
  describe(`A split that was left ${when}`, () => {
    it("does not change what is read, counted and iterated over", () => {
      const { map, words } = mapOfKeys();
      leave(words);
      assertHolds(map, KEYS.map((key) => [key, key]));
      assertEquals([map.has("e"), map.get("f")], [false, undefined]);
    });

    it("is completed by whoever writes to what belongs to it", () => {
      const { map, words } = mapOfKeys();
      leave(words);
      const other: Map = SharedMap.attach(map.handle);
      for (const [at, key] of KEYS.entries()) (at % 2 === 0 ? map : other).set(key, at);
      for (const view of [map, other]) assertHolds(view, KEYS.map((key, at) => [key, at]));
      for (const key of KEYS) assertEquals([map.delete(key), other.has(key)], [true, false]);
      for (let slot = 0; slot < SLOTS; slot++) {
        if (!isMarked(words, slot)) assertEquals(isWritten(words, slot + SLOTS), true);
      }
      assertHolds(map, []);
      for (let at = 0; at < 2_000; at++) map.set(`${at}`, at);
      for (let slot = 0; slot < SLOTS; slot++) assertEquals(isMarked(words, slot), false);
      assertHolds(other, Array.from({ length: 2_000 }, (_, at) => [`${at}`, at]));
    });

    it("is cleared with the other slots", () => {
      const { map, words } = mapOfKeys();
      leave(words);
      map.clear();
      assertHolds(map, []);
      for (const key of KEYS) map.set(key, 1);
      assertHolds(map, KEYS.map((key) => [key, 1]));
    });
  });
}

describe("A value that was read while its slot was being split", () => {
  it("is not taken for the value after it was moved and replaced", () => {
    const { map, words } = mapOfKeys();
    mark(words);
    const other: Map = SharedMap.attach(map.handle);
    for (const key of KEYS) assertEquals([map.get(key), map.get(key)], [key, key]);
    writeChildren(words);
    // What belongs to a child is written there, and its parent stays marked.
    for (const key of KEYS) {
      other.set(key, 1);
      assertEquals(map.get(key), 1);
    }
  });
});

/** The first step of a clearing, after which no entry counts: the generation is another one. */
function beginClearing(words: Int32Array): void {
  words[EPOCH_AT] = wordOf(words, EPOCH_AT) + 32;
}

describe("A clearing that was left before anything was freed", () => {
  it("has removed what another thread has kept", () => {
    const { map, words } = mapOfKeys();
    for (const key of KEYS) assertEquals([map.get(key), map.get(key)], [key, key]);
    beginClearing(words);
    map.set("new", 1);
    assertEquals([map.get("new"), map.get("new")], [1, 1]);
    for (const key of KEYS) assertEquals([map.get(key), map.has(key)], [undefined, false]);
    assertHolds(map, [["new", 1]]);
  });

  it("leaves its memory to whoever needs it first", () => {
    const map = SharedMap.create<number, string>({ maxBytes: 2 ** 16 });
    const fill = () => {
      let count = 0;
      assertThrows(() => {
        for (;; count++) map.set(count, "l".repeat(300));
      }, CapacityError);
      return count;
    };
    const count = fill();
    beginClearing(new Int32Array(map.handle.memory.buffer));
    assertEquals(map.size, 0);
    assertEquals(fill(), count);
  });

  it("lets update begin anew, if it came while that was computing", () => {
    const { map, words } = mapOfKeys();
    const seen: unknown[] = [];
    const updated = map.update("a", (current) => {
      if (seen.push(current) === 1) beginClearing(words);
      return `${current}!`;
    });
    assertEquals([seen, updated], [["a", undefined], "undefined!"]);
    assertHolds(map, [["a", "undefined!"]]);
  });
});

describe("A thread that was terminated before it counted what it did", () => {
  it("does not make the map grow", () => {
    const { map, words } = mapOfKeys();
    map.clear();
    words[COUNT_AT] = -5;
    for (let round = 0; round < 100; round++) map.set("a", round);
    assertEquals(wordOf(words, EPOCH_AT) & 31, FIRST_LEVEL);
    assertHolds(map, [["a", 99]]);
  });
});
