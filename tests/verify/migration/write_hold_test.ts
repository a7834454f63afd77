import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { StageError } from "@twinmap/twinmap";
import { Deadlines } from "../../../src/async/deadlines.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { WriteHold } from "../../../verify/migration/write_hold.ts";

interface Rig {
  readonly clock: ManualClock;
  readonly hold: WriteHold;
  readonly log: string[];
  /** Makes a write that ends when it is told. */
  readonly write: (name: string) => () => void;
}

function rig(): Rig {
  const clock = new ManualClock();
  const hold = new WriteHold(new Deadlines(clock, 100));
  const log: string[] = [];
  const write = (name: string) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    hold.write(async () => {
      log.push(`${name} begins`);
      await promise;
      log.push(`${name} ends`);
    });
    return resolve;
  };
  return { clock, hold, log, write };
}

const nothing = () => Promise.resolve();

describe("WriteHold", () => {
  it("does the work once the writes under way, and what they left, have ended, and holds others until then", async () => {
    const { clock, hold, log, write } = rig();
    const endFirst = write("first");
    const left = Promise.withResolvers<void>();
    const done = hold.during("move", () => (log.push("copies"), left.promise), () => void log.push("work"));
    write("second")();
    await clock.advance(10);
    assertEquals(log, ["first begins"]);
    endFirst();
    await clock.advance(10);
    left.resolve();
    await done;
    await clock.advance(10);
    assertEquals(log, ["first begins", "first ends", "copies", "work", "second begins", "second ends"]);
  });

  it("gives up if they do not end in time, does no work, and lets the others on", async () => {
    for (const hangs of ["write", "copy"]) {
      const { clock, hold, log, write } = rig();
      if (hangs === "write") write("first");
      const alsoEnded = hangs === "copy" ? () => new Promise<void>(() => {}) : nothing;
      const refused = assertRejects(
        () => hold.during("move", alsoEnded, () => void log.push("work")),
        StageError,
        "move",
      );
      write("second")();
      await clock.advance(100);
      await refused;
      await clock.advance(0);
      assertEquals(log.slice(-2), ["second begins", "second ends"]);
      assertEquals(log.includes("work"), false);
    }
  });

  it("waits for writes as long as they take where nothing may be given up", async () => {
    const { clock, hold, log, write } = rig();
    const endFirst = write("first");
    const done = hold.alone(() => void log.push("work"));
    await clock.advance(10_000);
    assertEquals(log, ["first begins"]);
    endFirst();
    await done;
    assertEquals(log.at(-1), "work");
  });

  it("lets writes on if the work fails", async () => {
    const { clock, hold, log, write } = rig();
    await assertRejects(() => hold.alone(() => Promise.reject(new Error("fails"))), Error, "fails");
    write("first")();
    await clock.advance(0);
    assertEquals(log, ["first begins", "first ends"]);
  });
});
