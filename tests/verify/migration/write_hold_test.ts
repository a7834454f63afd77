import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { StageError, StoreError } from "@twinmap/twinmap";
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
    hold.write(CALL, async () => {
      log.push(`${name} begins`);
      await promise;
      log.push(`${name} ends`);
    });
    return resolve;
  };
  return { clock, hold, log, write };
}

const CALL = { operation: "set", signal: undefined };
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

  it("does work that cannot be refused in the end, and tells it whether it is alone", async () => {
    for (const ends of [true, false]) {
      const { clock, hold, log, write } = rig();
      const endFirst = write("first");
      const done = hold.alone(CALL, (isAlone) => void log.push(`work ${isAlone}`));
      await clock.advance(99);
      assertEquals(log, ["first begins"]);
      if (ends) endFirst();
      await clock.advance(1);
      await done;
      assertEquals(log.at(-1), `work ${ends}`);
    }
  });

  it("lets writes on that are made while a function of a caller's runs, for a write under way", async () => {
    const { clock, hold, log, write } = rig();
    const inner = Promise.withResolvers<void>();
    hold.write(CALL, async (run) => {
      await run(async () => {
        await inner.promise;
        await hold.write(CALL, () => Promise.resolve(log.push("within")));
      });
      log.push("outer ends");
    });
    const done = hold.during("move", nothing, () => void log.push("work"));
    inner.resolve();
    await done;
    write("later")();
    await clock.advance(1);
    assertEquals(log, ["within", "outer ends", "work", "later begins", "later ends"]);
  });

  it("holds writes though a function of a caller's runs on whose write has ended", async () => {
    const { clock, hold, log, write } = rig();
    const ended = hold.write(CALL, (run) => {
      run(() => new Promise<never>(() => {}));
      return Promise.resolve();
    });
    const working = Promise.withResolvers<void>();
    const endFirst = write("first");
    const done = hold.during("move", nothing, () => working.promise);
    await ended;
    write("second")();
    endFirst();
    await clock.advance(1);
    assertEquals(log, ["first begins", "first ends"]);
    working.resolve();
    await done;
    await clock.advance(1);
    assertEquals(log.slice(2), ["second begins", "second ends"]);
  });

  it("ends the wait of a call whose signal is aborted, before anything is sent", async () => {
    const { clock, hold, log, write } = rig();
    const endFirst = write("first");
    const abort = new AbortController();
    const call = { operation: "update", signal: abort.signal };
    const done = hold.during("move", nothing, () => void log.push("work"));
    const other = rig();
    other.write("first");
    const refused = [
      assertRejects(() => hold.write(call, () => Promise.resolve(log.push("write"))), StoreError, "update()"),
      assertRejects(() => other.hold.alone(call, () => log.push("clear")), StoreError, "aborted"),
    ];
    await clock.advance(1);
    abort.abort("enough");
    for (const error of await Promise.all(refused)) {
      assertEquals([error.outcome, error.cause], ["not applied", "enough"]);
    }
    endFirst();
    await done;
    await clock.advance(1);
    assertEquals(log, ["first begins", "first ends", "work"]);
    await assertRejects(() => hold.alone(call, () => log.push("clear")), StoreError, "aborted");
  });

  it("lets writes on if the work fails", async () => {
    const { clock, hold, log, write } = rig();
    await assertRejects(() => hold.alone(CALL, () => Promise.reject(new Error("fails"))), Error, "fails");
    write("first")();
    await clock.advance(0);
    assertEquals(log, ["first begins", "first ends"]);
  });
});
