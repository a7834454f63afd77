import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Hono } from "hono";
import { NativeMap, type Stage, twin, type TwinMap, type TwinReport } from "@twinmap/twinmap";
import { type ReportApp, reportApp, type ReportAppOptions } from "@twinmap/twinmap/report";
import { FaultyMap } from "../../../testing/faulty_map.ts";
import { forced, moveTo } from "../../move_to.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

const TOKEN = "correct-horse+battery/staple=";
const ACTIONS = ["stage", "back", "reset", "sweep", "backfill", "pause", "resume"];
const JSON_TYPE = { "Content-Type": "application/json" };

interface Rig {
  readonly app: ReportApp;
  readonly clock: ManualClock;
  readonly newMap: FaultyMap<string, number>;
  readonly users: TwinMap<string, number>;
}

/** A twin at `stage` whose two maps hold a few entries, and its report with control. */
async function rig(stage: Stage = "off"): Promise<Rig> {
  const clock = new ManualClock();
  const newMap = new FaultyMap<string, number>(new NativeMap());
  const oldMap = new Map(Array.from({ length: 5 }, (_, i) => [`k${i}`, i]));
  const users = twin<string, number>(oldMap, newMap, { name: "users", clock });
  await moveTo(users, clock, stage);
  return { app: reportApp(users, { control: { token: TOKEN } }), clock, newMap, users };
}

async function send(app: ReportApp, path: string, init: RequestInit = {}): Promise<Response> {
  return await app.fetch(new Request(`http://localhost${path}`, { method: "POST", redirect: "manual", ...init }));
}

/** Posts a JSON object with the right token. */
async function command(app: ReportApp, path: string, fields: Record<string, unknown> = {}): Promise<Response> {
  const headers = { ...JSON_TYPE, Authorization: `Bearer ${TOKEN}` };
  return await send(app, path, { body: JSON.stringify(fields), headers });
}

async function errorOf(response: Response): Promise<{ error: string; missing?: string[] }> {
  return await response.json();
}

/** Posts what the page's form would. */
async function submit(app: ReportApp, query: string, fields: Record<string, string>): Promise<Response> {
  return await send(app, `/?${query}`, { body: new URLSearchParams(fields) });
}

describe("POST /stage", () => {
  it("moves to the stage and answers with the report", async () => {
    const { app, users } = await rig();
    const response = await command(app, "/stage", { stage: "dualwrite" });
    assertEquals(response.status, 200);
    const report: TwinReport = await response.json();
    assertEquals([report.name, report.stage, users.report().stage], ["users", "dualwrite", "dualwrite"]);
  });

  it("takes a percentage, at live", async () => {
    const { app, clock, users } = await rig("shadow");
    await clock.until(users.sweep());
    assertEquals((await command(app, "/stage", { stage: "live", percent: 12.5, force: "a test" })).status, 200);
    assertEquals([users.report().stage, users.report().percent], ["live", 12.5]);
    assertEquals(
      (await send(app, "/stage", {
        body: `stage=live&percent=50&force=a+test&token=${encodeURIComponent(TOKEN)}`,
        headers: { "Content-Type": "Application/X-WWW-Form-Urlencoded; charset=UTF-8" },
      })).status,
      200,
    );
    assertEquals(users.report().percent, 50);
  });

  it("lists what is missing if the move is not allowed", async () => {
    const { app, users } = await rig("shadow");
    const response = await command(app, "/stage", { stage: "live", percent: 1 });
    assertEquals(response.status, 409);
    const { error, missing } = await errorOf(response);
    assertEquals(missing?.[0], "a sweep of all keys must finish clean");
    assertStringIncludes(error, "Cannot move from shadow to live: a sweep of all keys must finish clean; ");
    assertEquals((await command(app, "/stage", { stage: "complete" })).status, 409);
    assertEquals(users.report().stage, "shadow");
  });

  it("refuses malformed requests, and says why", async () => {
    const { app, clock, users } = await rig("shadow");
    await clock.until(users.sweep());
    for (
      const [fields, reason] of [
        [{}, "stage must be a string"],
        [{ stage: 1 }, "stage must be a string"],
        [{ stage: ["live"] }, "stage must be a string"],
        [
          { stage: "nowhere" },
          'it must be one of off, dualwrite, shadow, live, rampdown, complete: received "nowhere"',
        ],
        [{ stage: "__proto__" }, 'received "__proto__"'],
        [{ stage: "live", percent: "5" }, "percent must be a number: received string"],
        [{ stage: "live", percent: null }, "percent must be a number: received object"],
        [{ stage: "live", percent: 101 }, "percent must be a number from 0 to 100: received 101"],
        [{ stage: "live", percent: -1 }, "received -1"],
        [{ stage: "dualwrite", percent: 5 }, "percent goes with live only: received 5"],
      ] as const
    ) {
      const response = await command(app, "/stage", fields);
      assertEquals(response.status, 400, reason);
      assertStringIncludes((await errorOf(response)).error, reason);
    }
    for (const body of ["{", "[]", "null", "1", `"live"`, "stage=live"]) {
      const response = await send(app, "/stage", { body, headers: { Authorization: `Bearer ${TOKEN}` } });
      assertEquals(response.status, 400, body);
      assertStringIncludes((await errorOf(response)).error, "must be a JSON object or a URL-encoded form");
    }
    assertEquals(users.report().stage, "shadow");
  });
});

