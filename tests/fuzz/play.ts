/** Plays a case: the callers' acts on a twin and, beside it, on a map alone that gives what the callers must get. */
import { assert, assertEquals } from "@std/assert";
import { type EvictingMap, NativeMap, twin, type TwinMap, type TwinReport } from "@twinmap/twinmap";
import type { FaultName } from "../../testing/faults.ts";
import { FaultyMap } from "../../testing/faulty_map.ts";
import { moveTo } from "../move_to.ts";
import { operationsOn, outcome } from "../operations.ts";
import { type Call, CALLING_BACK, type Case, type OwnersAct } from "./case.ts";
import { Domain, writtenByContent } from "./domain.ts";
import type { AnyMap } from "./kinds.ts";
import { LaggingClock } from "./lagging_clock.ts";
import { Owner } from "./owner.ts";

/** `forEach` also visits entries that its callback adds, so it might never end. */
const MAX_VISITS = 20;
/** After a wait as long, a difference may be confirmed. */
const CONFIRMED_MS = 60;
/** By then nothing that a twin schedules is left, its ticks included, if nothing more is done to it. */
const REST_MS = 3_000;
/** What shows all entries of a map. */
const WHOLE = ["size", "entries", "keys", "values", "snapshot", "forEach"] as const;

export class Play {
  readonly #case: Case;
  readonly #clock: LaggingClock;
  readonly #domain: Domain;
  readonly #oldMap: AnyMap;
  readonly #newMap: AnyMap;
  /** The new map, if faults can be planted in it. */
  readonly #faulty: FaultyMap<unknown, unknown> | undefined;
  readonly #users: TwinMap<unknown, unknown>;
  readonly #alone: AnyMap;
  #equalsCalls = 0;
  #owner: Owner | undefined;

