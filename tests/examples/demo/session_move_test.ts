/** The rollout of the demo. Time passes when a test says so. */
import { assert, assertEquals, assertGreater, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { reportApp } from "@twinmap/twinmap/report";
import { SessionMove } from "../../../examples/demo/session_move.ts";
import type { FaultName } from "../../../testing/faults.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

const TOKEN = "correct-horse-battery-staple";
const SESSIONS = 5_000;
const USED_PER_SECOND = 500;
const LONGEST_S = 150;

let endings: (() => unknown)[] = [];

afterEach(() => {
  for (const end of endings) end();
  endings = [];
});

function begin(fault?: FaultName) {
  const clock = new ManualClock();
  const told: string[] = [];
  const move = new SessionMove((line) => told.push(line), clock);
  endings.push(() => move.close());
  const { sessions } = move;
  const login = (id: number) =>
    sessions.set(id, id % 10 === 0 ? undefined : { name: "x", utcOffsetMinutes: -0, visits: 0 });
  for (let id = 0; id < SESSIONS; id++) login(id);
  move.begin(fault);
  const app = reportApp(sessions, { control: { token: TOKEN } });
  let next = 0;

  const visit = (id: number) => {
    try {
      if (!sessions.has(id)) login(id);
      else if (id % 50 === 7) sessions.delete(id);
      if (id % 10 === 0) sessions.get(id);
      else sessions.update(id, (session) => session && { ...session, visits: session.visits + 1 });
    } catch {
      // At live, the client of a faulty map sees its errors.
    }
  };
  /** Lets clients use sessions until `isOver`, and returns how many seconds that took. */
  const until = async (isOver: () => boolean, usedPerSecond = USED_PER_SECOND): Promise<number> => {
    for (let s = 0; s < LONGEST_S; s++) {
      if (isOver()) return s;
      for (let i = 0; i < usedPerSecond; i++) visit(next++ % SESSIONS);
      await clock.advance(1_000);
    }
    throw new Error(`Not within ${LONGEST_S} s:\n${told.join("\n")}`);
  };
  const isAt = (place: string) => () => {
    const { stage, percent } = sessions.report();
    return place === (stage === "live" ? `live ${percent}` : stage);
  };
  const state = () => sessions.report().rollout?.state;
  const press = async (action: string) => {
    const body = new URLSearchParams({ token: TOKEN, why: "a test", by: "ann" });
    return (await app.fetch(new Request(`http://localhost/rollout/${action}`, { method: "POST", body }))).status;
  };
  const page = async () => await (await app.fetch(new Request("http://localhost/"))).text();
  return { clock, move, sessions, told, until, isAt, state, press, page };
}

describe("the rollout of the demo", () => {
  it("goes from off to complete by itself in about two minutes, and says each step and why", async () => {
    const { sessions, told, until, isAt } = begin();
    const seconds = await until(isAt("complete"));
    assertGreater(seconds, 90);
    assertLess(seconds, 130);
    const steps = told.filter((line) => !/^ |Confirmed|ended/.test(line)).map((line) => line.slice(0, 10).trim());
    const shares = [1, 5, 25, 50, 100].map((percent) => `live ${percent} %`);
    assertEquals(steps, ["dualwrite", "shadow", ...shares, "rampdown", "complete"]);
    const text = told.join("\n");
    assertStringIncludes(
      text,
      "shadow      Reads are compared as well. Why: both maps hold what was there before; a sweep",
    );
    assertMatch(
      text,
      /live 5 % +The new map answers for 5 % of the keys\. Why: at most [\d.]+ % of key visits find a diff/,
    );
    assertStringIncludes(text, "Only the new map is used: the way back ends here.");
    assertMatch(text, /rampdown +Confirmed by demo: nobody did within 24 seconds\./);
    assertEquals(sessions.report().diffs, 0);
  });

  it("goes back within seconds when a fault is planted at live 5 %, and the page says why", async () => {
    const { move, told, until, isAt, state, page } = begin("drops-property");
    await until(isAt("live 5"));
    assertEquals(move.planted?.fault, "drops-property");
    assertLess(await until(isAt("live 0")), 10);
    assertEquals(state(), "paused");
    const text = told.join("\n");
    assertMatch(text, /live 0 % +The old map answers every key again: at least [\d.]+ % of key visits find a diff/);
    assertMatch(text, /It went back [\d,]+ ms after drops-property was planted\./);
    assertMatch(await page(), /went back to live 0 %, by plan: “at least [\d.]+ % of key visits/);
  });

  it("goes on no further while a fault is planted at shadow", async () => {
    const { move, sessions, until, isAt, state } = begin();
    await until(isAt("shadow"));
    move.plant("drops-property");
    let seconds = 0;
    await until(() => ++seconds > 40, 50);
    assertEquals([sessions.report().stage, sessions.report().gate.verdict, state()], ["shadow", "fail", "running"]);
  });

  it("begins a new rollout once the fault is removed", async () => {
    const { clock, move, sessions, told, until, isAt } = begin("drops-property");
    await until(isAt("live 5"));
    await until(isAt("live 0"));
    await clock.until(move.takeAway());
    assertEquals(move.planted, undefined);
    assertStringIncludes(told.join("\n"), "off         The new map is cleared; the move starts again.");
    const { diffs } = sessions.report();
    await until(isAt("complete"));
    assertEquals(sessions.report().diffs, diffs);
  });

  it("leaves the damage in the new map once that has taken over", async () => {
    const { move, sessions, told, until, isAt } = begin();
    await until(isAt("rampdown"));
    move.plant("drops-property");
    await move.takeAway();
    assertEquals(sessions.report().stage, "rampdown");
    assertStringIncludes(told.at(-1) ?? "", "its damage stays");
  });

  it("leaves complete to whoever pauses or confirms", async () => {
    const { clock, sessions, told, until, isAt, press } = begin();
    await until(isAt("rampdown"));
    assertEquals(await press("pause"), 200);
    await clock.advance(60_000);
    assertEquals(sessions.report().stage, "rampdown");
    assertEquals([await press("resume"), await press("confirm")], [200, 200]);
    await until(isAt("complete"));
    assert(!told.join("\n").includes("Confirmed by demo"));
  });

  it("says what stops it if a fault prevents a step", async () => {
    const { clock, move, sessions, page } = begin();
    move.plant("throws");
    await clock.advance(5_000);
    assertEquals(sessions.report().stage, "dualwrite");
    assertStringIncludes(await page(), "The map is out of order");
  });
});
