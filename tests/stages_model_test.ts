/**
 * The instances of a service never change stage at the same instant. Whether every pair of neighbouring stages is safe
 * side by side is found out by trying all interleavings of two instances that share both maps, and one key. The instances
 * are real twins; a step is one call of a map. Moves ask the real rules; of the gate, only the sweep is asked for.
 */
import { assert, assertEquals } from "@std/assert";
import { beforeAll, describe, it } from "@std/testing/bdd";
import { type HoldsAll, holdsAllAfter, holdsAllAt, missingFor, type Position } from "../verify/stages/moves.ts";
import { neighbours, type Stage, STAGE_NAMES, STAGES } from "../verify/stages/stage.ts";
import { type Held, IDLE, type Maps, type Place, type Progress, type Step, SteppedTwin } from "./stepped_twin.ts";

type Pair = readonly [SteppedTwin, SteppedTwin];
type Mirror = Place["mirror"];

/** Something that changes the state, by its name. */
type Steps<S> = (state: S) => Iterable<readonly [name: string, next: S]>;

const twins = new Map<string, SteppedTwin>();

function twinAt(place: Place): SteppedTwin {
  return twins.get(JSON.stringify(place)) as SteppedTwin;
}

beforeAll(async () => {
  for (const stage of STAGE_NAMES) {
    for (const newAnswers of stage === "live" ? [false, true] : [false]) {
      for (const mirror of ["inline", "queued"] as const) {
        for (const sampled of [false, true]) {
          const place = { stage, newAnswers, mirror, sampled };
          twins.set(JSON.stringify(place), await SteppedTwin.at(place));
        }
      }
    }
  }
});

/** The way to the first state that `isWrong`, of all that can be reached; `undefined` if none is. */
function wayTo<S>(start: S, steps: Steps<S>, isWrong: (state: S) => boolean): readonly string[] | undefined {
  const ways = new Map<string, readonly string[]>([[JSON.stringify(start), []]]);
  const states = [start];
  for (const state of states) {
    const way = ways.get(JSON.stringify(state)) ?? [];
    if (isWrong(state)) return way;
    for (const [name, next] of steps(state)) {
      const seen = JSON.stringify(next);
      if (ways.has(seen)) continue;
      ways.set(seen, [...way, name]);
      states.push(next);
    }
  }
  return undefined;
}

/** Every pair of stages that can be side by side, with every share of keys that an instance may have at `live`. */
function* pairs(mirror: Mirror): Generator<Pair> {
  const shares = (stage: Stage) => stage === "live" ? [false, true] : [false];
  for (const stage of STAGE_NAMES) {
    for (const beside of [stage, ...neighbours(stage)]) {
      for (const newAnswers of shares(stage)) {
        for (const newAnswersBeside of shares(beside)) {
          for (const sampled of [false, true]) {
            yield [
              twinAt({ stage, newAnswers, mirror, sampled }),
              twinAt({ stage: beside, newAnswers: newAnswersBeside, mirror, sampled }),
            ];
          }
        }
      }
    }
  }
}

/** The pairs of stages at which something can go wrong, each once. */
function unsafe(mirror: Mirror, findWay: (pair: Pair) => readonly string[] | undefined): string[] {
  const found = [...pairs(mirror)].filter((pair) => findWay(pair) !== undefined);
  return [...new Set(found.map((pair) => pair.map(({ place }) => place.stage).sort(inOrder).join(" beside ")))];
}

function inOrder(a: Stage, b: Stage): number {
  return STAGE_NAMES.indexOf(a) - STAGE_NAMES.indexOf(b);
}

/** How many writes each instance makes. */
const WRITES = 2;

/** Two instances that write values. */
interface Written {
  readonly maps: Maps;
  readonly instances: readonly Progress[];
  /** For each value, which instance writes it, and the values that were acknowledged when that began. */
  readonly writes: readonly { readonly by: number; readonly after: readonly number[] }[];
  /** The values whose writes were acknowledged. */
  readonly acknowledged: readonly number[];
}

/** What both maps hold in the beginning, as a write that was acknowledged long ago. */
const BEFORE: Written = {
  maps: { old: 0, new: 0 },
  instances: [IDLE, IDLE],
  writes: [{ by: -1, after: [] }],
  acknowledged: [0],
};

