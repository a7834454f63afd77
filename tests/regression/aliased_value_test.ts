/**
 * Where one side keeps the object that was set, and the other one a copy, a value that was changed in place led to diffs of
 * kind `result` and `value`, though nothing was lost, or though nothing could be said about the map.
 */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { AbstractMap, type ConcurrentMap, NativeMap, type Traits, twin, type TwinMap } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";

interface Counter {
  n: number;
}

/** Keeps copies, as a store does. */
class CopyMap extends AbstractMap<string, Counter> {
  readonly #map = new Map<string, Counter>();

  override get traits(): Traits {
    return { ...super.traits, values: "copy" };
  }

  get(key: string): Counter | undefined {
    return structuredClone(this.#map.get(key));
  }

  has(key: string): boolean {
    return this.#map.has(key);
  }

  set(key: string, value: Counter): this {
    this.#map.set(key, structuredClone(value));
    return this;
  }

  delete(key: string): boolean {
    return this.#map.delete(key);
  }

  entries(): MapIterator<[string, Counter]> {
    return structuredClone(this.#map).entries();
  }
}

type Users = TwinMap<string, Counter>;
type Make = () => ConcurrentMap<string, Counter>;

const keeping: Make = () => new NativeMap();
const copying: Make = () => new CopyMap();
const PAIRS: [string, Make, Make][] = [
  ["an object and a copy", keeping, copying],
  ["a copy and an object", copying, keeping],
  ["a copy and a copy", copying, copying],
  ["an object and the same object", keeping, keeping],
];

function changed(counter: Counter | undefined): Counter | undefined {
  if (counter !== undefined) counter.n++;
  return counter;
}

/** What changes a value in place and loses nothing by it. */
const CHANGES: Record<string, (users: Users) => unknown> = {
  "update of a value in place": (users) => users.update("a", changed),
  "get, change, set": (users) => users.set("a", changed(users.get("a")) ?? { n: 0 }),
  "get, change, getAndSet": (users) => users.getAndSet("a", changed(users.get("a")) ?? { n: 0 }),
  "get, change, getAndDelete, set": (users) => {
    changed(users.get("a"));
    users.set("a", users.getAndDelete("a") ?? { n: 0 });
  },
  "a change of what getAndSet returned": (users) => changed(users.getAndSet("a", { n: 9 })),
  "a change of what getAndDelete returned": (users) => {
    changed(users.getAndDelete("a"));
    users.set("a", { n: 3 });
  },
};

async function rig(makeOld: Make, makeNew: Make, mirror: "inline" | "queued" = "inline") {
  const clock = new ManualClock();
  const newMap = makeNew();
  const users = twin(makeOld(), newMap, { clock, mirror, reveal: true });
  await moveTo(users, clock, "shadow");
  users.set("a", { n: 1 });
  await clock.advance(1_000);
  return { clock, newMap, users };
}

describe("a value that is changed in place", () => {
  for (const [pair, makeOld, makeNew] of PAIRS) {
    for (const mirror of ["inline", "queued"] as const) {
      for (const [name, change] of Object.entries(CHANGES)) {
        it(`is no diff after ${name}, where the sides keep ${pair}, mirrored ${mirror}`, async () => {
          const { clock, users } = await rig(makeOld, makeNew, mirror);
          for (let time = 0; time < 3; time++) {
            change(users);
            await clock.advance(1_000);
          }
          await clock.until(users.settle());
          const { recent, inconclusive } = users.report();
          assertEquals([recent, inconclusive, await clock.until(users.sweep())], [[], 0, true]);
        });
      }
    }
  }

  it("is a diff of kind aliased if it is not set again, and says where", async () => {
    for (const [, makeOld, makeNew] of PAIRS.slice(0, 1)) {
      const { clock, users } = await rig(makeOld, makeNew);
      changed(users.get("a"));
      await clock.until(users.settle());
      const [diff] = users.report().recent;
      assertEquals([diff?.kind, diff?.paths], ["aliased", [{ path: ".n", old: "2", new: "1" }]]);
    }
  });

  it("is told from a value that was lost when it was set", async () => {
    const { clock, users, newMap } = await rig(keeping, copying);
    Object.assign(newMap, { set: () => newMap });
    users.set("a", { n: 5 });
    await clock.until(users.settle());
    assertEquals(users.report().recent.map(({ kind }) => kind), ["value"]);
  });

  it("is not told from a lost one if its writes are not all seen", async () => {
    const clock = new ManualClock();
    const newMap = new CopyMap();
    const users = twin<string, Counter>(new NativeMap(), newMap, { clock, sample: 0 });
    users.stage("dualwrite");
    users.set("a", { n: 1 });
    await clock.until(users.sweep());
    Object.assign(newMap, { set: () => newMap });
    users.set("a", { n: 5 });
    assertEquals(await clock.until(users.sweep()), false);
    assertEquals(users.report().recent.map(({ kind }) => kind), ["value"]);
  });
});
