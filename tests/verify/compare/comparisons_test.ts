import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import {
  type ConcurrentMap,
  HashTrieMap,
  NativeMap,
  ReadDirtyMap,
  ShardedMap,
  type Stage,
  twin,
  type TwinOptions,
} from "@twinmap/twinmap";
import { SharedMap } from "@twinmap/twinmap/shared";
import { FaultyMap } from "../../../testing/faulty_map.ts";
import {
  ANYTHING,
  assertSame,
  type Call,
  type Held,
  type Move,
  nestedCall,
  simpleCall,
  stageMove,
  type Users,
  type Value,
  workMove,
} from "../acts.ts";
import { outcome } from "../../operations.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { RacingClock } from "../racing_clock.ts";
import { forced } from "../../move_to.ts";

/** The stages at which both sides are written. */
const STAGES: readonly Stage[] = ["dualwrite", "shadow", "live", "rampdown"];

/** How much faster time goes by for a map that is late by a second: it is then late by 40 ms, less than it takes to settle. */
const SPEED = 25;

/** What the two sides answer alike though the new one is late; what they decide by what they hold would not be. */
const UNCONDITIONAL =
  /^(get|has|set|delete|getAndDelete|getAndSet|update|clear|size|entries|keys|values|snapshot|forEach)$/;

/** What shows no order. */
const ONE_KEY = /^(?!(entries|keys|values|snapshot|forEach)$)/;

const setting = (
  { keys, values }: Held,
): fc.Arbitrary<{ options: TwinOptions<unknown, Value>; held: [unknown, Value][] }> =>
  fc.record({
    options: fc.record({
      mirror: fc.constantFrom("inline", "queued"),
      sample: fc.constantFrom(0, 0.05, 0.5, 1),
      maxPending: fc.constantFrom(1, 3, 100),
      slice: fc.constantFrom(0.01, 4),
    }),
    held: fc.array(fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...values)), { maxLength: 6 }),
  });