describe("POST /stage with force", () => {
  it("goes past the gate, and the report and the page say why", async () => {
    const { app, users } = await rig("shadow");
    assertEquals((await command(app, "/stage", { stage: "live", percent: 5 })).status, 409);
    const why = "a <b>fix</b> cannot wait";
    assertEquals((await command(app, "/stage", { stage: "live", percent: 5, force: why })).status, 200);
    const [decision] = users.report().decisions;
    assertEquals([decision?.kind, decision?.stage, decision?.percent, decision?.why], ["force", "live", 5, why]);
    const page = await (await send(app, "/", { method: "GET" })).text();
    assertStringIncludes(page, "forced to live 5\u00a0%: “a &lt;b&gt;fix&lt;/b&gt; cannot wait”");
  });

  it("asks for a reason", async () => {
    const { app, users } = await rig("shadow");
    for (const force of ["", "x".repeat(501), 1, true, "two\nlines"]) {
      assertEquals((await command(app, "/stage", { stage: "live", percent: 5, force })).status, 400, String(force));
    }
    const form = { token: TOKEN, stage: "live", percent: "5" };
    assertEquals((await submit(app, "do=stage&twin=users", { ...form, past: "on", why: "" })).status, 400);
    assertEquals((await submit(app, "do=stage&twin=users", { ...form, why: "only so" })).status, 409);
    assertEquals(users.report().stage, "shadow");
    assertEquals((await submit(app, "do=stage&twin=users", { ...form, past: "on", why: "it must" })).status, 303);
    assertEquals(users.report().decisions.map(({ why }) => why), ["it must"]);
  });
});

describe("POST /back and POST /reset", () => {
  it("move back to where the old map answers, and begin a new episode, for a reason", async () => {
    const { app, users } = await rig("rampdown");
    const { startedAt } = users.report().gate.episode;
    assertEquals((await command(app, "/back", { why: "slow" })).status, 202);
    assertEquals([users.report().stage, users.report().percent], ["live", 0]);
    assertEquals((await command(app, "/reset", { why: "fixed" })).status, 200);
    const { decisions, gate } = users.report();
    assertEquals(decisions.slice(0, 2).map(({ kind, why }) => [kind, why]), [["reset", "fixed"], ["back", "slow"]]);
    assertEquals([gate.episode.why, startedAt <= gate.episode.startedAt], ["fixed", true]);
  });

  it("refuse to do it for no reason", async () => {
    const { app, users } = await rig("rampdown");
    for (const why of [undefined, null, 1, "", "x".repeat(501)]) {
      for (const path of ["/back", "/reset"]) {
        assertEquals((await command(app, path, { why })).status, 400, `${path} ${why}`);
      }
    }
    assertEquals([users.report().stage, users.report().decisions.some(({ kind }) => kind !== "force")], [
      "rampdown",
      false,
    ]);
  });
});