  constructor(played: Case, isFaulty: boolean) {
    this.#case = played;
    this.#clock = new LaggingClock(played.lagsMs);
    this.#oldMap = played.old.make("old", this.#clock);
    const newMap = played.new.make("new", this.#clock);
    this.#faulty = isFaulty ? new FaultyMap(newMap, () => this.#clock.now()) : undefined;
    this.#newMap = this.#faulty ?? newMap;
    this.#domain = new Domain([this.#oldMap.traits, this.#newMap.traits]);
    this.#alone = this.#isTooSmall(this.#oldMap) ? played.old.make("old", this.#clock) : new NativeMap();
    for (const [key, value] of played.held) {
      for (const map of [this.#oldMap, this.#alone]) {
        map.set(this.#domain.at("keys", key), this.#domain.at("values", value));
      }
    }
    this.#users = twin(this.#oldMap, this.#newMap, {
      clock: this.#clock,
      reveal: true,
      // The same keys are sampled, and answered by the new map, whenever a case is played.
      secret: "the secret of each fuzz case",
      ...played.options,
      ...played.equals === "default" ? {} : { equals: (a, b) => this.#equals(a, b) },
    });
  }

  /**
   * Plays the case, with a fault planted before the acts if one is given. The callers get what they must, whatever the new
   * map does, and everything that was due is accounted for.
   */
  async play(fault?: FaultName): Promise<void> {
    const { from, percent, stages, acts } = this.#case;
    await moveTo(this.#users, this.#clock, from, percent);
    const owner = this.#owner = new Owner(
      this.#users,
      this.#oldMap,
      this.#newMap,
      from,
      stages,
      this.#faulty !== undefined,
    );
    if (this.#faulty !== undefined) this.#faulty.fault = fault;
    for (const [at, act] of acts.entries()) {
      if (act.act === "call") this.#call(act, `act ${at}`);
      else if (act.act !== "advance") owner.do(act);
      else {
        await this.#clock.advance(act.ms);
        if (act.ms >= CONFIRMED_MS) this.#account(`after act ${at}`);
      }
    }
    if (this.#faulty !== undefined) this.#faulty.fault = undefined;
    await this.#clock.until(owner.finish());
    this.#account("at the end");
  }

  /** Two equal maps: nothing was found, nothing is left to do, both sides are still equal, and a sweep says so. */
  async assertNothingFound(): Promise<TwinReport> {
    const { mirror, hookErrors, pending, sweep } = this.#users.report();
    assertEquals([pending, mirror.pending, mirror.errors, sweep.diffs], [0, 0, 0, 0]);
    const isTold = this.#case.equals !== "throws";
    if (isTold) assertEquals(hookErrors, 0);
    for (const operation of WHOLE) {
      this.#call({ act: "call", operation, key: 0, expected: 0, value: 0, inner: [], throws: false }, "at the end");
    }
    await this.#clock.advance(REST_MS);
    if (this.#owner?.isCopied) {
      assertEquals(this.#differingKeys(), []);
      if (this.#domain.isOrdered) assertEquals([...this.#newMap.keys()], [...this.#oldMap.keys()]);
      const isClean = this.#owner.isClosed || await this.#clock.until(this.#users.sweep());
      if (isTold) assertEquals(isClean, true);
    }
    return this.#reportAtRest();
  }

  /** A sweep finds the keys that differ, and no others, and whether their order does. */
  async assertDamageFound(): Promise<TwinReport> {
    if (this.#owner?.mirrors && !this.#owner.isClosed) {
      const isClean = await this.#clock.until(this.#users.sweep());
      const different = this.#differingKeys();
      const { diffs } = this.#users.report().sweep;
      const must = different.length + (this.#isOutOfOrder() ? 1 : 0);
      assertEquals(diffs, must, `of ${this.#domain.written(different)}, and the order`);
      assertEquals(isClean, must === 0);
    }
    return this.#reportAtRest();
  }

  /** A call by the twin's users. */
  #call(call: Call, message: string): void {
    const got = this.#answer(this.#users, call);
    const must = this.#answer(this.#alone, call);
    if (this.#isForetold()) assertEquals(got, must, `${call.operation}, ${message}`);
  }

  /** Whether the map alone tells what the callers must get: a new map that is faulty, or a side that evicts, may not have what it has. */
  #isForetold(): boolean {
    const isSpecial = this.#faulty !== undefined || this.#isTooSmall(this.#oldMap) || this.#isTooSmall(this.#newMap);
    return !isSpecial || !this.#owner?.didNewAnswer;
  }

  /** Whether there are more keys than `map` has room for. */
  #isTooSmall({ traits }: AnyMap): boolean {
    return traits.maxEntries < this.#domain.keys.length;
  }

  /** All that a caller sees of a call, as text. */
  #answer(map: AnyMap, call: Call): string {
    const { operation } = call;
    if (CALLING_BACK.includes(operation) && (call.inner.length > 0 || call.throws)) {
      return this.#nestedAnswer(map, call);
    }
    const [key, expected, value] = [this.#key(call), this.#domain.at("expected", call.expected), this.#value(call)];
    const answer = outcome(() => operationsOn(key, expected, value).find(({ name }) => name === operation)?.run(map));
    return "threw" in answer ? answer.threw : this.#domain.writtenUnordered(answer.returned);
  }

  #nestedAnswer(map: AnyMap, call: Call): string {
    const { operation, inner, throws } = call;
    // What a callback does to a map that has no order depends on which entries were visited before.
    const isIdle = operation === "forEach" && !this.#domain.isOrdered;
    const seen: string[] = [];
    let visits = 0;
    const callback = (...given: unknown[]): unknown => {
      seen.push(this.#domain.written(given.map((one) => one === map ? "the map" : one)));
      if (isIdle) return;
      for (const act of inner) {
        if (act.act === "call") seen.push(this.#answer(map, act));
        else if (map === this.#users) this.#ownersAct(act, operation);
      }
      if (throws || ++visits > MAX_VISITS) throw new Error("mine");
      return this.#value(call);
    };
    const answer = outcome(() => {
      if (operation === "update") return map.update(this.#key(call), callback);
      if (operation === "getOrInsertComputed") return map.getOrInsertComputed(this.#key(call), callback);
      return map.forEach(callback);
    });
    if (isIdle) seen.sort();
    return `${"threw" in answer ? answer.threw : this.#domain.written(answer.returned)}, saw ${seen.join("; ")}`;
  }

  /** An iteration goes on in the map in which it began, where later writes come late or never once the twin was moved. */
  #ownersAct(act: OwnersAct, during: string): void {
    if (act.act !== "move" || during !== "forEach") this.#owner?.do(act, true);
  }

  #key({ key }: Call): unknown {
    return this.#domain.at("keys", key);
  }

  #value({ value }: Call): unknown {
    return this.#domain.at("values", value);
  }

  /** The owner's own `equals`; it does not throw before the acts begin. */
  #equals(a: unknown, b: unknown): boolean {
    const throws = this.#case.equals === "throws" && this.#owner !== undefined;
    if (throws && ++this.#equalsCalls % 3 === 0) throw new Error("equals failed");
    return writtenByContent(a) === writtenByContent(b);
  }

  /** Nothing that was due is lost, and no diff is found between equal maps. Returns the report that says so. */
  #account(when: string): TwinReport {
    const report = this.#users.report();
    const { due, compared, evicted, inconclusive, dropped, pending, diffs, recent } = report;
    assertEquals(compared + evicted + inconclusive + dropped + pending, due, when);
    assert(pending >= 0, `${pending} pending ${when}`);
    if (this.#faulty === undefined) assertEquals([diffs, recent], [0, []], when);
    return report;
  }

  /** The keys that differ, but for those that a side lacks because it evicted them. */
  #differingKeys(): unknown[] {
    const [oldMap, newMap] = [this.#oldMap, this.#newMap];
    const [oldHeld, newHeld] = [heldBy(oldMap), heldBy(newMap)];
    const isMissed = (map: AnyMap, held: Map<unknown, string>, key: unknown) => !held.has(key) && !didEvict(map, key);
    return [...new Set([...oldHeld.keys(), ...newHeld.keys()])].filter((key) =>
      oldHeld.has(key) && newHeld.has(key)
        ? oldHeld.get(key) !== newHeld.get(key)
        : isMissed(oldMap, oldHeld, key) || isMissed(newMap, newHeld, key)
    );
  }

  /** Whether the maps keep an order, and have the keys that both hold in another one. */
  #isOutOfOrder(): boolean {
    if (!this.#domain.isOrdered) return false;
    const [oldMap, newMap] = [this.#oldMap, this.#newMap];
    const newOrder = [...newMap.keys()].filter((key) => oldMap.has(key));
    const oldOrder = [...oldMap.keys()].filter((key) => newMap.has(key));
    return oldOrder.some((key, at) => !Object.is(key, newOrder[at]));
  }

  /** The last report, when the twin has nothing left to do. */
  async #reportAtRest(): Promise<TwinReport> {
    await this.#clock.advance(REST_MS);
    const report = this.#account("at rest");
    assertEquals([this.#clock.scheduled, report.pending], [0, 0], "tasks and comparisons that never end");
    return report;
  }
}

/** What a map holds, each value as text. */
function heldBy(map: AnyMap): Map<unknown, string> {
  return new Map([...map.snapshot()].map(([key, value]) => [key, writtenByContent(value)]));
}

function didEvict(map: AnyMap, key: unknown): boolean {
  return map.traits.evicts && (map as EvictingMap<unknown, unknown>).evicted(key);
}
