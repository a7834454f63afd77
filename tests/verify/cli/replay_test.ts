import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { lift, twin } from "@twinmap/twinmap";
import { setImmediate } from "node:timers/promises";
import { InputError } from "../../../verify/cli/input_error.ts";
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

  it("goes through a store in the order of the trace, and loads what misses", async () => {
    const oldMap = new Map<string, ReplayedValue>();
    const users = twin(lift(oldMap), new Map<string, ReplayedValue>(), { instances: "one", settleMs: [1] });
    const replay = new Replay(users, true);
    await replay.moveTo("shadow");

    async function* trace(): AsyncGenerator<TraceOperation[]> {
      yield [
        { line: 2, name: "set", key: "a", sizeBytes: 7 },
        { line: 3, name: "delete", key: "a", sizeBytes: 0 },
        { line: 4, name: "get", key: "a", sizeBytes: 0 },
        { line: 5, name: "has", key: "b", sizeBytes: 0 },
      ];
    }
    await replay.run(trace(), new AbortController().signal);
    await replay.sweep("shadow");
    assertEquals([...oldMap], [["a", { line: 4, sizeBytes: 0 }]]);
    const { sweep, diffs, operations } = users.report();
    assertEquals([sweep.clean, diffs, operations], [true, 0, { reads: 2, writes: 3 }]);
    users.close();
  });

  it("gives the line at which a store failed", async () => {
    const store = lift(new Map<string, ReplayedValue>());
    store.get = () => Promise.reject(new Error("no disk"));
    const users = twin(store, new Map<string, ReplayedValue>());
    const { message } = await assertRejects(
      () => new Replay(users, false).run(reads(1), new AbortController().signal),
      InputError,
    );
    assertEquals(message, "line 2: the map that answers threw: no disk");
    users.close();
  });
});
