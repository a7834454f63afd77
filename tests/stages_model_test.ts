/**
 * The instances of a service never change stage at the same instant. Whether every pair of neighbouring stages is safe
 * side by side is found out by trying all interleavings of a small model: two instances that share both maps, one key,
 * and each step of an operation on its own. What a stage does, and what a move asks for, is read from the tables.
 */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  type Evidence,
  missingFor,
  neighbours,
  type Side,
  type Stage,
  STAGE_NAMES,
  STAGES,
} from "../verify/stages/stage.ts";

/** One instance of the service. */
interface Instance {
  readonly stage: Stage;
  /** Whether the key is one of those that the new map answers for at `live`. */
  readonly newAnswers: boolean;
  readonly mirror: "inline" | "queued";
}

/** Something that changes the state, by its name. */
type Steps<S> = (state: S) => Iterable<readonly [name: string, next: S]>;

function answering({ stage, newAnswers }: Instance): Side {
  const { answers } = STAGES[stage];
  return answers === "split" ? (newAnswers ? "new" : "old") : answers;
}

/** The sides that a write goes to, one after the other, and how many of them it has reached when it is acknowledged. */
function writeTo(instance: Instance): { sides: readonly Side[]; acknowledgedAt: number } {
  const { mirrors, inline } = STAGES[instance.stage];
  const first = answering(instance);
  if (!mirrors) return { sides: [first], acknowledgedAt: 1 };
  return {
    sides: [first, first === "old" ? "new" : "old"],
    acknowledgedAt: inline || instance.mirror === "inline" ? 2 : 1,
  };
}

/** The way to the first state that `isWrong`, of all that can be reached; nothing if none is. */
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
function* pairs(mirror: "inline" | "queued"): Generator<[Instance, Instance]> {
  for (const stage of STAGE_NAMES) {
    for (const beside of [stage, ...neighbours(stage)]) {
      for (
        const newAnswers of beside === "live" || stage === "live"
          ? [[false, false], [true, true], [false, true], [true, false]]
          : [[false, false]]
      ) {
        yield [
          { stage, mirror, newAnswers: newAnswers[0] as boolean },
          { stage: beside, mirror, newAnswers: newAnswers[1] as boolean },
        ];
      }
    }
  }
}

/** The pairs in which something can go wrong, each once. */
function unsafe(
  mirror: "inline" | "queued",
  findWay: (pair: [Instance, Instance]) => readonly string[] | undefined,
): string[] {
  const found = [...pairs(mirror)].filter((pair) => findWay(pair) !== undefined);
  return [...new Set(found.map((pair) => pair.map(({ stage }) => stage).sort(inOrder).join(" beside ")))];
}

function inOrder(a: Stage, b: Stage): number {
  return STAGE_NAMES.indexOf(a) - STAGE_NAMES.indexOf(b);
}

/** How many writes each instance makes. */
const WRITES = 2;

/** A write that was begun: its value is its place in the list of all. */
interface Write {
  readonly by: number;
  /** How many of its steps are done. */
  readonly done: number;
  /** The writes that were acknowledged when it began. */
  readonly after: readonly number[];
}

interface Written {
  readonly maps: { readonly old: number; readonly new: number };
  readonly writes: readonly Write[];
}

/** What both maps hold in the beginning, as a write that was acknowledged long ago. */
const BEFORE: Written = { maps: { old: 0, new: 0 }, writes: [{ by: -1, done: 2, after: [] }] };

function acknowledged({ writes }: Written, instances: readonly Instance[]): number[] {
  return writes.flatMap(({ by, done }, value) => {
    const instance = instances[by];
    return instance === undefined || done >= writeTo(instance).acknowledgedAt ? [value] : [];
  });
}

/** Two instances write, in any order of their steps; each one's writes are made, and mirrored, one after the other. */
function writing(instances: readonly Instance[]): Steps<Written> {
  return function* (state) {
    const done = acknowledged(state, instances);
    for (const [by, instance] of instances.entries()) {
      const { sides } = writeTo(instance);
      const own = state.writes.flatMap((write, value) => write.by === by ? [value] : []);
      const next = own.find((value) => (state.writes[value] as Write).done < sides.length);
      if (next !== undefined) {
        const write = state.writes[next] as Write;
        const side = sides[write.done] as Side;
        yield [`${instance.stage}: ${next} to ${side}`, {
          maps: { ...state.maps, [side]: next },
          writes: state.writes.with(next, { ...write, done: write.done + 1 }),
        }];
      }
      if (own.length < WRITES && own.every((value) => done.includes(value))) {
        const value = state.writes.length;
        yield [`${instance.stage}: ${value} to ${sides[0]}`, {
          maps: { ...state.maps, [sides[0] as Side]: value },
          writes: [...state.writes, { by, done: 1, after: done }],
        }];
      }
    }
  };
}

