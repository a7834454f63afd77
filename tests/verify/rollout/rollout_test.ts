import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  lift,
  NativeMap,
  type PlanStep,
  rollout,
  type RolloutEvent,
  type RolloutOptions,
  StageError,
  twin,
  type TwinMap,
} from "@twinmap/twinmap";
import { ManualClock } from "../../../testing/manual_clock.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const PLAN: readonly PlanStep[] = [
  { stage: "dualwrite", backfill: true, sweep: true },
  { stage: "shadow" },
  { stage: "live", percent: 5, holdMs: 2 * MINUTE },
  { stage: "live", percent: 100, holdMs: MINUTE },
  { stage: "rampdown", holdMs: 10 * MINUTE },
  { stage: "complete", confirm: true },
];

const KEYS = Array.from({ length: 50 }, (_, key) => `key ${key}`);

/** A twin of two maps, its callers, and the rollout that moves it. */
class Service implements Disposable {
  readonly clock = new ManualClock();
  readonly newMap = new NativeMap<string, number>();
  readonly users: TwinMap<string, number>;
  readonly rollout: ReturnType<typeof rollout>;
  readonly events: RolloutEvent[] = [];

  constructor(options: RolloutOptions = {}) {
    const old = new Map(KEYS.map((key, value) => [key, value]));
    this.users = twin(old, this.newMap, { clock: this.clock, gate: { threshold: 0.1, holdMs: 5 * MINUTE } });
    this.rollout = rollout(this.users, { plan: PLAN, onEvent: (event) => void this.events.push(event), ...options });
    this.rollout.start();
  }

  get at(): string {
    const { stage, percent } = this.users.report();
    return stage === "live" ? `live ${percent}` : stage;
  }

  get reasons(): string[] {
    return this.rollout.report().reasons;
  }

  /** Callers read every key once in ten seconds, and write one. */
  async run(ms: number): Promise<void> {
    for (let tenth = 0; tenth < ms / (10 * SECOND); tenth++) {
      for (const key of KEYS) this.users.get(key);
      this.users.set("key 1", tenth);
      await this.clock.advance(10 * SECOND);
    }
  }

  async runUntil(position: string): Promise<void> {
    for (let tenth = 0; this.at !== position; tenth++) {
      assert(tenth < 400, `it stays at ${this.at}: ${this.reasons.join("; ")}`);
      await this.run(10 * SECOND);
    }
  }

  /** Makes the new map wrong for half of the keys. */
  break(): void {
    for (const key of KEYS.slice(25)) this.newMap.set(key, -1);
  }

  /** What was done, the oldest first. */
  get done(): string[] {
    return this.events.map(({ kind, stage, percent, by }) => `${kind} ${stage} ${percent} by ${by}`);
  }

  timeOf(done: string): number {
    const { at } = this.events.find(({ kind, stage, percent }) => `${kind} ${stage} ${percent}` === done) ?? {};
    return at === undefined ? NaN : Date.parse(at);
  }

  [Symbol.dispose](): void {
    this.rollout.close();
    this.users.close();
  }
}