describe("POST /backfill at live", () => {
  it("copies from the side that is named", async () => {
    const { app, users } = await rig("live");
    assertEquals((await command(app, "/backfill")).status, 409);
    for (const from of [1, "both"]) assertEquals((await command(app, "/backfill", { from })).status, 400);
    assertEquals((await submit(app, "do=backfill&twin=users", { token: TOKEN, from: "old" })).status, 303);
    assertEquals(users.report().backfill.state, "running");
  });
});

describe("POST /sweep and POST /backfill", () => {
  it("start one, and answer right away", async () => {
    const { app, clock, users } = await rig();
    users.stage("dualwrite");
    for (const work of ["backfill", "sweep"] as const) {
      const response = await command(app, `/${work}`);
      assertEquals(response.status, 202);
      assertEquals((await response.json())[work].state, "running");
      await clock.advance(1_000);
      assertEquals(users.report()[work].state, "done");
    }
    assertEquals(users.report().sweep.clean, true);
  });

  it("list what is missing if they are not allowed", async () => {
    const { app, users } = await rig();
    for (
      const [work, missing] of [["sweep", "a stage at which both"], ["backfill", "a stage at which both"]] as const
    ) {
      const response = await command(app, `/${work}`);
      assertEquals(response.status, 409);
      assertStringIncludes((await errorOf(response)).missing?.join() ?? "", missing);
    }
    users.stage("dualwrite");
    assertEquals((await command(app, "/sweep")).status, 202);
    const again = await command(app, "/sweep");
    assertEquals([again.status, (await errorOf(again)).missing], [409, ["the end of the sweep that is running"]]);
  });

  it("leave it to the report when a map aborts them", async () => {
    const { app, newMap, users } = await rig("shadow");
    newMap.fault = "throws";
    const response = await command(app, "/sweep");
    assertEquals([response.status, (await response.json()).sweep.state], [202, "aborted"]);
    assertEquals(users.report().sweep.state, "aborted");
  });

  it("can be paused and resumed", async () => {
    const { app, clock, users } = await rig("dualwrite");
    await command(app, "/sweep");
    const paused = await command(app, "/pause");
    assertEquals([paused.status, (await paused.json()).sweep.state], [200, "paused"]);
    await clock.advance(1_000);
    assertEquals(users.report().sweep.state, "paused");
    assertEquals((await command(app, "/resume")).status, 200);
    await clock.advance(1_000);
    assertEquals(users.report().sweep.state, "done");
  });
});

