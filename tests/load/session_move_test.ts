/** The move of the demo's sessions under the demo's load, and the page that plants faults in it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { Hono } from "hono";
import { faultPage } from "../../examples/demo/fault_page.ts";
import { Load } from "../../examples/demo/load.ts";
import { SESSION_FAULTS, SessionMove } from "../../examples/demo/session_move.ts";
import { sessionService } from "../../examples/demo/session_service.ts";
import { moveToShadow } from "../../examples/demo_move/move_to_shadow.ts";
import { forced } from "../move_to.ts";
import { until } from "./until.ts";

interface Rig {
  readonly move: SessionMove;
  readonly load: Load;
  readonly app: Hono;
}

let endings: (() => unknown)[] = [];

/** A service under load, whose sessions are at shadow. */
async function begin(requestsPerSecond: number): Promise<Rig> {
  const move = new SessionMove(() => {});
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
  await moveToShadow(move.sessions, () => {});
  return { move, load, app };
}

function press(app: Hono, fault: string, origin = "http://localhost"): Promise<Response> | Response {
  return app.request("/fault", { method: "POST", body: new URLSearchParams({ fault }), headers: { origin } });
}

afterEach(async () => {
  for (const end of endings) await end();
  endings = [];
});

describe("the move of the demo", () => {
  it("finds every fault by its own load, and no client notices", async () => {
    const found = await Promise.all(SESSION_FAULTS.map(async (fault) => {
      const { move, load } = await begin(1_000);
      move.plant(fault);
      await until(() => move.planted?.firstDiff);
      return { fault, wrong: load.wrong, hasRate: move.sessions.report().diffRate > 0 };
    }));
    assertEquals(found, SESSION_FAULTS.map((fault) => ({ fault, wrong: 0, hasRate: true })));
  });

  it("goes back by itself, whatever the fault is, and moves to shadow again without it", async () => {
    await Promise.all(SESSION_FAULTS.map(async (fault) => {
      const { move } = await begin(500);
      const { sessions } = move;
      sessions.stage("live", forced("live", 5));
      move.begin();
      move.plant(fault);
      await until(() => sessions.report().rollout?.state === "paused");
      assertEquals([sessions.report().stage, sessions.report().percent], ["live", 0], fault);
      await move.takeAway();
      await until(() => sessions.report().stage === "shadow");
      assertEquals(await sessions.sweep(), true, fault);
    }));
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
