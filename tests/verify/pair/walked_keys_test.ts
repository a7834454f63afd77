/** Walks over the keys of stores that fail, or give no answer. An unhandled rejection fails these tests, too. */
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type AsyncConcurrentMap, diff, lift, NativeMap, StoreError, twin } from "@twinmap/twinmap";

import { ManualClock } from "../../../testing/manual_clock.ts";

type Store = AsyncConcurrentMap<string, number>;

const SILENT = () => new Promise<never>(() => {});

/** What `keys` may answer instead of keys. */
const REFUSED: Record<string, () => unknown> = {
  "a promise that rejects": () => Promise.reject(new Error("the test fails")),
  "a promise": () => Promise.resolve(),
  "nothing": () => undefined,
};

/** Keys that end in another way than they should. */
function keysOf(next: () => Promise<IteratorResult<string, undefined>>): AsyncIterableIterator<string, undefined> {
  const keys: AsyncIterableIterator<string, undefined> = { next, [Symbol.asyncIterator]: () => keys };
  return keys;
}

interface Rig {
  readonly clock: ManualClock;
  readonly sides: { readonly old: Store; readonly new: Store };
  readonly sessions: ReturnType<typeof twinOf>;
}

function twinOf(clock: ManualClock, sides: Rig["sides"]) {
  return twin(sides.old, sides.new, { clock, at: { stage: "dualwrite" }, unknownMs: 1_000, mirrorTimeoutMs: 100 });
}

function rig(): Rig {
  const clock = new ManualClock();
  const sides = { old: lift(new NativeMap([["a", 1]])), new: lift(new NativeMap([["a", 1]])) };
  return { clock, sides, sessions: twinOf(clock, sides) };
}

describe("a walk over the keys of a store", () => {
  for (const [what, answer] of Object.entries(REFUSED)) {
    it(`is refused if it gets ${what}, and nothing else comes of that`, async () => {
      for (const side of ["old", "new"] as const) {
        const { clock, sides, sessions } = rig();
        sides[side].keys = answer as Store["keys"];
        await assertRejects(() => clock.until(sessions.sweep()), TypeError, "async iterable");
        await assertRejects(() => clock.until(sessions.backfill()), TypeError, "async iterable");
        await clock.until(sessions.stage("shadow"));
        await assertRejects(() => Array.fromAsync(diff(sides.old, sides.new)), TypeError, "async iterable");
        sessions.close();
      }
      const journal = lift(new NativeMap<string, number>());
      journal.entries = answer as typeof journal.entries;
      const { clock, sides } = rig();
      const sessions = twin(sides.old, sides.new, { clock, journal });
      await clock.advance(10);
      assertEquals(sessions.report().mirror.errors, 1);
    });
  }

  it("fails if the store gives no further key in time, and leaves the walk alone that it has given up", async () => {
    for (const side of ["old", "new"] as const) {
      const { clock, sides, sessions } = rig();
      let later: ((reason: unknown) => void) | undefined;
      sides[side].keys = () => keysOf(() => new Promise((_, reject) => later = reject));
      const refused = [
        assertRejects(() => clock.until(sessions.sweep()), StoreError, "no answer within 1000 ms"),
        assertRejects(() => sessions.backfill(), Error, "sweep"),
      ];
      await Promise.all(refused);
      later?.(new Error("too late"));
      await clock.advance(10);
      assertEquals(sessions.report().sweep.state, "aborted");
      await assertRejects(() => clock.until(sessions.backfill()), StoreError, "no answer within 1000 ms");
    }
  });

  it("gives each key the whole time", async () => {
    const { clock, sides, sessions } = rig();
    let left = 5;
    sides.old.keys = () =>
      keysOf(async () => {
        await new Promise<void>((resolve) => void clock.schedule(resolve, 900));
        return left-- <= 0 ? { done: true, value: undefined } : { done: false, value: "a" };
      });
    assertEquals(await clock.until(sessions.sweep()), true);
  });

  it("ends though a store does not say how many entries it has", async () => {
    for (const size of [SILENT, () => Promise.reject(new Error("the test fails"))]) {
      const { clock, sides, sessions } = rig();
      sides.old.size = sides.new.size = size;
      assertEquals(await clock.until(sessions.sweep()), true);
      await clock.until(sessions.backfill());
      assertEquals(sessions.report().backfill.total, 0);
    }
  });
});