/** Whether a read now, by any instance, gives a value that was overwritten by a write which is acknowledged. */
function losesAWrite(instances: readonly Instance[]): (state: Written) => boolean {
  return (state) => {
    const done = acknowledged(state, instances);
    const isOverwritten = (value: number) => done.some((later) => state.writes[later]?.after.includes(value));
    return instances.some((instance) => isOverwritten(state.maps[answering(instance)]));
  };
}

/** Whether all writes are done, none of them overlapped another one, and the sides differ. */
function leavesADifference(instances: readonly Instance[]): (state: Written) => boolean {
  return ({ maps, writes }) => {
    const isDone = writes.every(({ by, done }) => by < 0 || done === writeTo(instances[by] as Instance).sides.length);
    const isAlone = writes.every(({ after }, value) => after.length === value);
    return isDone && isAlone && maps.old !== maps.new;
  };
}

interface Locked {
  readonly maps: { readonly old: boolean; readonly new: boolean };
  /** For each instance, whether it has the lock, and whether the other side knows. */
  readonly holders: readonly ("no" | "yes" | "mirrored")[];
}

/** Each instance inserts the key, if it is not there yet: as a lock, it must be had by one of them only. */
function locking(instances: readonly Instance[]): Steps<Locked> {
  return function* ({ maps, holders }) {
    for (const [by, instance] of instances.entries()) {
      const [first, other] = writeTo(instance).sides;
      if (holders[by] === "no" && !maps[first as Side]) {
        yield [`${by} locks`, { maps: { ...maps, [first as Side]: true }, holders: holders.with(by, "yes") }];
      } else if (holders[by] === "yes" && other !== undefined) {
        yield [`${by} mirrors`, { maps: { ...maps, [other]: true }, holders: holders.with(by, "mirrored") }];
      }
    }
  };
}

/** What a map has for the key; `null` if nothing. */
type Held = number | null;

/** Two instances that are moved from stage to stage while the key is written, by one of them at a time. */
interface Moved {
  readonly maps: { readonly old: Held; readonly new: Held };
  readonly stages: readonly [Stage, Stage];
  readonly evidence: readonly [Evidence, Evidence];
  /** What was acknowledged last. */
  readonly latest: Held;
  /** What is being written: it is on one side, and not yet on the other. */
  readonly underWay: { readonly by: number; readonly value: Held; readonly to: Side } | null;
  readonly writes: number;
}

const NO_EVIDENCE: Evidence = { backfilling: false, backfilled: false, sweptClean: false };
const AT_OFF: Moved = {
  maps: { old: 0, new: null },
  stages: ["off", "off"],
  evidence: [NO_EVIDENCE, NO_EVIDENCE],
  latest: 0,
  underWay: null,
  writes: 0,
};
/** How many writes and deletions there are. */
const MOVED_WRITES = 3;

/**
 * Moves as the table allows them, so that the instances are never further apart than neighbours, with all that goes on
 * meanwhile. `waits`: a backfill is begun only where all instances are at its stage, and what it and a sweep have shown
 * counts only as long as every instance writes both sides.
 */
