/** The move of sessions to a SQLite file that is stopped, slowed down and cut off, over HTTP. Time passes when a test says so. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import type { TwinReport } from "@twinmap/twinmap";
import { reportApp } from "@twinmap/twinmap/report";
import { Hono } from "hono";
import { serve } from "../../../examples/demo/serve.ts";
import { sessionService } from "../../../examples/demo/session_service.ts";
import { LOST_MS, SLOW_MS } from "../../../examples/demo_move/new_store.ts";
import { SqliteStore } from "../../../examples/demo_move/sqlite_store.ts";
import { StoreMove } from "../../../examples/demo_move/store_move.ts";
import { storePage } from "../../../examples/demo_move/store_page.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

const TOKEN = "correct-horse-battery-staple";
const SESSIONS = 20;
const LONGEST_S = 60;

let endings: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of endings) await end();
  endings = [];
});

/** A service whose sessions are at shadow, and what its clients and its owner can ask of it. */
async function begin() {
  const clock = new ManualClock();
  const store = await SqliteStore.open(clock);
  const told: string[] = [];
  const move = new StoreMove(store, (line) => told.push(line), clock);
  const app = new Hono()
    .route("/sessions", sessionService(() => move.called))
    .mount("/twins", reportApp(move.sessions, { control: { token: TOKEN } }).fetch)
    .route("/", storePage({ move, load: { right: 0, wrong: 0 }, reportPath: "/twins", token: TOKEN }));
  const { address, close } = await serve(app.fetch, 0);
  endings.push(close, () => move.close(), () => store.close());

  /** Makes a request. Time stands still meanwhile. */
  const ask = async (path: string, fields?: Record<string, string>) => {
    const init = fields && { method: "POST", body: new URLSearchParams(fields), redirect: "manual" as const };
    const response = await fetch(`${address}${path}`, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const press = async (button: string) => (await ask("/press", { button, token: TOKEN })).status;
  /** Makes a request of a client. */
  const request = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${address}/sessions${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  const report = async (): Promise<TwinReport> => JSON.parse((await ask("/twins/report")).text);
  /** Lets time pass until a line says what matches. */
  const said = async (pattern: RegExp) => {
    const line = () => told.find((line) => pattern.test(line));
    for (let s = 0; s < LONGEST_S && line() === undefined; s++) await clock.advance(1_000);
    assertMatch(line() ?? told.join("\n"), pattern);
  };

  const ids: string[] = [];
  const logIn = async () => {
    ids.push((await request("POST", "", { name: `member ${ids.length}`, timezoneOffset: 0 })).body.id);
  };
  for (let i = 0; i < SESSIONS; i++) await logIn();
  await clock.until(move.begin());
  /** Visits every session; each visit is counted at once. */
  const visitAll = async (visits: number) => {
    for (const id of ids) assertEquals((await request("POST", `/${id}/visits`)).body.visits, visits);
  };
  /** How many visits the new store has for each session. */
  const stored = async () => Array.from(await clock.until(store.map.getMany(ids)), ([, session]) => session?.visits);
  return { clock, store, move, told, ids, ask, press, report, said, visitAll, stored };
}

const everywhere = (visits: number) => Array.from({ length: SESSIONS }, () => visits);

describe("the move of sessions to a store", () => {
  it("copies the sessions, finds both maps equal, and moves to shadow", async () => {
    const { told, report, stored } = await begin();
    const { stage, diffs, sweep } = await report();
    assertEquals([stage, diffs, sweep.clean], ["shadow", 0, true]);
    assertEquals(told.length, 3);
    assertEquals(await stored(), everywhere(0));
  });

  it("goes on while the store is stopped, and makes both equal when that goes on", async () => {
    const { clock, ids, ask, press, report, said, visitAll, stored } = await begin();
    assertEquals(await press("stop"), 303);
    await visitAll(1);
    await clock.advance(1_500);
    await visitAll(2);
    await clock.advance(0);
    const { mirror, stage, gate } = await report();
    assertEquals([mirror.broken, mirror.journaled, stage, gate.verdict], [true, ids.length, "shadow", "hold"]);
    assertEquals((await ask(`/sessions/${ids[0]}`)).status, 200);
    const { text } = await ask("/now");
    assertMatch(text, /SQLite is stopped\.<\/strong> .* No client notices: the Map answers them all\./);
    assertMatch(text, /<dd class="bad">open<\/dd>[^]*<dd class="bad">20<\/dd>/);
    assertStringIncludes((await ask("/twins")).text, "The other map fails or does not answer.");

    assertEquals(await press("go-on"), 303);
    await said(/^The journal is empty\. All sessions were compared: no diff\.$/);
    const after = await report();
    assertEquals([after.mirror.broken, after.mirror.journaled, after.diffs], [false, 0, 0]);
    assertEquals([after.sweep.clean, after.stage], [true, "shadow"]);
    assertEquals(await stored(), everywhere(2));
    assertMatch((await ask("/now")).text, /<p class="state ">SQLite works\./);
  });

  it("answers clients at once while the store is slow, and copies soon after", async () => {
    const { clock, press, report, visitAll, stored } = await begin();
    await press("slow");
    await visitAll(1);
    await clock.advance(0);
    assertEquals((await report()).mirror.pending, SESSIONS);
    await clock.advance(SLOW_MS);
    const { pending, journaled, broken } = (await report()).mirror;
    assertEquals([pending, journaled, broken], [0, 0, false]);
    assertEquals(await stored(), everywhere(1));
  });

  it("copies again what it does not know to be written when the connection was lost", async () => {
    const { clock, press, report, said, visitAll, stored } = await begin();
    await press("lose");
    await visitAll(1);
    await clock.advance(0);
    const { errors, journaled } = (await report()).mirror;
    assertEquals([errors, journaled], [SESSIONS, SESSIONS]);
    await clock.advance(LOST_MS);
    // They were written, but nobody could know.
    assertEquals(await stored(), everywhere(1));
    await said(/^The journal is empty\. All sessions were compared: no diff\.$/);
    assertEquals((await report()).diffs, 0);
    assertEquals(await stored(), everywhere(1));
  });

  it("compares all sessions again if the store fails meanwhile", async () => {
    const { clock, store, press, said, told } = await begin();
    await press("go-on");
    store.stop();
    await clock.advance(60_000);
    store.goOn();
    await said(/^The journal is empty\. All sessions were compared: no diff\.$/);
    assertEquals(told.filter((line) => line.startsWith("A step failed")), []);
  });

  it("tells when the breaker opens and closes, the latest first on the page", async () => {
    const { ask, press, said, visitAll } = await begin();
    await press("stop");
    await visitAll(1);
    await said(/^The breaker opened/);
    await press("go-on");
    await said(/^The breaker closed/);
    assertMatch((await ask("/now")).text, /The breaker closed[^]*goes on[^]*The breaker opened[^]*was stopped/);
  });

  it("lets the store answer once the service waits for it; then clients notice when that is stopped", async () => {
    const { clock, ids, ask, press, report, visitAll } = await begin();
    const toLive = () =>
      ask("/twins/stage", { stage: "live", percent: "100", past: "on", why: "a test", token: TOKEN });
    const view = () => clock.until(ask(`/sessions/${ids[0]}`));
    await visitAll(1);
    const refused = toLive();
    let isRefused = false;
    refused.finally(() => isRefused = true);
    // The calls would grow old if time passed while the server answers.
    while (!isRefused) await clock.advance(0);
    assertMatch((await refused).text, /5 seconds without a synchronous call: there were \d+/);
    await press("wait");
    await clock.advance(6_000);
    assertEquals((await clock.until(toLive())).status, 200);
    assertEquals((await report()).stage, "live");
    assertEquals(JSON.parse((await view()).text).visits, 1);
    await press("stop");
    assertEquals((await view()).status, 500);
    assertStringIncludes((await ask("/now")).text, "SQLite answers for 100 % of the keys, so clients notice.");
    await press("go-on");
    assertEquals((await view()).status, 200);
  });
});

describe("the page of the move", () => {
  it("has buttons that work without a script, for whoever came by the link with the token", async () => {
    const { ask } = await begin();
    const { text } = await ask(`/?token=${TOKEN}`);
    const buttons = [...text.matchAll(/<button name="button" value="([^"]+)" aria-pressed="false"/g)];
    assertEquals(buttons.map(([, name]) => name), ["stop", "slow", "lose", "go-on", "wait"]);
    assertStringIncludes(text, '<form method="post" action="/press">');
    assertStringIncludes(text, `<input type="hidden" name="token" value="${TOKEN}">`);
  });

  it("asks everybody else for the token, and does not show it", async () => {
    const { ask } = await begin();
    for (const path of ["/", "/?token=", "/?token=nonsense"]) {
      const { text } = await ask(path);
      assertStringIncludes(text, '<input id="token" name="token" type="password" required');
      assertEquals(text.includes(TOKEN), false);
    }
  });

  it("goes back to the link with the token, and shows what is pressed", async () => {
    const { ask } = await begin();
    const { status, headers } = await ask("/press", { button: "slow", token: TOKEN });
    assertEquals([status, headers.get("location")], [303, `/?token=${TOKEN}`]);
    assertStringIncludes((await ask("/")).text, 'value="slow" aria-pressed="true"');
  });

  it("does nothing without the right token, for an unknown button, or for a long body", async () => {
    const { ask, move } = await begin();
    for (const fields of [{ button: "stop" }, { button: "stop", token: "nonsense" }]) {
      const { status, text } = await ask("/press", fields as Record<string, string>);
      assertEquals(status, 401);
      assertStringIncludes(text, "The token is missing or wrong.");
    }
    assertEquals((await ask("/press", { button: "constructor", token: TOKEN })).status, 400);
    assertEquals((await ask("/press", { button: "stop", token: TOKEN, more: "x".repeat(2_000) })).status, 413);
    assertEquals(move.trouble, undefined);
  });

  it("loads nothing from elsewhere", async () => {
    const { ask } = await begin();
    const { headers } = await ask("/");
    assertStringIncludes(headers.get("content-security-policy") ?? "", "default-src 'none'");
    assertEquals(headers.get("referrer-policy"), "no-referrer");
  });
});
