import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Deadlines } from "../../../src/async/deadlines.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { Places } from "../../../verify/mirror/places.ts";

describe("Places", () => {
  it("gives places that are free at once, then in the order in which they were asked for", async () => {
    const places = new Places(2);
    assertEquals([places.take(), places.take()], [undefined, undefined]);
    const order: string[] = [];
    for (const name of ["a", "b"]) places.take()?.then(() => order.push(name));
    places.release();
    await Promise.resolve();
    assertEquals(order, ["a"]);
    places.release();
    await Promise.resolve();
    assertEquals(order, ["a", "b"]);
    places.release();
    assertEquals(places.take(), undefined);
  });

  it("gives many at once, as far as they are free", () => {
    const places = new Places(3);
    assertEquals([places.takeFree(2), places.takeFree(2), places.takeFree(2)], [2, 1, 0]);
    places.release();
    assertEquals([places.take(), places.takeFree(1)], [undefined, 0]);
  });

  it("gives no place to one who waited for too long", async () => {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock, 100);
    const places = new Places(1);
    places.take();
    const [early, late] = [places.take(deadlines), places.take()];
    await clock.advance(100);
    assertEquals(await early, false);
    places.release();
    assertEquals(await late, true);
    places.release();
    assertEquals(places.take(), undefined);
  });

  it("lets nobody's time run out who has a place", async () => {
    const clock = new ManualClock();
    const places = new Places(1);
    places.take();
    const waiting = places.take(new Deadlines(clock, 100));
    places.release();
    await clock.advance(1_000);
    assertEquals(await waiting, true);
  });
});