function moving(newAnswers: boolean, waits: boolean): Steps<Moved> {
  const at = (stage: Stage): Instance => ({ stage, newAnswers, mirror: "inline" });
  function* stepsOf(by: 0 | 1, state: Moved): Generator<readonly [string, Moved]> {
    const { maps, stages, evidence, underWay, writes } = state;
    const stage = stages[by];
    const known = (next: Partial<Evidence>) => evidence.with(by, { ...evidence[by], ...next }) as [Evidence, Evidence];
    if (underWay === null && writes < MOVED_WRITES) {
      const [first, other] = writeTo(at(stage)).sides as [Side, Side | undefined];
      for (const value of [writes + 1, null]) {
        const next = { ...state, maps: { ...maps, [first]: value }, writes: writes + 1 };
        const begun = other === undefined
          ? { ...next, latest: value }
          : { ...next, underWay: { by, value, to: other } };
        yield [`${by} writes ${value} at ${stage}`, begun];
      }
    }
    if (underWay?.by === by) {
      const { value, to } = underWay;
      const next = { ...state, maps: { ...maps, [to]: value }, latest: value, underWay: null };
      yield [`${by} has written ${value}`, next];
      return;
    }
    for (const to of neighbours(stage)) {
      const areNeighbours = to === stages[1 - by] || neighbours(to).includes(stages[1 - by] as Stage);
      if (!areNeighbours || missingFor(stage, to, evidence[by]).length > 0) continue;
      const { mirrors } = STAGES[stage];
      const begins = !mirrors && STAGES[to].mirrors;
      const ends = mirrors && !STAGES[to].mirrors;
      const next = ends
        ? NO_EVIDENCE
        : begins
        ? { ...NO_EVIDENCE, backfilled: maps[answering(at(stage))] === null }
        : {};
      yield [`${by} to ${to}`, { ...state, stages: stages.with(by, to) as [Stage, Stage], evidence: known(next) }];
    }
    if (waits && !stages.every((stage) => STAGES[stage].mirrors)) return;
    const { backfillsFrom, mirrors } = STAGES[stage];
    if (backfillsFrom !== undefined && (!waits || stages[0] === stages[1])) {
      const copied = maps[backfillsFrom] === null ? maps : { old: maps[backfillsFrom], new: maps[backfillsFrom] };
      yield [`${by} backfills`, { ...state, maps: copied, evidence: known({ backfilled: true, sweptClean: false }) }];
    }
    if (mirrors && underWay === null) {
      const sweptClean = evidence[by].backfilled && maps.old === maps.new;
      yield [`${by} sweeps`, { ...state, evidence: known({ sweptClean }) }];
    }
  }
  return function* (state) {
    for (const by of [0, 1] as const) {
      for (const [name, next] of stepsOf(by, state)) {
        const counts = !waits || next.stages.every((stage) => STAGES[stage].mirrors);
        yield [name, counts ? next : { ...next, evidence: [NO_EVIDENCE, NO_EVIDENCE] }];
      }
    }
  };
}

/** Whether a read by one of the instances gives neither what was acknowledged last nor what is being written. */
function readsStale(newAnswers: boolean): (state: Moved) => boolean {
  return ({ maps, stages, latest, underWay }) =>
    stages.some((stage) => {
      const read = maps[answering({ stage, newAnswers, mirror: "inline" })];
      return read !== latest && (underWay === null || read !== underWay.value);
    });
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
    const findWay = (pair: [Instance, Instance]) => wayTo(BEFORE, writing(pair), leavesADifference(pair));
    assertEquals(unsafe("inline", findWay), [
      "off beside off",
      "off beside dualwrite",
      "rampdown beside complete",
      "complete beside complete",
    ]);
  });

  it("can both win a race for a key that is absent, where they answer from different sides", () => {
    const start: Locked = { maps: { old: false, new: false }, holders: ["no", "no"] };
    const findWay = (pair: [Instance, Instance]) =>
      wayTo(start, locking(pair), ({ holders }) => !holders.includes("no"));
    assertEquals(unsafe("inline", findWay), ["shadow beside live", "live beside live", "live beside rampdown"]);
  });
});

describe("two instances that are moved", () => {
  for (const newAnswers of [false, true]) {
    const side = newAnswers ? "new" : "old";
    it(`read what was written last, if they wait for each other, with the ${side} map answering at live`, () => {
      const reached = new Set<string>();
      const way = wayTo(AT_OFF, moving(newAnswers, true), (state) => {
        reached.add(state.stages.join(" beside "));
        return readsStale(newAnswers)(state);
      });
      assertEquals(way, undefined);
      assertEquals(reached.size, 6 + 2 * 5);
    });
  }

  it("can read what is stale, if one makes its backfill while the other one still writes one side alone", () => {
    const way = wayTo(AT_OFF, moving(true, false), readsStale(true));
    assertEquals(way?.at(-1), "0 to live");
  });

  it("can read what is stale, if one copies new to old while the other one still writes the old map first", () => {
    const way = wayTo(AT_OFF, moving(false, false), readsStale(false));
    assertEquals(way?.slice(-2), ["1 backfills", "0 has written 1"]);
  });
});
