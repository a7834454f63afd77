import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { Breaker } from "../../../verify/mirror/breaker.ts";
import { FaultyStore } from "../faulty_store.ts";

describe("Breaker", () => {
  it("takes the other side to be away while a copy waits for too long, and after it until one is made", async () => {
    const clock = new ManualClock();
    let sinceMs: number | undefined = clock.monotonicMs();
    const mirrorTimeoutMs = 100;
    const breaker = new Breaker({ clock, mirrorTimeoutMs, mirrors: () => true, runningSinceMs: () => sinceMs });
    await clock.advance(100);
    assertEquals(breaker.isOpen, false);
    await clock.advance(1);
    assertEquals(breaker.isOpen, true);
    sinceMs = undefined;
    assertEquals(breaker.isOpen, true);
    breaker.succeeded();
    assertEquals(breaker.isOpen, false);
  });

  it("counts failures in a row, but not of a key or value that the side refuses", () => {
    const breaker = new Breaker({
      clock: new ManualClock(),
      mirrorTimeoutMs: 100,
      mirrors: () => true,
      runningSinceMs: () => undefined,
    });
    for (const isMade of [true, false]) {
      for (let i = 0; i < 4; i++) breaker.failed(FaultyStore.down());
      if (isMade) breaker.succeeded();
    }
    breaker.failed(new RangeError("too large"));
    assertEquals(breaker.isOpen, false);
    breaker.failed(FaultyStore.down());
    assertEquals(breaker.isOpen, true);
  });

  it("takes no side to be away where one is written alone", async () => {
    const clock = new ManualClock();
    let mirrors = true;
    const sinceMs = clock.monotonicMs();
    const breaker = new Breaker({ clock, mirrorTimeoutMs: 100, mirrors: () => mirrors, runningSinceMs: () => sinceMs });
    await clock.advance(1_000);
    assertEquals(breaker.isOpen, true);
    mirrors = false;
    assertEquals(breaker.isOpen, false);
  });
});
