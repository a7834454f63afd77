import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { type ConcurrentMap, NativeMap, type Stage, twin, type TwinOptions } from "@twinmap/twinmap";
import { FaultyMap } from "../../examples/demo/faulty_map.ts";
import {
  type Call,
  KEYS,
  type Move,
  nestedCall,
  simpleCall,
  stageMove,
  type Users,
  type Value,
  VALUES,
  workMove,
} from "./acts.ts";
import { outcome } from "../operations.ts";
import { RacingClock } from "./racing_clock.ts";

/** The stages at which both sides are written. */
const STAGES: readonly Stage[] = ["dualwrite", "shadow", "live", "rampdown"];

/** How much faster time goes by for a map that is late by a second: it is then late by 40 ms, less than it takes to settle. */
const SPEED = 25;

/** What the two sides answer alike though the new one is late; what they decide by what they hold would not be. */
const UNCONDITIONAL =
  /^(get|has|set|delete|getAndDelete|getAndSet|update|clear|size|entries|keys|values|snapshot|forEach)$/;

const setting: fc.Arbitrary<{ options: TwinOptions<Value>; held: [unknown, Value][] }> = fc.record({
  options: fc.record({
    mirror: fc.constantFrom("inline", "queued"),
    sample: fc.constantFrom(0, 0.05, 0.5, 1),
    maxPending: fc.constantFrom(1, 3, 100),
    slice: fc.constantFrom(0.01, 4),
  }),
  held: fc.array(fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES)), { maxLength: 6 }),
});

/** Most races are about nothing. */
const RUNS = 100;

interface Race {
  readonly scheduler: fc.Scheduler;
  readonly clock: RacingClock;
  readonly users: Users;
  readonly oldMap: ConcurrentMap<unknown, Value>;
  readonly newMap: ConcurrentMap<unknown, Value>;
  /** Where the race begins. */
  readonly from: Stage;
  readonly acts: readonly (Call | Move)[];
  readonly works: Promise<unknown>[];
}

/**
 * Lets callers, moves and the twin's own work race. At every moment the caller gets what a plain map gives, nothing that
 * was due is unaccounted for, and no diff is found; at the end the two sides are equal.
 */
async function race({ scheduler, clock, users, oldMap, newMap, from, acts, works }: Race): Promise<void> {
  const alone = new NativeMap(oldMap);
  users.stage("dualwrite");
  works.push(users.backfill());
  for (const stage of STAGES.slice(1, STAGES.indexOf(from) + 1)) {
    await scheduler.waitFor(Promise.all(works));
    if (stage === "live") await scheduler.waitFor(users.sweep());
    users.stage(stage);
  }
  let failure: unknown;
  const sequence = scheduler.scheduleSequence(acts.map((act) => ({
    label: act.name,
    builder: () => {
      try {
        if ("act" in act) act.act(users);
        else assertEquals(outcome(() => act.run(users)), outcome(() => act.run(alone)));
        assertConclusive(users);
        return Promise.resolve();
      } catch (error) {
        failure = error;
        return Promise.reject(error);
      }
    },
  })));
  await scheduler.waitFor(sequence.task);
  if (failure !== undefined) throw failure;
  users.resume();
  await scheduler.waitFor(Promise.all([...works, users.settle()]));
  await scheduler.waitFor(new Promise<void>((resolve) => clock.schedule(resolve, 1_000)));
  assertConclusive(users);
  const { pending, mirror, hookErrors } = users.report();
  assertEquals([pending, mirror.pending, hookErrors], [0, 0, 0]);
  assertEquals([...newMap], [...alone]);
  assertEquals([...oldMap], [...alone]);
}

/** No false alarm, and no silence. */
function assertConclusive(users: Users): void {
  const { due, compared, inconclusive, dropped, pending, recent, diffs } = users.report();
  assertEquals([diffs, recent], [0, []]);
  assertEquals(compared + inconclusive + dropped + pending, due);
  assert(pending >= 0);
}

describe("Comparer", () => {
  it("never yields a diff, and accounts for all that is due, where both sides do what they are told", async () => {
    let works: Promise<unknown>[] = [];
    const call = fc.oneof({ weight: 3, arbitrary: simpleCall() }, nestedCall(simpleCall()));
    const moves = fc.oneof(stageMove(STAGES), workMove((work) => works.push(work)));
    const acts = fc.array(fc.oneof<fc.MaybeWeightedArbitrary<Call | Move>[]>({ weight: 5, arbitrary: call }, moves), {
      minLength: 10,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(setting, fc.constantFrom(...STAGES), acts, fc.scheduler(), async (setting, from, acts, s) => {
        const clock = new RacingClock(s);
        const [oldMap, newMap] = [new NativeMap(setting.held), new NativeMap<unknown, Value>()];
        const users = twin(oldMap, newMap, { clock, reveal: true, ...setting.options });
        await race({ scheduler: s, clock, users, oldMap, newMap, from, acts, works: works = [] });
      }),
      { numRuns: RUNS },
    );
  });

  it("never yields a diff where the new map is late by less than it takes to settle", async () => {
    let works: Promise<unknown>[] = [];
    const stages = STAGES.slice(0, 2);
    const call = simpleCall((name) => UNCONDITIONAL.test(name));
    const moves = fc.oneof(stageMove(stages), workMove((work) => works.push(work)));
    const acts = fc.array(fc.oneof<fc.MaybeWeightedArbitrary<Call | Move>[]>({ weight: 5, arbitrary: call }, moves), {
      minLength: 10,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(setting, fc.constantFrom(...stages), acts, fc.scheduler(), async (setting, from, acts, s) => {
        const clock = new RacingClock(s);
        const oldMap = new NativeMap(setting.held);
        const newMap = new FaultyMap<unknown, Value>(new NativeMap(), () => clock.now() * SPEED);
        newMap.fault = "delays";
        const users = twin(oldMap, newMap, { clock, reveal: true, ...setting.options });
        await race({ scheduler: s, clock, users, oldMap, newMap, from, acts, works: works = [] });
      }),
      { numRuns: RUNS },
    );
  });
});