describe("rollout()", () => {
  it("moves a twin from off to rampdown by itself, each step as long as it says, and to complete once confirmed", async () => {
    using service = new Service();
    await service.runUntil("rampdown");
    await service.run(11 * MINUTE);
    assertEquals(service.at, "rampdown");
    assertEquals(service.reasons, ["somebody must confirm the move to complete"]);
    service.rollout.confirm("all is well", "ann");
    await service.runUntil("complete");
    assertEquals(service.done, [
      "start off 0 by plan",
      "move dualwrite 0 by plan",
      "move shadow 0 by plan",
      "move live 5 by plan",
      "move live 100 by plan",
      "move rampdown 100 by plan",
      "confirm rampdown 100 by ann",
      "move complete 100 by plan",
      "end complete 100 by plan",
    ]);
    const spanMs = (from: string, to: string) => service.timeOf(`move ${to}`) - service.timeOf(`move ${from}`);
    assert(spanMs("dualwrite 0", "live 5") >= 5 * MINUTE);
    assert(spanMs("live 5", "live 100") >= 2 * MINUTE);
    assert(spanMs("live 100", "rampdown 100") >= MINUTE);
  });

  it("says why it holds, and when it can go on at the earliest", async () => {
    using service = new Service();
    await service.runUntil("live 5");
    const { decision, reasons, leastMs, wayBack } = service.rollout.report();
    assertEquals(decision, "hold");
    assertMatch(reasons[0] ?? "", /^live 5 % lasts another 1\d\d seconds$/);
    assert(leastMs !== null && leastMs > MINUTE && leastMs <= 2 * MINUTE);
    assertEquals(wayBack.safe, true);
    assertEquals(service.users.report().rollout, service.rollout.report());
  });

  it("has the gate ask for what the present step does, else for what the rollout does, else for what the twin does", async () => {
    const [first, second, ...others] = PLAN as [PlanStep, PlanStep, ...PlanStep[]];
    const plan = [first, { ...second, gate: { threshold: 0.05, minKeys: 10 } }, ...others];
    using service = new Service({ plan, gate: { threshold: 0.08, confidence: 0.9 } });
    const asked = () => {
      const { threshold, minKeys, confidence, holdMs } = service.users.report().gate;
      return [threshold, minKeys, confidence, holdMs];
    };
    assertEquals(asked(), [0.08, 0, 0.9, 5 * MINUTE]);
    await service.runUntil("shadow");
    assertEquals(asked(), [0.05, 10, 0.9, 5 * MINUTE]);
    await service.runUntil("live 5");
    assertEquals(asked(), [0.08, 0, 0.9, 5 * MINUTE]);
  });

  it("goes back where the new map is not good enough, and pauses until somebody resumes it", async () => {
    using service = new Service({ coolDownMs: 6 * MINUTE });
    await service.runUntil("live 5");
    service.break();
    await service.runUntil("live 0");
    const { state, returns, history } = service.rollout.report();
    assertEquals([state, returns], ["paused", 1]);
    assertEquals(history.slice(0, 2).map(({ kind, by }) => `${kind} by ${by}`), ["pause by plan", "back by plan"]);
    await service.run(8 * MINUTE);
    assertEquals(service.at, "live 0");
    for (const key of KEYS) service.users.set(key, 0);
    service.rollout.resume("it is repaired", "ben");
    assertEquals(service.users.report().gate.episode.why, "it is repaired");
    await service.runUntil("live 5");
    service.break();
    await service.runUntil("live 0");
    assertEquals(service.rollout.report().state, "paused");
  });

  it("goes on by itself after a return, where it may return again: later, and with the evidence begun anew", async () => {
    using service = new Service({ maxReturns: 2, coolDownMs: 10 * MINUTE });
    await service.runUntil("live 5");
    service.break();
    await service.runUntil("live 0");
    for (const key of KEYS) service.users.set(key, 0);
    await service.run(8 * MINUTE);
    assertEquals(service.at, "live 0");
    assertMatch(service.users.report().gate.episode.why, /^the rollout went back: /);
    await service.runUntil("live 5");
    service.break();
    await service.runUntil("live 0");
    assertEquals(service.rollout.report().state, "paused");
  });

  it("goes no further while it is paused, but back", async () => {
    using service = new Service();
    await service.runUntil("live 5");
    service.rollout.pause("the night", "ann");
    await service.run(4 * MINUTE);
    assertEquals(service.at, "live 5");
    assertEquals(service.reasons[0], "paused: the night");
    service.break();
    await service.runUntil("live 0");
  });

  it("is paused by a move back by hand", async () => {
    using service = new Service();
    await service.runUntil("live 5");
    await service.users.back("we look at it first");
    await service.run(4 * MINUTE);
    assertEquals(service.at, "live 0");
    assertEquals(service.reasons[0], "paused: it was moved back to live 0 %");
  });

  it("moves past the gate if somebody says so, and does not go back for what failed then", async () => {
    using service = new Service();
    await service.runUntil("shadow");
    service.break();
    await service.run(3 * MINUTE);
    assertEquals(service.users.report().gate.verdict, "fail");
    await service.rollout.promote("these keys do not matter", "ann");
    await service.run(5 * MINUTE);
    assertEquals(service.at, "live 5");
    assertEquals(service.users.report().decisions[0]?.why, "these keys do not matter");
  });

  it("goes back and ends if it is aborted", async () => {
    using service = new Service();
    await service.runUntil("live 5");
    await service.rollout.abort("another time", "ann");
    assertEquals([service.at, service.rollout.report().state], ["live 0", "ended"]);
    await service.run(4 * MINUTE);
    assertEquals(service.at, "live 0");
  });

  it("moves nothing in a dry run, and says what it would have done", async () => {
    using service = new Service({ dryRun: true });
    await service.run(2 * MINUTE);
    assertEquals(service.at, "off");
    assertEquals(service.events.map(({ kind, stage, dryRun }) => [kind, stage, dryRun]), [
      ["start", "off", false],
      ["move", "dualwrite", true],
    ]);
  });

  it("ends with its twin, and keeps nothing scheduled", async () => {
    using service = new Service();
    await service.runUntil("shadow");
    service.users.close();
    await service.clock.advance(2 * SECOND);
    assertEquals(service.rollout.report().state, "ended");
    assertEquals(service.clock.scheduled, 0);
  });

  it("moves a twin of a map and a store, and one of two stores", async () => {
    for (const old of [new NativeMap([["a", 1]]), lift(new NativeMap([["a", 1]]))]) {
      const clock = new ManualClock();
      const users = twin(old as NativeMap<string, number>, lift(new NativeMap<string, number>()), { clock });
      using change = rollout(users, {
        plan: [{ stage: "dualwrite", backfill: true, sweep: true }, { stage: "shadow" }],
      });
      change.start();
      await clock.advance(MINUTE);
      assertEquals(users.report().stage, "shadow");
      assertEquals(change.report().reasons, ["the plan has come to its end"]);
      users.close();
    }
  });

  it("refuses what is no twin, no plan, and reasons that nobody can read", async () => {
    const users = twin(new Map(), new Map());
    assertThrows(
      () => rollout(new Map() as never),
      TypeError,
      "Cannot create a rollout: twin must be a twin: received",
    );
    assertThrows(() => rollout(users, { plan: "fast" as never }), RangeError, 'plan must be "careful" or "quick"');
    assertThrows(() => rollout(users, { every: 1 } as never), TypeError, "every");
    assertThrows(() => rollout(users, { gate: { threshold: 2 } }), RangeError, "gate.threshold");
    using change = rollout(users);
    assertThrows(() => change.pause("", "ann"), RangeError, "why");
    assertThrows(() => change.confirm("now", "ann"), StageError, "it needs no confirmation");
    await assertRejects(() => change.promote("now", ""), RangeError, "by");
    users.close();
  });
});
