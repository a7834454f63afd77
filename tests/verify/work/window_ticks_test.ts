import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { makeKeyHash } from "../../../src/keys/key_hash.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { OperationSampler } from "../../../verify/sampling/operation_sampler.ts";
import type { OperationCounts } from "../../../verify/sampling/resting_counts.ts";
import { Ledger } from "../../../verify/stats/ledger.ts";
import { WindowTicks } from "../../../verify/work/window_ticks.ts";

function rig() {
  const clock = new ManualClock();
  const operations = new OperationSampler(1, clock);
  const ledger = new Ledger(operations, makeKeyHash(), clock.now());
  const used: OperationCounts[] = [];
  new WindowTicks(ledger, clock, (counts) => used.push(counts), () => {});
  const counts = () => used.at(-1) as OperationCounts;
  const reads = (last: number) => ledger.seconds.list(clock.now()).slice(-last).map((second) => second.reads);
  return { clock, operations, used, counts, reads };
}

describe("WindowTicks", () => {
  it("ticks at the end of the second, wherever in it the first operation comes", async () => {
    for (const startMs of [1, 500, 985, 989, 999]) {
      const { clock, counts, reads } = rig();
      await clock.advance(startMs);
      counts().reads++;
      await clock.advance(1_020);
      counts().reads += 2;
      await clock.advance(2_000);
      assertEquals(reads(5).filter((count) => count > 0), [1, 2], `${startMs} ms`);
    }
  });

  it("has operations counted by what wakes it only while it rests", async () => {
    const { clock, counts, operations, used } = rig();
    counts().writes++;
    counts().writes++;
    await clock.advance(1_000);
    assertEquals([used.length, counts() === operations, operations.writes], [2, true, 2]);
    await clock.advance(1_000);
    assertEquals([used.length, counts() === operations, clock.scheduled], [3, false, 0]);
    assertEquals([counts().reads, counts().writes], [0, 2]);
  });
});