describe("control", () => {
  it("takes the token from the header, a JSON field or a form's field", async () => {
    const { app, users } = await rig();
    const field = encodeURIComponent(TOKEN);
    const ways: RequestInit[] = [
      { headers: { Authorization: `Bearer ${TOKEN}` } },
      { headers: { Authorization: `bearer  ${TOKEN} ` } },
      { headers: { Authorization: `Bearer ${TOKEN}` }, body: "" },
      { headers: JSON_TYPE, body: JSON.stringify({ token: TOKEN }) },
      { body: new URLSearchParams({ token: TOKEN }) },
      { headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: `token=${field}` },
    ];
    for (const init of ways) assertEquals((await send(app, "/pause", init)).status, 200);
    assertEquals(users.report().stage, "off");
  });

  it("does nothing and reveals nothing without the right token", async () => {
    const { app, users } = await rig("dualwrite");
    const wrong = ["", TOKEN.slice(0, -1), `${TOKEN}x`, TOKEN.toUpperCase(), "undefined", "x".repeat(5_000), "é"];
    const attempts: RequestInit[] = [
      {},
      ...wrong.map((token) => ({ body: new URLSearchParams({ token }) })),
      ...wrong.map((token) => ({ body: JSON.stringify({ token }), headers: JSON_TYPE })),
      ...wrong.slice(0, -1).map((token) => ({ headers: { Authorization: `Bearer ${token}` } })),
      ...[null, true, 0, [TOKEN], { TOKEN }].map((token) => ({ body: JSON.stringify({ token }), headers: JSON_TYPE })),
      { headers: { Authorization: TOKEN } },
      { headers: { Authorization: `Basic ${TOKEN}` } },
      { headers: { Authorization: `Basic ${btoa(`users:${TOKEN}`)}` } },
      { headers: { Authorization: "Bearer wrong" }, body: new URLSearchParams({ token: "wrong" }) },
      { headers: { Cookie: `token=${TOKEN}` } },
    ];
    for (const action of ACTIONS) {
      for (const init of attempts) {
        for (const path of [`/${action}`, `/${action}?twin=others`, `/${action}?token=${encodeURIComponent(TOKEN)}`]) {
          const response = await send(app, path, init);
          assertEquals(response.status, 401, `${path} ${JSON.stringify(init)}`);
          assertEquals(response.headers.get("WWW-Authenticate"), `Bearer realm="twins"`);
          const { error, missing } = await errorOf(response);
          assertMatch(error, /^Cannot [a-z ]+: the token is missing or wrong$/);
          assertEquals(missing, undefined);
        }
      }
    }
    assertEquals([users.report().stage, users.report().sweep.state], ["dualwrite", "never"]);
  });

  it("takes the token from either place, since the header may hold that of a proxy", async () => {
    const { app } = await rig();
    const ways: RequestInit[] = [
      { headers: { Authorization: "Bearer of-the-proxy" }, body: new URLSearchParams({ token: TOKEN }) },
      { headers: { Authorization: "Basic dXNlcjpwYXNz" }, body: new URLSearchParams({ token: TOKEN }) },
      { headers: { Authorization: `Bearer ${TOKEN}` }, body: new URLSearchParams({ token: "of-the-form" }) },
    ];
    for (const init of ways) assertEquals((await send(app, "/pause", init)).status, 200);
  });

  it("requires a token of 16 characters or more that can be sent in a header", () => {
    const users = twin(new Map(), new Map());
    const refused: [unknown, string][] = [
      [{ control: {} }, "control.token must be a string of 16 or more"],
      [{ control: { token: undefined } }, "control.token must be a string of 16 or more"],
      [
        { control: { token: 1 } },
        "control.token must be a string of 16 or more visible ASCII characters: received a number",
      ],
      [{ control: null }, "control must be an object: received null"],
      [{ control: { token: "0123456789abcdef", role: 1 } }, 'unknown option "control.role"; known: control.token'],
      [{ controls: {} }, 'unknown option "controls"; known: control'],
      [null, "options must be an object: received null"],
    ];
    for (const [options, why] of refused) {
      const create = () => reportApp(users, options as ReportAppOptions);
      assertThrows(create, TypeError, `Cannot create a report: ${why}`);
    }
    reportApp(users, { control: { token: "0123456789abcdef" } });
    for (const token of ["", "0123456789abcde", ...[" ", "é", "\n"].map((wrong) => `0123456789abcde${wrong}`)]) {
      const error = assertThrows(
        () => reportApp(users, { control: { token } }),
        RangeError,
        "visible ASCII characters",
      );
      assert(error.message.endsWith("received a string"), "and not the token itself");
    }
  });

  it("moves only the named twin", async () => {
    const [users, carts] = ["users", "carts"].map((name) => twin(new Map(), new Map(), { name }));
    assert(users && carts);
    const app = reportApp([users, carts], { control: { token: TOKEN } });
    const stages = () => [users.report().stage, carts.report().stage];
    assertEquals((await command(app, "/stage", { stage: "dualwrite", twin: "carts" })).status, 200);
    assertEquals(stages(), ["off", "dualwrite"]);
    assertEquals((await command(app, "/stage?twin=users", { stage: "dualwrite" })).status, 200);
    assertEquals(stages(), ["dualwrite", "dualwrite"]);
    for (const twin of ["others", "", "__proto__"]) {
      const unknown = await command(app, "/stage", { stage: "off", twin });
      assertEquals([unknown.status, (await errorOf(unknown)).error], [
        404,
        `Cannot move to a stage: there is no twin ${JSON.stringify(twin)}`,
      ]);
    }
    for (const twin of [undefined, null, 0, ["users"]]) {
      const unnamed = await command(app, "/stage", { stage: "off", twin });
      assertEquals([unnamed.status, (await errorOf(unnamed)).error], [
        400,
        "Cannot move to a stage: twin must name one of the 2 twins",
      ]);
    }
    assertEquals(stages(), ["dualwrite", "dualwrite"]);
  });

  it("does not accept a wrong name for the only twin", async () => {
    const { app, users } = await rig();
    assertEquals((await command(app, "/stage", { stage: "dualwrite", twin: "others" })).status, 404);
    assertEquals((await command(app, "/stage", { stage: "dualwrite", twin: 1 })).status, 400);
    assertEquals(users.report().stage, "off");
  });

  it("reads at most 8 KiB, whatever length was announced", async () => {
    const { app, users } = await rig();
    const large = JSON.stringify({ token: TOKEN, stage: "dualwrite", filling: "x".repeat(8_192) });
    const pieces = () => new Blob([large]).stream();
    for (const path of [...ACTIONS.map((action) => `/${action}`), "/?do=stage&twin=users"]) {
      for (const body of [large, pieces()]) {
        const response = await send(app, path, { body, headers: JSON_TYPE, duplex: "half" } as RequestInit);
        assertEquals([response.status, (await errorOf(response)).error], [
          413,
          "Cannot read the body: it must have at most 8192 bytes",
        ]);
      }
    }
    assertEquals(users.report().stage, "off");
    const small = { token: TOKEN, stage: "dualwrite", filling: "x".repeat(8_000) };
    assertEquals((await send(app, "/stage", { body: JSON.stringify(small) })).status, 200);
  });

  it("accepts only POST", async () => {
    const { app, users } = await rig();
    for (const method of ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      for (const action of ACTIONS) {
        const headers = { Authorization: `Bearer ${TOKEN}` };
        const response = await send(app, `/${action}?stage=dualwrite&twin=users`, { method, headers });
        assertEquals(response.status, 404, `${method} /${action}`);
      }
    }
    assertEquals(users.report().stage, "off");
  });
});