/**
 * Two instances write, in any order of their steps. A queue is drained at any time when its instance does nothing else.
 */
function writing(pair: Pair): Steps<Written> {
  return function* (state) {
    for (const [by, twin] of pair.entries()) {
      const progress = state.instances[by] as Progress;
      const going = twin.step(state.maps, progress);
      if (going !== undefined) {
        yield [`${by} goes on`, after(state, by, twin, going)];
        continue;
      }
      const drain = twin.begin({ name: "drain" }, state.maps, progress);
      if (drain !== undefined) yield [`${by} drains`, after(state, by, twin, drain)];
      if (state.writes.filter((write) => write.by === by).length === WRITES) continue;
      const value = state.writes.length;
      const set = twin.begin({ name: "set", value }, state.maps, progress);
      assert(set !== undefined);
      const writes = [...state.writes, { by, after: state.acknowledged }];
      yield [`${by} writes ${value}`, after({ ...state, writes }, by, twin, set)];
    }
  };
}

function after(state: Written, by: number, twin: SteppedTwin, { maps, progress }: Step): Written {
  const ended = progress.operations.slice(0, twin.answers(progress).length);
  const values = ended.flatMap(({ name, value }) => name === "set" && value !== undefined ? [value] : []);
  const acknowledged = [...new Set([...state.acknowledged, ...values])].sort((a, b) => a - b);
  // Where nothing is under way and nothing queued, it is as if the instance had done nothing.
  const isIdle = twin.step(maps, progress) === undefined &&
    twin.begin({ name: "drain" }, maps, progress) === undefined;
  return { ...state, maps, acknowledged, instances: state.instances.with(by, isIdle ? IDLE : progress) };
}

/** Whether a read now, by any instance, gives a value that was overwritten by a write which is acknowledged. */
function losesAWrite(pair: Pair): (state: Written) => boolean {
  return ({ maps, writes, acknowledged }) => {
    const isOverwritten = (value: Held) =>
      value === null || acknowledged.some((later) => writes[later]?.after.includes(value));
    return pair.some((twin) => isOverwritten(twin.read(maps)));
  };
}

/** Whether all writes are done, none of them overlapped another one, and the sides differ. */
function leavesADifference({ maps, instances, writes }: Written): boolean {
  const isAlone = writes.every(({ after }, value) => after.length === value);
  return instances.every(({ operations }) => operations.length === 0) && isAlone && maps.old !== maps.new;
}

interface Locked {
  readonly maps: Maps;
  readonly instances: readonly Progress[];
}

/** Each instance inserts the key with its own number, if it is absent: as a lock, only one of them must get it. */
function locking(pair: Pair): Steps<Locked> {
  return function* ({ maps, instances }) {
    for (const [by, twin] of pair.entries()) {
      const progress = instances[by] as Progress;
      const step = progress.operations.length === 0
        ? twin.begin({ name: "getOrInsert", value: by }, maps)
        : twin.step(maps, progress);
      if (step !== undefined) yield [`${by} locks`, { ...step, instances: instances.with(by, step.progress) }];
    }
  };
}

function bothLock(pair: Pair): (state: Locked) => boolean {
  return ({ instances }) => pair.every((twin, by) => twin.answers(instances[by] as Progress)[0] === by);
}

/** What an instance knows of the two sides. */
interface Known {
  readonly holdsAll: HoldsAll;
  readonly sweptClean: boolean;
}

/** Two instances that are moved from position to position while the key is written, by one of them at a time. */
interface Moved {
  readonly maps: Maps;
  readonly at: readonly [Position, Position];
  readonly known: readonly [Known, Known];
  /** What was acknowledged last. */
  readonly latest: Held;
  /** The write that is under way. */
  readonly underWay: { readonly by: number; readonly value: Held; readonly progress: Progress } | null;
  readonly writes: number;
}

/** In their order: those that stand side by side are neighbours. */
const POSITIONS: readonly Position[] = [
  { stage: "off", percent: 0 },
  { stage: "dualwrite", percent: 0 },
  { stage: "shadow", percent: 0 },
  { stage: "live", percent: 0 },
  { stage: "live", percent: 100 },
  { stage: "rampdown", percent: 100 },
  { stage: "complete", percent: 100 },
];

