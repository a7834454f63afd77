/** The seam between comparisons and those who look: whoever looks, the same looks lead to the same verdicts. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import process from "node:process";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { Comparisons, type ComparisonsSetting } from "../../../verify/compare/comparisons.ts";
import { PromiseDriver } from "../../../verify/compare/promise_driver.ts";
import { SliceDriver } from "../../../verify/compare/slice_driver.ts";
import type { SweepTally } from "../../../verify/compare/suspect.ts";
import type { Difference } from "../../../verify/pair/difference.ts";
import { makeKeyHash } from "../../../src/keys/key_hash.ts";
import { KeyVersions, SETTLE_MS } from "../../../verify/pair/key_versions.ts";
import type { KeyList, Look, Pair } from "../../../verify/pair/pair.ts";
import { OperationSampler } from "../../../verify/sampling/operation_sampler.ts";
import { Ledger } from "../../../verify/stats/ledger.ts";
import { Job } from "../../../verify/work/job.ts";
import { sweep } from "../../../verify/work/sweep.ts";
import { PromisePair } from "../promise_pair.ts";

const KEYS = [0, 1, 2, 3, 4];
/** For so long, in milliseconds, a key looks the same. */
const PHASE_MS = 30;

/** What is seen of a key from one moment to another; `fails` is a look that throws. */
interface Sight {
  readonly sees: "equal" | "different" | "evicted" | "fails";
  readonly quiet: boolean;
  readonly version: number;
}
type Script = readonly (readonly Sight[])[];

/** A pair of which is seen what a script says, by the time. */
class ScriptedPair implements Pair<number> {
  readonly batch = { look: 4, refresh: 1 };
  readonly #script: Script;
  readonly #clock: ManualClock;
  readonly #startMs: number;

  constructor(script: Script, clock: ManualClock) {
    this.#script = script;
    this.#clock = clock;
    this.#startMs = clock.now();
  }

