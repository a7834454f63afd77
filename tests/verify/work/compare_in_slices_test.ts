import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin, type TwinMap } from "@twinmap/twinmap";
import { ManualClock } from "../../../testing/manual_clock.ts";

/** Takes one millisecond each time it is read, and knows how much of a value is read between two turns of the event loop. */
class ReadingClock extends ManualClock {
  mostReads = 0;
  turns = 0;
  #reads = 0;

  constructor() {
    super(1);
  }

  override schedule(task: () => void, delayMs: number): void {
    super.schedule(() => {
      this.#reads = 0;
      this.turns++;
      task();
    }, delayMs);
  }

  read(): void {
    this.mostReads = Math.max(this.mostReads, ++this.#reads);
  }

  /** Rows that tell when they are read; the last one holds `last`. */
  rows(count: number, last = "the same"): object[] {
    const read = () => this.read();
    return Array.from({ length: count }, (_, id) => ({
      get id() {
        read();
        return id;
      },
      name: id === count - 1 ? last : "the same",
    }));
  }
}

function shadowing<V>(oldMap: Map<string, V>, newMap: Map<string, V>, clock: ManualClock): TwinMap<string, V> {
  const users = twin(oldMap, newMap, { clock });
  users.stage("dualwrite");
  users.stage("shadow");
  return users;
}

const longText = "x".repeat(10_000_000);

/** More parts than are ever compared, though they take little time: one long text, many times over. */
function tooLarge(): string[] {
  return new Array(1_000).fill(longText);
}

/** A slice is 4 ms, in which this clock can be read 4 times. */
const MOST_STEPS = 5 * 2_048;

describe("a comparison of large values", () => {
  it("goes on in slices", async () => {
    const clock = new ReadingClock();
    const users = shadowing(new Map([["a", clock.rows(20_000)]]), new Map([["a", clock.rows(20_000)]]), clock);
    users.get("a");
    await clock.until(users.settle());
    assertEquals(users.report().matched, 1);
    assert(clock.mostReads > 0 && clock.mostReads <= MOST_STEPS, `${clock.mostReads} reads in one turn`);
  });

  it("finds and confirms a difference at the end", async () => {
    const clock = new ReadingClock();
    const users = shadowing(
      new Map([["a", clock.rows(20_000)]]),
      new Map([["a", clock.rows(20_000, "other")]]),
      clock,
    );
    users.get("a");
    await clock.until(users.settle());
    const { matched, diffs, recent } = users.report();
    assertEquals([matched, diffs, recent[0]?.kind], [0, 1, "value"]);
  });

  it("goes on in slices of a sweep too", async () => {
    const clock = new ReadingClock();
    const entries = () => ["a", "b", "c"].map((key): [string, object[]] => [key, clock.rows(10_000)]);
    const users = shadowing(new Map(entries()), new Map(entries()), clock);
    assert(await clock.until(users.sweep()));
    assertEquals(users.report().matched, 3);
    assert(clock.mostReads > 0 && clock.mostReads <= MOST_STEPS, `${clock.mostReads} reads in one turn`);
  });

  it("is made again if a write to the key may have changed a value in place", async () => {
    const clock = new ReadingClock();
    const users = shadowing(new Map([["a", clock.rows(20_000)]]), new Map([["a", clock.rows(20_000)]]), clock);
    users.get("a");
    while (clock.mostReads === 0) await clock.advance(1);
    users.update("a", (rows) => {
      Object.assign(rows![0]!, { name: "changed" });
      return rows;
    });
    await clock.until(users.settle());
    const { diffs, inconclusive, late, matched } = users.report();
    assertEquals([diffs, inconclusive, late, matched > 0], [0, 0, 0, true]);
  });

  it("is inconclusive if the values have too many parts", async () => {
    const clock = new ManualClock();
    const users = shadowing(new Map([["a", tooLarge()]]), new Map([["a", tooLarge()]]), clock);
    users.get("a");
    await clock.until(users.settle());
    const { matched, diffs, inconclusive } = users.report();
    assertEquals([matched, diffs, inconclusive], [0, 0, 1]);
    assertEquals(await clock.until(users.sweep()), false);
  });

  it("is given up when the twin is closed", async () => {
    const clock = new ReadingClock();
    const users = shadowing(new Map([["a", clock.rows(20_000)]]), new Map([["a", clock.rows(20_000)]]), clock);
    users.get("a");
    while (clock.mostReads === 0) await clock.advance(1);
    users.close();
    const { turns } = clock;
    await clock.advance(10_000);
    assertEquals(users.report().inconclusive, 1);
    assert(clock.turns <= turns + 3, `${clock.turns - turns} more turns`);
  });

  it("does not keep other comparisons from being dropped and counted", async () => {
    const clock = new ReadingClock();
    const users = shadowing(new Map([["a", clock.rows(20_000)]]), new Map([["a", clock.rows(20_000)]]), clock);
    users.get("a");
    users.get("b");
    while (clock.mostReads === 0) await clock.advance(1);
    users.stage("dualwrite");
    users.stage("off");
    await clock.advance(10_000);
    const { due, inconclusive, dropped } = users.report();
    assertEquals([due, inconclusive, dropped], [2, 1, 1]);
  });
});