function besideEachOther(a: Position, b: Position): boolean {
  const indexOf = ({ stage, percent }: Position) =>
    POSITIONS.findIndex((one) => one.stage === stage && one.percent === percent);
  return Math.abs(indexOf(a) - indexOf(b)) <= 1;
}

const NOTHING_KNOWN: Known = { holdsAll: holdsAllAt("off"), sweptClean: false };

const AT_OFF: Moved = {
  maps: { old: 0, new: null },
  at: [POSITIONS[0] as Position, POSITIONS[0] as Position],
  known: [NOTHING_KNOWN, NOTHING_KNOWN],
  latest: 0,
  underWay: null,
  writes: 0,
};
/** How many writes and deletions there are. */
const MOVED_WRITES = 3;

/** A service whose instances move as the rules allow. */
class MovingService {
  readonly #waits: boolean;

  /**
   * @param waits Whether a backfill is begun only where all instances are at its stage, and what it and a sweep have
   * shown counts only as long as every instance writes both sides.
   */
  constructor(waits: boolean) {
    this.#waits = waits;
  }

  /** All that can happen next. The instances are never further apart than neighbours. */
  *steps(state: Moved): Generator<readonly [string, Moved]> {
    for (const by of [0, 1] as const) {
      for (const [name, next] of this.#stepsOf(by, state)) {
        const alone = next.at.find(({ stage }) => !STAGES[stage].mirrors);
        const known = alone === undefined ? next.known : next.known.map(() => ({
          holdsAll: holdsAllAt(alone.stage),
          sweptClean: false,
        })) as [Known, Known];
        yield [name, this.#waits ? { ...next, known } : next];
      }
    }
  }

  /** Whether a read by one of the instances gives neither what was acknowledged last nor what is being written. */
  readsStale({ maps, at, latest, underWay }: Moved): boolean {
    return at.some((position) => {
      const read = this.#twinAt(position).read(maps);
      return read !== latest && (underWay === null || read !== underWay.value);
    });
  }

  #twinAt({ stage, percent }: Position): SteppedTwin {
    return twinAt({ stage, newAnswers: stage === "live" && percent === 100, mirror: "inline", sampled: false });
  }

  *#stepsOf(by: 0 | 1, state: Moved): Generator<readonly [string, Moved]> {
    const { maps, underWay, writes } = state;
    const twin = this.#twinAt(state.at[by]);
    if (underWay?.by === by) {
      const step = twin.step(maps, underWay.progress);
      if (step !== undefined) yield [`${by} goes on`, this.#written(state, by, underWay.value, step)];
      return;
    }
    if (underWay === null && writes < MOVED_WRITES) {
      for (const value of [writes + 1, null]) {
        const step = twin.begin(value === null ? { name: "delete" } : { name: "set", value }, maps);
        if (step === undefined) continue;
        yield [`${by} writes ${value}`, this.#written({ ...state, writes: writes + 1 }, by, value, step)];
      }
    }
    yield* this.#moves(by, state);
    yield* this.#work(by, state);
  }

  #written(state: Moved, by: 0 | 1, value: Held, { maps, progress }: Step): Moved {
    const isDone = this.#twinAt(state.at[by]).answers(progress).length === 1;
    if (isDone) return { ...state, maps, latest: value, underWay: null };
    return { ...state, maps, underWay: { by, value, progress } };
  }