  look(key: number): Look<number> {
    const sights = this.#script[key] ?? [];
    const phase = Math.floor((this.#clock.now() - this.#startMs) / PHASE_MS);
    const { sees, quiet, version } = sights[phase % sights.length] as Sight;
    if (sees === "fails") throw new Error("mine");
    const difference: Difference<number> = { kind: "value", keys: [key], old: 1, new: 2 };
    return { difference: sees === "equal" ? undefined : difference, evicted: sees === "evicted", quiet, version };
  }

  lookMany(keys: KeyList<number>): readonly (Look<number> | undefined)[] {
    return Array.from({ length: Math.min(keys.length, 3) }, (_, at) => {
      const key = keys.at(at) as number;
      return key % 2 === 0 ? this.#lookOrFail(key) : undefined;
    });
  }

  #lookOrFail(key: number): Look<number> | undefined {
    try {
      return this.look(key);
    } catch {
      return undefined;
    }
  }

  hasMany(_side: "old" | "new", keys: readonly number[]): readonly boolean[] {
    return keys.map((key) => key !== 4);
  }

  refresh(): boolean {
    return true;
  }

  refreshMany(): readonly number[] {
    return [];
  }

  keys(side: "old" | "new"): Iterable<number> {
    return side === "old" ? [0, 1, 2, 3] : [1, 2, 3, 4];
  }

  size(): number {
    return 4;
  }
}

type Act = { readonly due: readonly number[]; readonly then: "wait" | "sweep" | "drop"; readonly waitMs: number };

/** What becomes of all that is due, where `drives` makes somebody look. */
async function outcomeOf(
  acts: readonly Act[],
  script: Script,
  maxPending: number,
  drives: (comparisons: Comparisons<number>, pair: ScriptedPair, clock: ManualClock, ledger: Ledger) => Pair<number>,
): Promise<unknown> {
  const clock = new ManualClock();
  const ledger = new Ledger(new OperationSampler(1, clock));
  const found: unknown[] = [];
  const setting: ComparisonsSetting<number> = {
    ledger,
    clock,
    maxPending,
    settleMs: [SETTLE_MS],
    onDiff: (difference, operation, comparisons) => {
      ledger.diff(difference.keys[0], difference.kind, comparisons);
      found.push([difference.keys, operation, comparisons, clock.now()]);
    },
  };
  const comparisons = new Comparisons<number>(setting);
  const pair = drives(comparisons, new ScriptedPair(script, clock), clock, ledger);
  const tallies: SweepTally[] = [];
  const jobs: Job[] = [];
  for (const { due, then, waitMs } of acts) {
    for (const key of due) comparisons.due(key, "get");
    if (then === "drop") {
      for (const job of jobs) job.abort();
      comparisons.drop();
    } else if (then === "sweep" && maxPending > KEYS.length) {
      // Where there is no room for suspects, a sweep waits, and not for the same time.
      const tally = { suspects: 0, diffs: 0, late: 0, inconclusive: 0, evicted: 0, ignored: 0 };
      const job = new Job(clock, 4);
      tallies.push(tally);
      jobs.push(job);
      sweep(job, pair, comparisons, tally, () => true, clock);
    }
    await clock.advance(waitMs);
  }
  await clock.until(comparisons.settle());
  await clock.advance(1_000);
  const { due, matched, late, diffs, evicted, inconclusive, dropped, pending } = ledger;
  assertEquals(pending, 0);
  return {
    counts: { due, matched, late, diffs, evicted, inconclusive, dropped },
    found,
    tallies,
    jobs: jobs.map(({ done, total }) => ({ done, total })),
  };
}

const sight = fc.record<Sight>({
  sees: fc.constantFrom("equal", "different", "evicted", "fails"),
  quiet: fc.boolean(),
  version: fc.nat(1),
});
const scripts = fc.array(fc.array(sight, { minLength: 1, maxLength: 6 }), {
  minLength: KEYS.length,
  maxLength: KEYS.length,
});
const acts = fc.array(
  fc.record({
    due: fc.array(fc.constantFrom(...KEYS), { maxLength: 12 }),
    then: fc.constantFrom<Act["then"][]>("wait", "wait", "sweep", "drop"),
    waitMs: fc.integer({ min: 1, max: 120 }),
  }),
  { maxLength: 12 },
);

describe("SliceDriver", () => {
  it("goes on where a step failed", async () => {
    const unheard: unknown[] = [];
    const note = (reason: unknown) => void unheard.push(reason);
    process.on("unhandledRejection", note);
    const clock = new ManualClock();
    const operations = new OperationSampler(1, clock);
    const ledger = new Ledger(operations);
    let left = 3;
    const fails = () => {
      if (left-- > 0) throw new Error("mine");
    };
    const comparisons = new Comparisons<number>({
      ledger,
      clock,
      maxPending: 100,
      settleMs: [SETTLE_MS],
      onDiff: fails,
    });
    const versions = new KeyVersions(clock, operations, makeKeyHash());
    const sight = (sees: Sight["sees"]): Sight[] => [{ sees, quiet: true, version: 0 }];
    const pair = new ScriptedPair([sight("different"), sight("equal"), sight("different")], clock);
    const drainMirror = () => {
      if (left === 3) fails();
      return true;
    };
    const looks = { look: (key: number) => pair.look(key), lookMany: (keys: KeyList<number>) => pair.lookMany(keys) };
    new SliceDriver({
      comparisons,
      pair: { ...looks, order: undefined },
      versions,
      ledger,
      clock,
      sliceMs: 4,
      drainMirror,
    });
    for (const key of [0, 1, 2]) comparisons.due(key, "get");
    await clock.until(comparisons.settle());
    for (const key of [0, 1, 2]) comparisons.due(key, "get");
    await clock.until(comparisons.settle());
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    process.off("unhandledRejection", note);
    assertEquals([unheard, ledger.due, ledger.matched, ledger.hookErrors], [[], 6, 2, 3]);
  });
});

describe("SliceDriver", () => {
  it("leads to the same verdicts as a driver of promises, where both see the same", async () => {
    await fc.assert(
      fc.asyncProperty(acts, scripts, fc.constantFrom(2, 100), async (acts, script, maxPending) => {
        const bySlices = await outcomeOf(acts, script, maxPending, (comparisons, pair, clock, ledger) => {
          const versions = new KeyVersions(clock, ledger.operations, makeKeyHash());
          const looks = { ...pair, look: (key: number) => pair.look(key), order: undefined };
          const sync = { ...looks, lookMany: (keys: KeyList<number>) => pair.lookMany(keys) };
          new SliceDriver({ comparisons, pair: sync, versions, ledger, clock, sliceMs: 4, drainMirror: () => true });
          return pair;
        });
        const byPromises = await outcomeOf(acts, script, maxPending, (comparisons, pair, clock, ledger) => {
          const promises = new PromisePair(pair);
          new PromiseDriver({ comparisons, pair: promises, ledger, clock });
          return promises;
        });
        assertEquals(byPromises, bySlices);
      }),
      { numRuns: 200 },
    );
  });
});