describe("the page's form", () => {
  it("leads back to the page, which says what was done, at any address", async () => {
    for (const address of ["/", "/twins", "/twins/"]) {
      const { app, users } = await rig();
      const host = address === "/" ? app : new Hono().mount("/twins", app.fetch);
      const url = new URL(`http://localhost${address}`);
      const form = new URL("?do=stage&twin=users", url);
      const body = new URLSearchParams({ token: TOKEN, stage: "dualwrite", percent: "1" });
      const response = await host.fetch(new Request(form, { method: "POST", body }));
      assertEquals([response.status, await response.text()], [303, ""]);
      const next = new URL(response.headers.get("Location") ?? "", form);
      assertEquals(next.pathname, address);
      assertEquals(users.report().stage, "dualwrite");
      const page = await (await host.fetch(new Request(next))).text();
      assertMatch(page, /<p class="notice ?"[^>]*autofocus[^>]*>The twin is at dualwrite\.<\/p>/);
    }
  });

  it("says after it how things are, and claims nothing that anybody could make it claim", async () => {
    const { app, clock, users } = await rig("shadow");
    const told = async (action: string, twin = "users") => {
      const page = await (await send(app, `/?done=${action}&twin=${twin}`, { method: "GET" })).text();
      return /<p class="notice[^>]*>([^<]*)/.exec(page)?.[1];
    };
    assertEquals(await told("stage"), "The twin is at shadow.");
    assertEquals(await told("sweep"), "Backfill: done.");
    assertEquals([await told("stage", "others"), await told("back%0Aslash")], [undefined, undefined]);
    const end = users.sweep();
    assertEquals(await told("sweep"), "Backfill: done. Sweep: running.");
    users.pause();
    assertEquals(await told("pause"), "Backfill: done. Sweep: paused.");
    users.resume();
    await clock.until(end);
    users.stage("live", forced("live", 5));
    assertEquals(await told("stage"), "The twin is at live 5\u00a0%.");
  });

  it("starts a sweep and a backfill, pauses and resumes them", async () => {
    const { app, clock, users } = await rig();
    users.stage("dualwrite");
    const states: string[] = [];
    for (const action of ["backfill", "pause", "resume", "sweep"]) {
      const response = await submit(app, `do=${action}&twin=users`, { token: TOKEN, stage: "shadow", percent: "" });
      assertEquals(response.status, 303, action);
      states.push(users.report().backfill.state, users.report().sweep.state);
      if (action === "resume") await clock.advance(1_000);
    }
    assertEquals(states, ["running", "never", "paused", "never", "running", "never", "done", "running"]);
    assertEquals(users.report().stage, "dualwrite");
  });

  it("uses the percentage only at live, and refuses an empty one", async () => {
    const { app, clock, users } = await rig("dualwrite");
    assertEquals(
      (await submit(app, "do=stage&twin=users", { token: TOKEN, stage: "shadow", percent: "7" })).status,
      303,
    );
    await clock.until(users.sweep());
    for (const percent of ["", " ", "x", "101"]) {
      const refused = await submit(app, "do=stage&twin=users", { token: TOKEN, stage: "live", percent });
      assertEquals(refused.status, 400, `"${percent}"`);
    }
    assertEquals(
      (await submit(app, "do=stage&twin=users", { token: TOKEN, stage: "live", percent: "25", force: "a test" }))
        .status,
      303,
    );
    assertEquals([users.report().stage, users.report().percent], ["live", 25]);
  });

  it("gets the page with the reason if it is refused", async () => {
    const [users, carts] = ["users", "carts & co"].map((name) => twin(new Map(), new Map(), { name }));
    assert(users && carts);
    const app = reportApp([users, carts], { control: { token: TOKEN } });
    for (
      const [status, fields, reason] of [
        [401, { token: "wrong", stage: "dualwrite" }, "Cannot move to a stage: the token is missing or wrong"],
        [401, { stage: "dualwrite" }, "Cannot move to a stage: the token is missing or wrong"],
        [
          409,
          { token: TOKEN, stage: "live", percent: "1" },
          "Cannot move from off to live: go through dualwrite first",
        ],
        [400, { token: TOKEN, stage: "<b>" }, "received &quot;&lt;b&gt;&quot;"],
      ] as const
    ) {
      const response = await submit(app, `do=stage&twin=${encodeURIComponent("carts & co")}`, fields);
      assertEquals(response.status, status);
      assertEquals(response.headers.get("Content-Type"), "text/html; charset=UTF-8");
      const page = await response.text();
      const [before = "", after = ""] = page.split(`<p class="notice bad"`);
      assertStringIncludes(after, reason);
      assertEquals(page.match(/class="notice/g)?.length, 1, "it is told at one twin only");
      assertEquals(before.match(/<article/g)?.length, 2, "which is the second");
    }
    assertEquals([users.report().stage, carts.report().stage], ["off", "off"]);
  });

  it("does nothing for an unknown action", async () => {
    const { app } = await rig();
    for (const action of ["", "report", "__proto__", "constructor", "toString"]) {
      assertEquals((await submit(app, `do=${action}&twin=users`, { token: TOKEN })).status, 404, action);
      assertFalse((await (await send(app, `/?done=${action}`, { method: "GET" })).text()).includes(`class="notice`));
    }
    assertEquals((await submit(app, "", { token: TOKEN })).status, 404);
  });
});
