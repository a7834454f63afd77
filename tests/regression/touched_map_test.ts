/**
 * A subclass of `Map` that moves what is read to its end, as a cache does, was copied without end, since the walk met again
 * what it had read; and comparing it made it evict other keys than its callers would have.
 */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";

/** Keeps the entries that were used last. */
class RecentMap extends Map<string, number> {
  readonly max: number;

  constructor(max: number) {
    super();
    this.max = max;
  }

  override get(key: string): number | undefined {
    const value = super.get(key);
    if (super.delete(key)) super.set(key, value as number);
    return value;
  }

  override set(key: string, value: number): this {
    super.delete(key);
    if (this.size === this.max) super.delete(this.keys().next().value as string);
    return super.set(key, value);
  }
}

class PeekedMap extends RecentMap {
  peek(key: string): number | undefined {
    return Map.prototype.get.call(this, key);
  }
}

describe("TwinMap, over a Map that is changed by get", () => {
  for (const [name, oldMap] of [["RecentMap", new RecentMap(9)], ["PeekedMap", new PeekedMap(9)]] as const) {
    it(`copies all of a ${name}, even of one whose callers read meanwhile, and ends`, async () => {
      for (const key of "abcdef") oldMap.set(key, 1);
      const newMap = new Map<string, number>();
      const clock = new ManualClock(0.01);
      const users = twin(oldMap, newMap, { clock, slice: 0.01 });
      users.stage("dualwrite");
      const filled = users.backfill();
      for (let read = 0; read < 20; read++) {
        users.get("abcdef"[read % 6] as string);
        await clock.advance(0.03);
      }
      await clock.advance(10);
      const { state, done, total } = users.report().backfill;
      assertEquals({ state, done, total }, { state: "done", done: 6, total: 6 });
      await filled;
      assertEquals(new Set(newMap.keys()), new Set("abcdef"));
      assertEquals(await clock.until(users.sweep()), true);
    });
  }

  for (const peeks of ["its own method", "an option"]) {
    it(`leaves its order alone, where it names a peek by ${peeks}`, async () => {
      const clock = new ManualClock();
      const oldMap = peeks === "an option" ? new RecentMap(3) : new PeekedMap(3);
      const peek = (key: string) => Map.prototype.get.call(oldMap, key) as number | undefined;
      const adopted = NativeMap.adopt(oldMap, peeks === "an option" ? { peek } : {});
      for (const key of "abc") oldMap.set(key, 1);
      const users = twin(adopted, new Map(), { clock });
      await moveTo(users, clock, "shadow");
      users.has("a");
      await clock.until(users.sweep());
      assertEquals([users.report().compared, [...oldMap.keys()]], [4, ["a", "b", "c"]]);
    });
  }
});
