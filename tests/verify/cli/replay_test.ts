import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import { setImmediate } from "node:timers/promises";
import { Replay, type ReplayedValue } from "../../../verify/cli/replay.ts";
import type { TraceOperation } from "../../../verify/cli/trace/trace.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

/** A trace of `count` reads, each of a different key. */
async function* reads(count: number): AsyncGenerator<TraceOperation[]> {
  yield Array.from({ length: count }, (_, i) => ({ line: i + 2, name: "get", key: `k${i}`, sizeBytes: 0 }));
}

describe("Replay", () => {
  it("never gets so far ahead that comparisons are dropped, and waits for them at the end", async () => {
    const clock = new ManualClock();
    const users = twin<string, ReplayedValue>(new Map(), new Map(), { clock });
    const replay = new Replay(users, true);
    await clock.until(replay.moveTo("shadow"));

    const ended = replay.run(reads(100_000), new AbortController().signal);
    for (let before = -1; replay.operations > before;) {
      before = replay.operations;
      for (let turn = 0; turn < 10; turn++) await setImmediate();
    }
    const { pending, dropped } = users.report();
    assertEquals([replay.operations, pending, dropped], [32_768, 65_536, 0]);

    await clock.until(ended);
    const report = users.report();
    assertEquals([replay.operations, report.operations], [100_000, { reads: 100_000, writes: 100_000 }]);
    assertEquals([report.matched, report.pending, report.dropped], [200_000, 0, 0]);
  });
});
