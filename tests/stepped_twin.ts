import { NativeMap, type Stage, twin, type TwinMap } from "@twinmap/twinmap";
import { ManualClock } from "../testing/manual_clock.ts";
import { moveTo } from "./move_to.ts";

export type Side = "old" | "new";

/** What a map holds for the one key that there is; `null` if the key is absent. */
export type Held = number | null;

export type Maps = { readonly [side in Side]: Held };

/** An operation on the one key; `drain` applies the writes that are queued. */
export interface Operation {
  readonly name: "get" | "set" | "delete" | "getOrInsert" | "drain";
  readonly value?: number;
}

/** The operations that were begun, and what each call of a map that they made so far found there. */
export interface Progress {
  readonly operations: readonly Operation[];
  readonly found: readonly Held[];
}

export const IDLE: Progress = { operations: [], found: [] };

interface Run {
  /** What the operations returned that came to their end. */
  readonly answers: readonly unknown[];
  /** The side whose map is called next; `undefined` if all came to their end. */
  readonly stoppedAt: Side | undefined;
  /** What the map of the last call held after it. */
  readonly left: Held;
}

/** What one call of a map led to. */
export interface Step {
  readonly maps: Maps;
  readonly progress: Progress;
}

export interface Place {
  readonly stage: Stage;
  /** Whether the key is one of those that the new map answers for at `live`. */
  readonly newAnswers: boolean;
  readonly mirror: "inline" | "queued";
  /** Whether operations are looked at, which is another way through the code. */
  readonly sampled: boolean;
}

const KEY = "key";

/** Thrown by a map to stop an operation. The twin may take it for an error of that map; nothing comes of it. */
class Stop extends Error {}

/**
 * A real twin whose operations can be made one call of a map at a time, so that other instances can come in between. An
 * operation is synchronous, so each step runs it again from its beginning: the calls that were made find again what
 * they found then, and the next one stops it.
 */
export class SteppedTwin {
  readonly place: Place;
  readonly #users: TwinMap<string, number>;
  readonly #runs = new Map<string, Run>();
  /** While operations are run: what the calls find. */
  #found: readonly Held[] | undefined;
  #calls = 0;
  #left: Held = null;
  #stoppedAt: Side | undefined;

  private constructor(place: Place, clock: ManualClock) {
    this.place = place;
    const { mirror, sampled } = place;
    const options = { clock, mirror, sample: sampled ? 1 : 0, maxPending: 64, maxRecent: 0 };
    this.#users = twin(this.#map("old"), this.#map("new"), options);
  }

  static async at(place: Place): Promise<SteppedTwin> {
    const clock = new ManualClock();
    const stepped = new SteppedTwin(place, clock);
    await moveTo(stepped.#users, clock, place.stage, place.newAnswers ? 100 : 0);
    return stepped;
  }

  /** Begins `operation`, and makes its first call; `undefined` if it makes none. */
  begin(operation: Operation, maps: Maps, { operations, found }: Progress = IDLE): Step | undefined {
    return this.step(maps, { operations: [...operations, operation], found });
  }

  /** Makes the next call; `undefined` if all operations came to their end. */
  step(maps: Maps, { operations, found }: Progress): Step | undefined {
    const { stoppedAt } = this.#run(operations, found);
    if (stoppedAt === undefined) return undefined;
    const progress = { operations, found: [...found, maps[stoppedAt]] };
    return { maps: { ...maps, [stoppedAt]: this.#run(operations, progress.found).left }, progress };
  }

  /** What the operations returned that came to their end. */
  answers({ operations, found }: Progress): readonly unknown[] {
    return this.#run(operations, found).answers;
  }

  /** What a reader is given. A read makes one call, so nothing comes in between. */
  read(maps: Maps): Held {
    const step = this.begin({ name: "get" }, maps);
    return step === undefined ? null : this.answers(step.progress)[0] as number | undefined ?? null;
  }

  #run(operations: readonly Operation[], found: readonly Held[]): Run {
    const id = JSON.stringify([operations, found]);
    let run = this.#runs.get(id);
    if (run === undefined) this.#runs.set(id, run = this.#runAnew(operations, found));
    return run;
  }

  #runAnew(operations: readonly Operation[], found: readonly Held[]): Run {
    this.#found = found;
    this.#calls = 0;
    this.#stoppedAt = undefined;
    const answers: unknown[] = [];
    for (const operation of operations) {
      let answer: unknown;
      try {
        answer = this.#perform(operation);
      } catch (error) {
        if (!(error instanceof Stop)) throw error;
      }
      if (this.#stoppedAt !== undefined) break;
      answers.push(answer);
    }
    const run = { answers, stoppedAt: this.#stoppedAt, left: this.#left };
    this.#found = undefined;
    this.#drain();
    return run;
  }

  #perform({ name, value = 0 }: Operation): unknown {
    if (name === "drain") return this.#drain();
    if (name === "set") return void this.#users.set(KEY, value);
    return name === "getOrInsert" ? this.#users.getOrInsert(KEY, value) : this.#users[name](KEY);
  }

  /** Queued writes are applied before a move, even one to the present stage. */
  #drain(): void {
    const { stage, newAnswers } = this.place;
    this.#users.stage(stage, stage === "live" ? { percent: newAnswers ? 100 : 0 } : {});
  }

  #map(side: Side): NativeMap<string, number> {
    const map = new NativeMap<string, number>();
    const stepped: NativeMap<string, number> = new Proxy(map, {
      get: (_, name) => {
        const member: unknown = Reflect.get(map, name, map);
        if (typeof member !== "function") return member;
        return (...given: unknown[]) => {
          if (this.#found !== undefined) this.#stepInto(side, map);
          const answer = member.apply(map, given);
          this.#left = map.get(KEY) ?? null;
          return answer === map ? stepped : answer;
        };
      },
    });
    return stepped;
  }

  #stepInto(side: Side, map: NativeMap<string, number>): void {
    const held = this.#found?.[this.#calls];
    if (held === undefined) {
      this.#stoppedAt ??= side;
      throw new Stop();
    }
    this.#calls++;
    map.clear();
    if (held !== null) map.set(KEY, held);
  }
}
