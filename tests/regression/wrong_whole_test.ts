/** A new map with a wrong size or iteration passed a sweep, as long as it answered each key right. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { AbstractMap, NativeMap, type Traits, twin, type TwinOptions } from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import { ManualClock } from "../../testing/manual_clock.ts";

type Entry = [string, number];

/** What callers are given who do not ask for one key. */
interface Fault {
  readonly size?: (size: number) => number;
  readonly entries?: (entries: Entry[]) => Iterable<Entry>;
  readonly keys?: (keys: string[]) => Iterable<string>;
}

/** Answers each key right, and otherwise as the fault says. */
class WrongMap extends AbstractMap<string, number> {
  readonly #map: Map<string, number>;
  readonly #fault: Fault;
  readonly #order: Traits["order"];

  constructor(entries: readonly Entry[], order: Traits["order"], fault: Fault) {
    super();
    this.#map = new Map(entries);
    this.#order = order;
    this.#fault = fault;
  }

  override get traits(): Traits {
    return { ...super.traits, order: this.#order, iteration: "live" };
  }

  override get size(): number {
    return this.#fault.size?.(this.#map.size) ?? this.#map.size;
  }

  override get(key: string): number | undefined {
    return this.#map.get(key);
  }

  override has(key: string): boolean {
    return this.#map.has(key);
  }

  override set(key: string, value: number): this {
    this.#map.set(key, value);
    return this;
  }

  override delete(key: string): boolean {
    return this.#map.delete(key);
  }

  override *entries(): MapIterator<Entry> {
    yield* this.#fault.entries === undefined ? this.#map.entries() : this.#fault.entries([...this.#map]);
  }

  override *keys(): MapIterator<string> {
    const { keys, entries } = this.#fault;
    if (keys !== undefined) yield* keys([...this.#map.keys()]);
    else if (entries === undefined) yield* this.#map.keys();
    else for (const [key] of this.entries()) yield key;
  }
}

const ENTRIES = Array.from({ length: 20 }, (_, at): Entry => [`k${at}`, at]);

const FAULTS: { readonly [description: string]: Fault } = {
  "a size that is one too large": { size: (size) => size + 1 },
  "a size that is one too small": { size: (size) => size - 1 },
  "an iteration that leaves an entry out": { entries: (entries) => entries.toSpliced(7, 1) },
  "an iteration that leaves the last entry out": { entries: (entries) => entries.slice(0, -1) },
  "an iteration that gives an entry twice": { entries: (entries) => entries.toSpliced(7, 0, ...entries.slice(7, 8)) },
  "an iteration that gives the last entry twice": { entries: (entries) => [...entries, ...entries.slice(-1)] },
  "an iteration that gives one entry for another": { entries: (entries) => entries.with(3, entries[8] as Entry) },
  "an iteration that gives a key that is absent": { entries: (entries) => [...entries, ["none", 1]] },
  "an iteration that gives a wrong value": { entries: (entries) => entries.with(5, ["k5", -1]) },
  "keys that leave one out": { keys: (keys) => keys.toSpliced(7, 1) },
  "keys that give one twice": { keys: (keys) => [...keys, "k3"] },
  "keys that give one for another": { keys: (keys) => keys.with(3, "k8") },
};

function rig(side: "old" | "new", order: Traits["order"], fault: Fault, options: TwinOptions<string, number> = {}) {
  const clock = new ManualClock(0.01);
  const [wrong, right] = [new WrongMap(ENTRIES, order, fault), new WrongMap(ENTRIES, order, {})];
  const sides = side === "old" ? [wrong, right] as const : [right, wrong] as const;
  const users = twin<string, number>(...sides, { clock, reveal: true, ...options });
  users.stage("dualwrite");
  return { clock, users };
}

describe("sweep(), of two maps that answer each key alike", () => {
  for (const [description, fault] of Object.entries(FAULTS)) {
    for (const order of ["insertion", "none"] as const) {
      for (const side of ["new", "old"] as const) {
        it(`finds ${description} in the ${side} map (order: ${order})`, async () => {
          const { clock, users } = rig(side, order, fault);
          assertEquals(await clock.until(users.sweep()), false);
          const { diffs, sweep, recent: [diff] } = users.report();
          assertEquals([diffs, sweep.diffs, sweep.clean, sweep.state], [1, 1, false, "done"]);
          assert(["result", "order", "value"].includes(diff?.kind ?? ""), diff?.kind);
          assert(diff?.old !== diff?.new);
        });
      }

      it(`does not call a new map clean with ${description} under writes (order: ${order})`, async () => {
        const { clock, users } = rig("new", order, fault, { slice: 0.1 });
        const swept = users.sweep();
        for (let i = 0; users.report().sweep.state !== "done"; i++) {
          users.set(`k${i % 3}`, i);
          await clock.advance(5);
        }
        assertEquals(await swept, false);
        const { diffs, sweep } = users.report();
        // Between two writes, the sizes might differ for a moment: whenever they are looked at, that may be so.
        assertEquals([diffs, sweep.inconclusive], fault.size === undefined ? [1, 0] : [0, 1]);
      });
    }

    it(`finds nothing between two maps that both have ${description}`, async () => {
      const clock = new ManualClock();
      const [oldMap, newMap] = [new WrongMap(ENTRIES, "none", fault), new WrongMap(ENTRIES, "none", fault)];
      const users = twin<string, number>(oldMap, newMap, { clock });
      users.stage("dualwrite");
      const isValueWrong = description.includes("wrong value");
      assertEquals(await clock.until(users.sweep()), !isValueWrong);
    });
  }

  it("says what it found, without a key or a value where it may not reveal them", async () => {
    const found = async (fault: Fault, reveal: boolean) => {
      const { clock, users } = rig("new", "none", fault, { reveal });
      await clock.until(users.sweep());
      const [{ operation, kind, key, old: oldText, new: newText } = {}] = users.report().recent;
      return [operation, kind, key, oldText, newText];
    };
    const { size, entries } = {
      ...FAULTS["a size that is one too large"],
      ...FAULTS["an iteration that leaves an entry out"],
    };
    for (const reveal of [true, false]) {
      assertEquals(await found({ size: size! }, reveal), ["sweep", "result", "", "the size is 20", "the size is 21"]);
      const [, , key, ...texts] = await found({ entries: entries! }, reveal);
      assertEquals(texts, ["entries() gives the key once", "entries() gives the key 0 times"]);
      assertEquals(key === '"k7"', reveal);
    }
  });

  it("is late if the size was right by the time it was looked at again", async () => {
    let tooMany = 1;
    const { clock, users } = rig("new", "none", { size: (size) => size + tooMany });
    const swept = users.sweep();
    await clock.advance(20);
    tooMany = 0;
    assertEquals(await clock.until(swept), false);
    assertEquals([users.report().diffs, users.report().sweep.late], [0, 1]);
  });

  it("leaves sizes alone where entries may be evicted, and where keys are never compared", async () => {
    const clock = new ManualClock();
    const evicting = new LruMap<string, number>({ max: 3 });
    const cached = twin(new NativeMap<string, number>(), evicting, { clock });
    cached.stage("dualwrite");
    for (const [key, value] of ENTRIES) cached.set(key, value);
    assertEquals(await clock.until(cached.sweep()), true);
    assertEquals([evicting.size, cached.report().sweep.evicted], [3, 17]);

    const ignoring = twin(new Map(ENTRIES), new Map(ENTRIES.slice(1)), { clock, ignore: (key) => key === "k0" });
    ignoring.stage("dualwrite");
    assertEquals(await clock.until(ignoring.sweep()), true);
  });

  it("is aborted if there is no end of keys", async () => {
    const { clock, users } = rig("new", "none", {
      keys: function* (keys) {
        for (;;) yield* keys;
      },
    });
    await assertRejects(() => clock.until(users.sweep()), RangeError, "Cannot walk a map");
  });
});