/** Most races are about nothing. */
const RUNS = 50;

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
    users.stage(stage, forced(stage));
  }
  let failure: unknown;
  const sequence = scheduler.scheduleSequence(acts.map((act) => ({
    label: act.name,
    builder: () => {
      try {
        if ("act" in act) act.act(users);
        else assertSame(outcome(() => act.run(users)), outcome(() => act.run(alone)));
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
  for (const map of [oldMap, newMap]) {
    if (map.traits.order === "insertion") assertSame([...map], [...alone]);
    assertEquals(map.size, alone.size);
    for (const [key, value] of alone) assertSame([map.has(key), map.get(key)], [true, value]);
  }
}

/** Calls and moves between `stages`; `begun` is told of the work that they begin. */
function actsOf(
  call: fc.Arbitrary<Call>,
  stages: readonly Stage[],
  begun: (work: Promise<unknown>) => void,
): fc.Arbitrary<(Call | Move)[]> {
  const act = fc.oneof<fc.MaybeWeightedArbitrary<Call | Move>[]>(
    { weight: 10, arbitrary: call },
    { weight: 1, arbitrary: stageMove(stages) },
    { weight: 1, arbitrary: workMove(begun) },
  );
  return fc.array(act, { minLength: 10, maxLength: 60 });
}

/** What races, and what with. */
interface Racers {
  readonly stages: readonly Stage[];
  readonly call: fc.Arbitrary<Call>;
  readonly makeOld: () => ConcurrentMap<unknown, Value>;
  readonly makeNew: (clock: RacingClock) => ConcurrentMap<unknown, Value>;
  /** What the maps can hold. */
  readonly held?: Held;
}

async function assertNoAlarm({ stages, call, makeOld, makeNew, held = ANYTHING }: Racers): Promise<void> {
  let works: Promise<unknown>[] = [];
  const acts = actsOf(call, stages, (work) => works.push(work));
  await fc.assert(
    fc.asyncProperty(
      setting(held),
      fc.constantFrom(...stages),
      acts,
      fc.scheduler(),
      async (setting, from, acts, s) => {
        const clock = new RacingClock(s);
        const [oldMap, newMap] = [makeOld(), makeNew(clock)];
        for (const [key, value] of setting.held) oldMap.set(key, value);
        const users = twin(oldMap, newMap, { clock, reveal: true, ...setting.options });
        await race({ scheduler: s, clock, users, oldMap, newMap, from, acts, works: works = [] });
      },
    ),
    { numRuns: RUNS },
  );
}

/** No false alarm, and no silence. */
function assertConclusive(users: Users): void {
  const { due, compared, inconclusive, dropped, pending, recent, diffs } = users.report();
  assertEquals([diffs, recent], [0, []]);
  assertEquals(compared + inconclusive + dropped + pending, due);
  assert(pending >= 0);
}

describe("Comparisons", () => {
  it("never yields a diff, and accounts for all that is due, where both sides do what they are told", () =>
    assertNoAlarm({
      stages: STAGES,
      call: fc.oneof({ weight: 3, arbitrary: simpleCall() }, nestedCall(simpleCall())),
      makeOld: () => new NativeMap(),
      makeNew: () => new NativeMap(),
    }));

  const unordered: [old: () => ConcurrentMap<unknown, Value>, new: () => ConcurrentMap<unknown, Value>][] = [
    [() => new ReadDirtyMap(), () => new ShardedMap({ shards: 2 })],
    [() => new ShardedMap({ shards: 2 }), () => new HashTrieMap()],
    [() => new HashTrieMap(), () => new ReadDirtyMap()],
  ];
  for (const [makeOld, makeNew] of unordered) {
    const names = [makeOld(), makeNew()].map((map) => map[Symbol.toStringTag]);
    it(`never yields a diff between a ${names.join(" and a ")}, which have no order`, () => {
      const ofKey = simpleCall((name) => ONE_KEY.test(name));
      const call = fc.oneof({ weight: 3, arbitrary: ofKey }, nestedCall(ofKey, ["update", "getOrInsertComputed"]));
      return assertNoAlarm({ stages: STAGES, call, makeOld, makeNew });
    });
  }

  it("never yields a diff between a Map and a SharedMap, which holds copies", () => {
    const held = {
      keys: ["a", "b", 1, "1", 0, -0],
      values: [0, -0, undefined, 7, { name: "Bob" }, { name: "Eve" }],
    };
    const ofKey = simpleCall((name) => ONE_KEY.test(name), held);
    // One map for all runs, as making its memory takes longer than a run.
    const shared = SharedMap.create({ maxBytes: 2 ** 16 }) as unknown as ConcurrentMap<unknown, Value>;
    return assertNoAlarm({
      stages: STAGES,
      call: fc.oneof({ weight: 3, arbitrary: ofKey }, nestedCall(ofKey, ["update", "getOrInsertComputed"], held)),
      makeOld: () => new NativeMap(),
      makeNew: () => {
        shared.clear();
        return shared;
      },
      held,
    });
  });

  it("never yields a diff where the new map is late by less than it takes to settle", () =>
    assertNoAlarm({
      stages: STAGES.slice(0, 2),
      call: simpleCall((name) => UNCONDITIONAL.test(name)),
      makeOld: () => new NativeMap(),
      makeNew: (clock) => {
        const late = new FaultyMap<unknown, Value>(new NativeMap(), () => clock.now() * SPEED);
        late.fault = "delays";
        return late;
      },
    }));

  it("looks at a suspect anew if it is set meanwhile, though nothing of its key is sampled", async () => {
    const clock = new ManualClock();
    const newMap = new FaultyMap<string, number>(new NativeMap(), () => clock.now() * SPEED);
    const users = twin<string, number>(new NativeMap(), newMap, { clock, sample: 0 });
    users.stage("dualwrite");
    newMap.fault = "delays";
    users.set("a", 1);
    const swept = users.sweep();
    // The re-check comes after 50 ms, and what is set now is late by 40.
    await clock.advance(30);
    users.set("a", 2);
    assertEquals(await clock.until(swept), false);
    assertEquals([users.report().diffs, users.report().sweep.late], [0, 1]);
  });
});
