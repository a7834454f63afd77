/** The move of the demo's sessions under the demo's load, and the page that plants faults in it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { Hono } from "hono";
import { faultPage } from "../../examples/demo/fault_page.ts";
import { Load } from "../../examples/demo/load.ts";
import { SESSION_FAULTS, SessionMove } from "../../examples/demo/session_move.ts";
import { sessionService } from "../../examples/demo/session_service.ts";
import { forced } from "../move_to.ts";
import { until } from "./until.ts";

interface Rig {
  readonly move: SessionMove;
  readonly load: Load;
  readonly told: readonly string[];
  readonly app: Hono;
}

let endings: (() => unknown)[] = [];

/** A service under load, whose sessions are at shadow. */
async function begin(requestsPerSecond: number): Promise<Rig> {
  const told: string[] = [];
  const move = new SessionMove((line) => told.push(line));
  const app = new Hono().route("/sessions", sessionService(() => move.sessions));
  const load = new Load(app, { clients: 200, requestsPerSecond, seed: 1 });
  app.route("/", faultPage(move, load, "/twins"));
  await load.begin();
  const interrupt = new AbortController();
  const running = load.run(interrupt.signal);
  endings.push(async () => {
    interrupt.abort();
    await running;
    move.close();
  });
  await move.begin();
  return { move, load, told, app };
}

function press(app: Hono, fault: string, origin = "http://localhost"): Promise<Response> | Response {
  return app.request("/fault", { method: "POST", body: new URLSearchParams({ fault }), headers: { origin } });
}

afterEach(async () => {
  for (const end of endings) await end();
  endings = [];
});

describe("the move of the demo", () => {
  it("copies the sessions at dualwrite, finds both maps equal, and moves to shadow under load", async () => {
    const { move, load, told } = await begin(1_000);
    await until(() => move.sessions.report().operations.reads > 100);
    const { stage, diffs, backfill, sweep } = move.sessions.report();
    assertEquals([stage, diffs, backfill.state, backfill.done, sweep.clean], ["shadow", 0, "done", 200, true]);
    assertEquals([load.wrong, load.right > 200], [0, true]);
    assertEquals(told.map((line) => line.split(" ")[0]), ["dualwrite", "", "shadow"]);
  });

  it("finds every fault by its own load, and no client notices", async () => {
    const found = await Promise.all(SESSION_FAULTS.map(async (fault) => {
      const { move, load } = await begin(1_000);
      move.plant(fault);
      await until(() => move.planted?.firstDiff);
      return { fault, wrong: load.wrong, hasRate: move.sessions.report().diffRate > 0 };
    }));
    assertEquals(found, SESSION_FAULTS.map((fault) => ({ fault, wrong: 0, hasRate: true })));
  });

  it("removes a fault and its damage, and starts again", async () => {
    const { move, told } = await begin(2_000);
    move.plant("confuses-types");
    await until(() => move.planted?.firstDiff);
    await move.takeAway();
    const { stage, sweep, diffs } = move.sessions.report();
    assertEquals([move.planted, stage, sweep.clean], [undefined, "shadow", true]);
    assertEquals(await move.sessions.sweep(), true);
    assertEquals(move.sessions.report().diffs, diffs);
    assertStringIncludes(told.join("\n"), "Removed confuses-types.");
  });

  it("goes back from live, where a fault gives clients wrong answers", async () => {
    const { move, load } = await begin(2_000);
    move.sessions.stage("live", forced("live", 50));
    move.plant("throws");
    await until(() => load.wrong > 10);
    await move.takeAway();
    assertEquals(move.sessions.report().stage, "shadow");
  });

  it("leaves the damage in the new map once that has taken over", async () => {
    const { move, told } = await begin(1_000);
    move.sessions.stage("live", forced("live"));
    move.sessions.stage("rampdown", forced("rampdown"));
    move.plant("drops-property");
    await move.takeAway();
    assertEquals(move.sessions.report().stage, "rampdown");
    assertStringIncludes(told.at(-1) ?? "", "its damage stays");
  });

  it("says why it stops if a fault prevents a step", async () => {
    const told: string[] = [];
    const move = new SessionMove((line) => told.push(line));
    move.sessions.set(1, undefined);
    move.plant("throws");
    await move.begin();
    assertEquals(told.at(-1), "The move stops at dualwrite: The map is out of order");
    move.close();
  });
});

describe("the page of the demo", () => {
  it("has a button for each fault, and one to remove a planted fault", async () => {
    const { app } = await begin(0);
    const calm = await (await app.request("/")).text();
    const buttons = [...calm.matchAll(/<button name="fault" value="([^"]*)"/g)].map(([, name]) => name);
    assertEquals(buttons, ["", ...SESSION_FAULTS]);
    assertStringIncludes(calm, "No fault is planted.");
    await press(app, "forgets");
    const harmed = await (await app.request("/")).text();
    assertMatch(harmed, /value="forgets" aria-pressed="true"/);
  });

  it("plants the fault whose button is pressed, shows its effects, and removes it", async () => {
    const { app, move } = await begin(2_000);
    const response = await press(app, "drops-property");
    assertEquals([response.status, response.headers.get("location")], [303, "/"]);
    const now = await until(async () => {
      const text = await (await app.request("/now")).text();
      return text.includes("The first:") && text;
    });
    assertMatch(now, /drops-property<\/strong> is planted: an object loses its last property\./);
    assertMatch(now, /Since then [\d.]+ % of [\d,]+ comparisons? found a diff: [\d,]+ value\./);
    assertMatch(now, /The first: value at \.visits: old \d+, new absent, key &quot;/);
    await press(app, "");
    await until(() => move.sessions.report().stage === "shadow" && move.planted === undefined);
    assertStringIncludes(await (await app.request("/now")).text(), "No fault is planted.");
  });

  it("refuses an unknown fault, and any request from another site", async () => {
    const { app, move } = await begin(0);
    assertEquals((await press(app, "nonsense")).status, 400);
    assertEquals((await press(app, "throws", "http://elsewhere.example")).status, 403);
    assertEquals(move.planted, undefined);
  });

  it("shows the content of a session as text, and loads nothing from elsewhere", async () => {
    const { app, move } = await begin(0);
    const login = (name: string) =>
      app.request("/sessions", { method: "POST", body: JSON.stringify({ name, timezoneOffset: 0 }) });
    const { id } = await (await login("<script>alert(1)</script>")).json();
    move.plant("confuses");
    await login("another");
    await app.request(`/sessions/${id}`);
    await until(() => move.planted?.firstDiff);
    for (const path of ["/", "/now"]) {
      const response = await app.request(path);
      const text = await response.text();
      assertStringIncludes(text, "&lt;script&gt;alert(1)");
      assert(!text.includes("<script>alert(1)"));
      assertStringIncludes(response.headers.get("content-security-policy") ?? "", "default-src 'none'");
    }
  });
});
