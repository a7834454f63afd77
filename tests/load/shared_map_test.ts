import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CapacityError, SharedMap } from "@twinmap/twinmap/shared";
import { DEATHS_AT, RECLAIMED_AT } from "../../src/shared/layout.ts";
import { freeLost } from "../../src/shared/lost_blocks.ts";
import { Table } from "../../src/shared/table.ts";
import { blocksOf } from "../../tools/soak/blocks.ts";
import type { HammerMap as Map } from "../../tools/soak/hammer.ts";
import { HammeredMap } from "../../tools/soak/hammered_map.ts";

/** The number of blocks in reserve. */
const RESERVE = 1024;

const create = (maxBytes: number): Map => SharedMap.create({ maxBytes });

describe("SharedMap, used by several workers at once,", () => {
  it("is linearizable with every method while memory is reused", async () => {
    const hammered = new HammeredMap(create(2 ** 20));
    const workers = [1, 2, 3].map((seed) => hammered.start(seed, { operations: 4_000, fillers: 1, fillersKept: 3 }));
    await Promise.all(workers.map(({ ended }) => ended));
    assertEquals(hammered.returned >= 3 * 3_000, true);
    hammered.check();
    assertLess(hammered.map.size, 20);
  });

  it("is linearizable while it grows", async () => {
    const hammered = new HammeredMap(create(2 ** 26));
    const workers = [4, 5, 6].map((seed) =>
      hammered.start(seed, { operations: 3_000, fillers: 4, fillersKept: Infinity })
    );
    await Promise.all(workers.map(({ ended }) => ended));
    hammered.check();
    const fillers = [...hammered.map.keys()].filter((key) => String(key).startsWith("filler"));
    assertEquals(new Set(fillers).size, fillers.length);
    assert(fillers.length >= 3 * 4 * 2_500, `${fillers.length} are there`);
  });

  it("is linearizable while it is cleared, loses no memory, and has the right size in the end", async () => {
    const hammered = new HammeredMap(create(2 ** 21));
    await meanwhile(hammered, 20, { operations: 3_000, fillers: 2, fillersKept: 300 }, () => {
      hammered.clear();
      const keys = [...hammered.map.keys()];
      assertEquals(new Set(keys).size, keys.length);
    });
    hammered.check();
    const { map } = hammered;
    const keys = [...map.keys()];
    assertEquals([map.size, new Set(keys).size], [keys.length, keys.length]);
    for (const key of keys) assertEquals(map.has(key), true);
    assertAllIsThere(map);
  });

  it("keeps what living workers hold when it looks for what dead ones have lost", async () => {
    const hammered = new HammeredMap(create(2 ** 18));
    const { memory } = hammered.map.handle;
    const words = new Int32Array(memory.buffer);
    const { exports } = new Table("SharedMap", memory);
    let looks = 0;
    await meanwhile(hammered, 100, { operations: 6_000, fillers: 1, fillersKept: 100 }, () => {
      for (let look = 0; look < 10; look++) {
        const deaths = Atomics.add(words, DEATHS_AT, 1) + 1;
        assertEquals(freeLost(words, exports), false);
        if (Atomics.load(words, RECLAIMED_AT) === deaths) looks++;
      }
    });
    assert(looks > 0);
    hammered.check();
    assertEquals(blocksOf(hammered.map.handle).lost, 0);
    assertAllIsThere(hammered.map);
  });

  it("yields each key that is present throughout exactly once while others make it grow", async () => {
    const map = create(2 ** 24);
    for (let key = 0; key < 500; key++) map.set(`steady ${key}`, key);
    const more = { operations: 2_000, fillers: 8, fillersKept: Infinity };
    await meanwhile(new HammeredMap(map), 10, more, () => {
      const entries = [...map];
      assertEquals(new Set(entries.map(([key]) => key)).size, entries.length);
      const steady = entries.filter(([key]) => String(key).startsWith("steady"));
      assertEquals(steady.length, 500);
      for (const [key, value] of steady) assertEquals(key, `steady ${value}`);
      assert(map.size >= 500);
    });
    assertEquals(map.size, [...map].length);
  });

  it("stays right and usable when workers are terminated in the middle of anything", async () => {
    for (let map = 0; map < 3; map++) {
      const hammered = new HammeredMap(create(2 ** 21));
      const more = { operations: 50_000, fillers: 10, fillersKept: 100 };
      const steady = hammered.start(7 + map, { ...more, operations: 4_000 });
      for (let round = 0; round < 2; round++) {
        const before = hammered.returned;
        const { worker, ended } = hammered.start(10 + 2 * map + round, more);
        await until(() => hammered.returned > before + 300 + 37 * map);
        await hammered.terminate(worker);
        await ended;
      }
      await hammered.settled();
      await steady.ended;
      hammered.check();
      // An engine may take a while to end a thread.
      await until(() => {
        hammered.map.clear();
        return blocksOf(hammered.map.handle).lost === 0;
      });
      assertAllIsThere(hammered.map);
    }
  });
});

/** Calls `act` `times` times while two workers hammer a map, each time after they have done something. */
async function meanwhile(
  hammered: HammeredMap,
  times: number,
  options: Parameters<HammeredMap["start"]>[1],
  act: () => void,
): Promise<void> {
  const workers = [20, 21].map((seed) => hammered.start(seed, options));
  let areWorking = true;
  const ended = Promise.all(workers.map(({ ended }) => ended)).finally(() => areWorking = false);
  for (let time = 0; time < times; time++) {
    const before = hammered.returned;
    await until(() => hammered.returned > before || !areWorking);
    act();
  }
  Atomics.store(hammered.clock, 1, 1);
  await ended;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

/** Lets messages of workers arrive. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

/** Throws if a map that others used has less room than before. */
function assertAllIsThere(map: Map): void {
  map.clear();
  assertEquals(map.size, 0);
  let count = 0;
  assertThrows(() => {
    for (;; count++) map.set(count, count);
  }, CapacityError);
  assertEquals(map.size, count);
  assert(count >= map.traits.maxEntries - RESERVE, `${count} of ${map.traits.maxEntries} fit`);
}
