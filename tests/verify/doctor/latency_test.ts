import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ManualClock } from "@twinmap/twinmap/testing";
import { latencyOf } from "../../../verify/doctor/latency.ts";
import { DeclaringMap, partlyReadable, UNREADABLE } from "./examined.ts";

/** A map whose calls take these times, one after the other. */
class SlowMap extends DeclaringMap {
  readonly clock = new ManualClock();
  readonly #times: number[];

  constructor(times: readonly number[]) {
    super();
    this.#times = [...times];
  }

  override async get(key: unknown): Promise<unknown> {
    this.asked.push(key);
    await this.clock.advance(this.#times.shift() as number);
    return undefined;
  }
}

const signal = new AbortController().signal;

describe("latencyOf()", () => {
  it("is the median and the longest time of fifty calls, after five to warm up", async () => {
    const times = [...Array(5).fill(1_000), 90, ...Array.from({ length: 49 }, (_, at) => at % 2 === 0 ? 10 : 30)];
    const map = new SlowMap(times);
    assertEquals(await latencyOf(map, ["a", "b"], signal, map.clock), { medianMs: 30, maxMs: 90, calls: 50 });
    assertEquals([map.asked.length, new Set(map.asked)], [55, new Set(["a", "b"])]);
  });

  it("counts a value that cannot be decoded, and throws any other error", async () => {
    const map = partlyReadable(new Map([["a", UNREADABLE]]));
    assertEquals((await latencyOf(map, ["a"], signal)).calls, 50);
    map.get = () => Promise.reject(new RangeError("a fault"));
    await assertRejects(() => latencyOf(map, ["a"], signal), RangeError, "a fault");
  });

  it("asks for a key that nobody uses if there is none", async () => {
    const map = new SlowMap(Array(55).fill(1));
    await latencyOf(map, [], signal, map.clock);
    assertEquals(new Set(map.asked), new Set([Number.MAX_SAFE_INTEGER]));
  });
});