  *#moves(by: 0 | 1, state: Moved): Generator<readonly [string, Moved]> {
    const { maps, at } = state;
    const from = at[by];
    const { holdsAll, sweptClean } = state.known[by];
    const beside = at[1 - by] as Position;
    // The first instance at complete voids what the others know. They follow it by force.
    const isForced = beside.stage === "complete";
    const gate = () => isForced || (holdsAll.old && holdsAll.new && sweptClean) ? [] : ["a clean sweep"];
    for (const to of POSITIONS) {
      if (to === from || !besideEachOther(to, beside)) continue;
      const { firm, evidence } = missingFor(from, to, {
        holdsAll,
        lacking: undefined,
        gate,
        backfilling: false,
        journaled: 0,
      });
      if (firm.length + evidence.length > 0) continue;
      const isEmpty = (side: "old" | "new") => maps[side] === null;
      const left = {
        holdsAll: holdsAllAfter(from.stage, to.stage, holdsAll, isEmpty),
        sweptClean: sweptClean && STAGES[to.stage].mirrors,
      };
      yield [`${by} to ${to.stage} ${to.percent} %`, {
        ...state,
        at: at.with(by, to) as [Position, Position],
        known: known(by, state, left),
      }];
    }
  }

  *#work(by: 0 | 1, state: Moved): Generator<readonly [string, Moved]> {
    const { maps, at, underWay } = state;
    if (this.#waits && !at.every(({ stage }) => STAGES[stage].mirrors)) return;
    const { answers, mirrors } = STAGES[at[by].stage];
    if (!mirrors) return;
    if (answers !== "split" && (!this.#waits || at[0] === at[1])) {
      const source = maps[answers];
      const shown = { holdsAll: { old: true, new: true }, sweptClean: false };
      yield [`${by} backfills`, {
        ...state,
        maps: { old: source, new: source },
        known: known(by, state, shown),
      }];
    }
    if (underWay === null) {
      const isEqual = maps.old === maps.new;
      const { holdsAll } = state.known[by];
      const shown = { holdsAll: isEqual ? { old: true, new: true } : holdsAll, sweptClean: isEqual };
      yield [`${by} sweeps`, { ...state, known: known(by, state, shown) }];
    }
  }
}

function known(by: 0 | 1, { known }: Moved, now: Known): [Known, Known] {
  return known.with(by, now) as [Known, Known];
}

describe("two instances at stages side by side", () => {
  it("lose no acknowledged write to a reader, inline", () => {
    assertEquals(unsafe("inline", (pair) => wayTo(BEFORE, writing(pair), losesAWrite(pair))), []);
  });

  it("lose writes with a queued mirror where one answers from the side that the other's queue has not reached", () => {
    assertEquals(unsafe("queued", (pair) => wayTo(BEFORE, writing(pair), losesAWrite(pair))), [
      "shadow beside live",
      "live beside rampdown",
    ]);
  });

  it("leave both sides equal, where both are written and no two writes to a key overlap", () => {
    assertEquals(unsafe("inline", (pair) => wayTo(BEFORE, writing(pair), leavesADifference)), [
      "off beside off",
      "off beside dualwrite",
      "rampdown beside complete",
      "complete beside complete",
    ]);
  });

  it("can both win a race for a key that is absent, where they answer from different sides", () => {
    const start: Locked = { maps: { old: null, new: null }, instances: [IDLE, IDLE] };
    assertEquals(unsafe("inline", (pair) => wayTo(start, locking(pair), bothLock(pair))), [
      "shadow beside live",
      "live beside live",
      "live beside rampdown",
    ]);
  });
});

describe("two instances that are moved", () => {
  it("read what was written last, if they wait for each other", () => {
    const reached = new Set<string>();
    const service = new MovingService(true);
    const way = wayTo(AT_OFF, (state) => service.steps(state), (state) => {
      reached.add(state.at.map(({ stage, percent }) => `${stage} ${percent} %`).join(" beside "));
      return service.readsStale(state);
    });
    assertEquals(way, undefined);
    assertEquals(reached.size, POSITIONS.length + 2 * (POSITIONS.length - 1));
  });

  it("can read what is stale, if one makes its sweep while the other one still writes one side alone", () => {
    const service = new MovingService(false);
    const way = wayTo(AT_OFF, (state) => service.steps(state), (state) => service.readsStale(state));
    assertEquals(way?.at(-1), "0 to live 100 %");
  });

  it("can read what is stale, if one copies new to old while the other one still writes the old map first", () => {
    const service = new MovingService(false);
    const at = ["live", "rampdown"].map((stage) => POSITIONS.find((one) => one.stage === stage)) as [
      Position,
      Position,
    ];
    const start: Moved = { ...AT_OFF, maps: { old: 0, new: 0 }, at };
    const way = wayTo(start, (state) => service.steps(state), (state) => service.readsStale(state));
    assertEquals(way?.slice(-2), ["1 backfills", "0 goes on"]);
  });
});
