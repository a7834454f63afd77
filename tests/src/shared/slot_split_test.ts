import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SharedMap } from "@twinmap/twinmap/shared";
import {
  EPOCH_AT,
  FIRST_LEVEL,
  linkAt,
  SharedMemory,
  SPLIT_SHIFT,
  SWEEP_AT,
  versionAt,
} from "../../../src/shared/shared_memory.ts";

/** A map of ten keys, in the middle of the split of all its slots: as if that many threads had been terminated there. */
function splitting(): { map: SharedMap<number, number>; memory: SharedMemory } {
  const map = SharedMap.create<number, number>({ maxBytes: 2 ** 20 });
  for (let key = 0; key < 10; key++) map.set(key, key);
  const memory = new SharedMemory(map.handle);
  memory.growSlots(FIRST_LEVEL + 1);
  memory.words[EPOCH_AT] = FIRST_LEVEL + 1;
  memory.words[SWEEP_AT] = 2 << FIRST_LEVEL;
  for (let slot = 0; slot < 1 << FIRST_LEVEL; slot++) {
    const link = memory.words[linkAt(slot)] as number;
    memory.exchange(linkAt(slot), link, memory.words[versionAt(slot)] as number, link | FIRST_LEVEL << SPLIT_SHIFT);
  }
  return { map, memory };
}

const entries = (map: Iterable<[number, number]>) => [...map].sort(([a], [b]) => a - b);
const tens = Array.from({ length: 10 }, (_, key) => key);

describe("A slot that is being split", () => {
  it("is read as it was", () => {
    const { map } = splitting();
    assertEquals(map.size, 10);
    assertEquals(tens.map((key) => map.get(key)), tens);
    assertEquals(entries(map), tens.map((key) => [key, key]));
  });

  it("is split to the end by whoever writes to what belongs to it", () => {
    const { map, memory } = splitting();
    for (const key of tens) map.set(key, 2 * key);
    assertEquals(entries(map), tens.map((key) => [key, 2 * key]));
    for (const key of tens) assertEquals([map.delete(key), map.has(key)], [true, false]);
    const slots = Array.from({ length: 1 << FIRST_LEVEL }, (_, slot) => slot);
    for (const slot of slots) {
      const isMarked = (memory.words[linkAt(slot)] as number) >>> SPLIT_SHIFT !== 0;
      const isChildWritten = memory.words[versionAt(slot | 1 << FIRST_LEVEL)] !== 0;
      assertEquals(isMarked, !isChildWritten);
    }
    assertEquals(map.size, 0);
  });
});
