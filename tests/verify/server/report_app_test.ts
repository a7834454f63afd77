import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { Hono } from "hono";
import { createHash } from "node:crypto";
import { hotKeys, type HotKeysSource, twin, type TwinMap } from "@twinmap/twinmap";
import { type ReportApp, reportApp, type ReportedTwin } from "@twinmap/twinmap/report";
import { moveTo } from "../../move_to.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { SERVERS } from "./serve.ts";

const TOKEN = "sixteen-characters-or-more";
const ROUTES = ["/", "/report", "/diffs", "/metrics", "/events"];
const SCRIPT_TAG = "<script>alert(1)</script>";
const IMAGE_TAG = `<img src=x onerror="alert(2)">'&`;

/** A twin at shadow that found a diff at each of `keys`, and shows how hot they are. */
async function twinWithDiffs(name: string, keys: string[], reveal = true): Promise<TwinMap<string, unknown>> {
  const clock = new ManualClock();
  const newMap = new Map<string, unknown>();
  const oldMap = hotKeys(new Map<string, unknown>());
  const users = twin<string, unknown>(oldMap, newMap, { name, clock, reveal, hotKeys: oldMap });
  await moveTo(users, clock, "shadow");
  for (const key of keys) {
    users.set(key, { [IMAGE_TAG]: SCRIPT_TAG });
    newMap.set(key, { [IMAGE_TAG]: IMAGE_TAG });
    users.get(key);
  }
  await clock.until(users.settle());
  assertEquals(users.report().diffs > 0, keys.length > 0);
  return users;
}

function someTwin(name: string, hotKeys: HotKeysSource | null = null): TwinMap<string, number> {
  return twin<string, number>(new Map(), new Map(), { name, clock: new ManualClock(), hotKeys, reveal: true });
}

async function ask(app: ReportApp, path: string, init?: RequestInit): Promise<Response> {
  return await app.fetch(new Request(`http://localhost${path}`, init));
}

async function textOf(app: ReportApp, path: string): Promise<string> {
  return await (await ask(app, path)).text();
}

/** Of an endless answer as much as comes at once. */
async function beginningOf(response: Response): Promise<void> {
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
}

/** The JSON as it would be if the object were sent. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe("reportApp()", () => {
  it("answers each route with the right media type", async () => {
    const app = reportApp(someTwin("users"));
    const types = [];
    for (const route of ROUTES) {
      const response = await ask(app, route);
      assertEquals(response.status, 200, route);
      types.push(response.headers.get("Content-Type"));
      await beginningOf(response);
    }
    assertEquals(types, [
      "text/html; charset=UTF-8",
      "application/json",
      "application/json",
      "text/plain; version=0.0.4; charset=utf-8",
      "text/event-stream",
    ]);
  });

  it("has the report of one twin as JSON", async () => {
    const users = await twinWithDiffs("users", ["a", "b"]);
    assertEquals(await (await ask(reportApp(users), "/report")).json(), asJson(users.report()));
    assertEquals(await (await ask(reportApp(users), "/report?twin=users")).json(), asJson(users.report()));
  });

  it("has the reports of several twins as an array in their order, and the one that is named alone", async () => {
    const [users, carts] = [await twinWithDiffs("users", ["a"]), someTwin("carts & more")];
    const app = reportApp([users, carts]);
    const both = [asJson(users.report()), asJson(carts.report())];
    assertEquals(await (await ask(app, "/report")).json(), both);
    assertEquals(await (await ask(app, "/report?twin=carts+%26+more")).json(), both[1]);
  });

  it("has no report for an unknown twin", async () => {
    const app = reportApp([someTwin("users"), someTwin("carts")]);
    for (const path of ["/report?twin=others", "/report?twin=", "/?show=report&twin=others"]) {
      const response = await ask(app, path);
      assertEquals(response.status, 404);
      assertStringIncludes((await response.json()).error, "Cannot report: there is no twin");
    }
  });

  it("accepts any iterable of twins, and takes a twin, which is iterable itself, for one twin", async () => {
    const twins = [someTwin("users"), someTwin("carts")];
    for (const given of [twins, new Set(twins), twins.values()]) {
      assertEquals((await (await ask(reportApp(given), "/report")).json()).length, 2);
    }
    assertEquals((await (await ask(reportApp(twins[0] as ReportedTwin), "/report")).json()).name, "users");
  });

  it("refuses anything but twins, no twins, and duplicate names", () => {
    for (const wrong of [undefined, null, 1, "users", {}, [{}], [someTwin("users"), new Map()], new Map([[1, 2]])]) {
      assertThrows(
        () => reportApp(wrong as unknown as ReportedTwin),
        TypeError,
        "Cannot create a report: twins must be a twin or an iterable of twins: received ",
      );
    }
    assertThrows(() => reportApp([]), RangeError, "there must be at least one twin: received none");
    assertThrows(
      () => reportApp([someTwin("a"), someTwin("b"), someTwin("a")]),
      RangeError,
      `twins must have different names: received "a" twice`,
    );
  });

  it("needs no `this`", async () => {
    const { fetch } = reportApp(someTwin("users"));
    assertEquals((await fetch(new Request("http://localhost/report"))).status, 200);
  });

  for (const [server, serve] of SERVERS) {
    it(`serves on ${server}`, async () => {
      const users = someTwin("users");
      const { url, close } = await serve(reportApp(users, { control: { token: TOKEN } }).fetch);
      const body = new URLSearchParams({ stage: "dualwrite", token: TOKEN });
      assertEquals((await (await fetch(`${url}/stage`, { method: "POST", body })).json()).stage, "dualwrite");
      assertEquals((await (await fetch(`${url}/report`)).json()).stage, "dualwrite");
      assertStringIncludes(await (await fetch(url)).text(), "<h2 id=");
      await close();
    });
  }

  for (const address of ["/twins", "/twins/", "/deep/er/twins"]) {
    it(`can be mounted, and all its links and forms lead back to itself from ${address}`, async () => {
      const users = await twinWithDiffs("users & co", Array.from({ length: 12 }, (_, i) => `k${i}`));
      const report = reportApp(users, { control: { token: TOKEN } });
      const path = address.replace(/\/$/, "");
      const host = new Hono().get("/", (c) => c.text("the host")).mount(path, report.fetch);
      for (const route of ["report", "metrics"]) {
        assertEquals(await (await host.request(`${path}/${route}`)).text(), await textOf(report, `/${route}`));
      }
      const base = `http://localhost${address}`;
      const page = await (await host.request(base)).text();
      assertEquals(page, await textOf(report, "/"));
      const targets = [...page.matchAll(/ (href|action|formaction|src)="([^"]*)"/g)].map(([, kind, target = ""]) => ({
        kind,
        target: target.replaceAll("&amp;", "&"),
      })).filter(({ target }) => !target.startsWith("data:"));
      assertEquals(new Set(targets.map(({ kind }) => kind)), new Set(["href", "action", "formaction"]));
      for (const { kind, target } of targets) {
        const body = new URLSearchParams({ token: TOKEN, stage: "shadow", why: "to see" });
        // The form that finds diffs asks for the page.
        const isRead = kind === "href" || target.startsWith("#");
        const response = await host.request(new URL(target, base), isRead ? {} : { method: "POST", body });
        // The form's backfill has begun before its sweep.
        const expected = isRead ? 200 : target.includes("sweep") ? 409 : 303;
        assertEquals(response.status, expected, `${kind} ${target}`);
      }
    });
  }

  it("answers a query on the page's address like the routes", async () => {
    const app = reportApp(await twinWithDiffs("users", ["a"]));
    for (const route of ["report", "metrics"]) {
      assertEquals(await textOf(app, `/?show=${route}`), await textOf(app, `/${route}`));
    }
    const events = await ask(app, "/?show=events");
    assertEquals(events.headers.get("Content-Type"), "text/event-stream");
    await beginningOf(events);
    assertEquals((await ask(app, "/?show=nothing")).status, 404);
  });

  it("answers HEAD as GET, with no body", async () => {
    for (const route of ROUTES) {
      const response = await ask(reportApp(someTwin("users")), route, { method: "HEAD" });
      assertEquals([response.status, await response.text()], [200, ""], route);
      assert(response.headers.has("Content-Security-Policy"));
    }
  });

  it("changes nothing without control, whatever is asked", async () => {
    const clock = new ManualClock();
    const users = twin(new Map([["a", 1]]), new Map(), { name: "users", clock });
    users.stage("dualwrite");
    const app = reportApp(users);
    const before = users.report();
    const actions = ["stage", "back", "reset", "sweep", "backfill", "pause", "resume"];
    const paths = [...ROUTES, "/nothing", ...actions.flatMap((action) => [`/${action}`, `/?do=${action}&twin=users`])];
    for (const path of paths) {
      for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
        const body = JSON.stringify({ stage: "shadow", token: "", twin: "users" });
        const response = await ask(app, path, { method, body, headers: { Authorization: "Bearer undefined" } });
        assertEquals(response.status, 404, `${method} ${path}`);
      }
      const response = await ask(app, path);
      if (response.headers.get("Content-Type") === "text/event-stream") await beginningOf(response);
      else await response.text();
    }
    await clock.advance(1_000);
    assertEquals({ ...users.report(), reportedAt: "", windows: null }, { ...before, reportedAt: "", windows: null });
    assertFalse((await textOf(app, "/")).includes("post"));
  });

  it("sends a strict policy with every answer, and lets nobody cache it", async () => {
    const failing: ReportedTwin = someTwin("users");
    const app = reportApp(failing, { control: { token: TOKEN } });
    const post = (path: string, body: string, token = TOKEN): [string, RequestInit] => [
      path,
      { method: "POST", body, headers: { Authorization: `Bearer ${token}` } },
    ];
    const asked: [number, string, RequestInit?][] = [
      ...ROUTES.map((route): [number, string] => [200, route]),
      [404, "/nothing"],
      [404, "/report?twin=others"],
      [200, ...post("/stage", `{"stage":"dualwrite"}`)],
      [400, ...post("/stage", `{"stage":"nowhere"}`)],
      [401, ...post("/?do=stage", "{}", "wrong")],
      [409, ...post("/stage", `{"stage":"complete"}`)],
      [413, ...post("/stage", " ".repeat(10_000))],
      [500, "/report"],
    ];
    for (const [status, path, init] of asked) {
      if (status === 500) failing.report = () => JSON.parse("{");
      const response = status === 500 ? await quietly(() => ask(app, path, init)) : await ask(app, path, init);
      assertEquals(response.status, status, path);
      if (response.headers.get("Content-Type") === "text/event-stream") await beginningOf(response);
      const policy = response.headers.get("Content-Security-Policy") ?? "";
      assertMatch(policy, /^default-src 'none';/, path);
      for (const part of ["form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "connect-src 'self'"]) {
        assertStringIncludes(policy, part);
      }
      assertFalse(/unsafe|\*|https?:/.test(policy), policy);
      assertEquals(response.headers.get("X-Content-Type-Options"), "nosniff");
      assertEquals(response.headers.get("X-Frame-Options"), "DENY");
      assertEquals(response.headers.get("Referrer-Policy"), "no-referrer");
      assertEquals(response.headers.get("Cache-Control"), "no-store", path);
      assertEquals(response.headers.get("Access-Control-Allow-Origin"), null);
      assertEquals(response.headers.get("Strict-Transport-Security"), null);
    }
  });

  it("lets the page run its own script and style, by their hashes, and nothing else", async () => {
    const response = await ask(reportApp(someTwin("users")), "/");
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    const page = await response.text();
    for (const tag of ["script", "style"]) {
      const contents = [...page.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, "g"))].map(([, content = ""]) =>
        content
      );
      assertEquals(contents.length, 1, tag);
      const hash = createHash("sha256").update(contents[0] ?? "").digest("base64");
      assertStringIncludes(policy, `${tag}-src 'sha256-${hash}'`);
    }
    assertFalse(/<[^>]*\s(?:on\w+|style)=/.test(page), "no handlers and styles in attributes");
  });

  it("reveals nothing about an error", async () => {
    const users: ReportedTwin = someTwin("users");
    const app = reportApp(users);
    users.report = () => {
      throw new Error("the secret");
    };
    for (const route of ["/", "/report", "/metrics"]) {
      const response = await quietly(() => ask(app, route));
      assertEquals([response.status, await response.text()], [500, "Internal Server Error"], route);
    }
  });

  it("shows every name, key, path and value as text", async () => {
    const app = reportApp([await twinWithDiffs(SCRIPT_TAG, [SCRIPT_TAG, IMAGE_TAG]), someTwin(IMAGE_TAG)], {
      control: { token: TOKEN },
    });
    const refused = await ask(app, `/?do=stage&twin=${encodeURIComponent(SCRIPT_TAG)}`, {
      method: "POST",
      body: new URLSearchParams({ token: TOKEN, stage: SCRIPT_TAG, twin: SCRIPT_TAG }),
    });
    assertEquals(refused.status, 400);
    for (const page of [await textOf(app, "/"), await refused.text()]) {
      assertFalse(page.includes("<script>alert"));
      assertFalse(page.includes("<img"));
      assertStringIncludes(page, "&lt;script&gt;alert(1)&lt;/script&gt;");
      assertStringIncludes(page, "&lt;img src=x onerror=");
      assertEquals(page.match(/<script/g)?.length, 1);
    }
  });

  it("shows any key and value as text", async () => {
    const text = fc.string({
      unit: fc.constantFrom(..."<>&\"'`=/ax-!\n", "</code>", "<!--", "&#60;", "\u2028"),
      maxLength: 30,
    });
    const tagsOf = (page: string) => page.match(/<[a-z!/][^\s>]*/gi);
    const expected = tagsOf(await textOf(reportApp(await twinWithDiffs("users", ["a"])), "/"));
    await fc.assert(
      fc.asyncProperty(text, async (key) => {
        assertEquals(tagsOf(await textOf(reportApp(await twinWithDiffs("users", [key])), "/")), expected);
      }),
      { numRuns: 50 },
    );
  });

  it("contains no keys and no values unless they are revealed", async () => {
    for (const reveal of [false, true]) {
      const app = reportApp(await twinWithDiffs("users", ["the-secret-key"], reveal));
      for (const route of ["/", "/report"]) {
        assertEquals((await textOf(app, route)).includes("the-secret-key"), reveal, route);
        assertEquals((await textOf(app, route)).includes("src=x"), reveal, route);
      }
    }
  });

  it("shows hot keys on the page only if the twin has a source of them", async () => {
    assertFalse((await textOf(reportApp(someTwin("users")), "/")).includes("Hot keys"));
    const none = await textOf(reportApp(someTwin("users", { top: () => [] })), "/");
    assertStringIncludes(none, "<h3>Hot keys</h3>");
    assertStringIncludes(none, "No operation has been counted yet.");
  });

  it("shows the first 20 hot keys, with their counts and how exact these are", async () => {
    const given = Array.from({ length: 25 }, (_, at) => ({ key: at, count: 9_000 - at, error: at * 300 }));
    const users = someTwin("users", { top: () => given });
    const page = await textOf(reportApp(users), "/");
    const section = page.match(/<section id="twin-1-hot-keys">([^]*?)<\/section>/)?.[1] ?? "";
    const rows = [...section.matchAll(/<th scope="row">[^]*?<\/tr>/g)].map(([row]) => row);
    assertEquals(rows.length, 20);
    assertMatch(rows[0] ?? "", /<code>0<\/code>[^]*>9,000<[^]*>0</);
    assertMatch(rows[19] ?? "", /<code>19<\/code>[^]*>8,981<[^]*up to <data[^>]*>5,700</);
    assertMatch(rows[19] ?? "", /width="99\.8%"[^]*width="36\.5%"/);
    assertMatch(section, /The 20 most used keys, of 25/);
    assertEquals(users.report().hotKeys?.length, 25);
  });

  it("shows the verdict, the stage and what is needed, at each stage", async () => {
    for (const stage of ["off", "dualwrite", "shadow", "live", "rampdown", "complete"] as const) {
      const clock = new ManualClock();
      const users = twin(new Map([["a", 1]]), new Map(), { name: "users", clock });
      await moveTo(users, clock, stage, 25);
      const page = await textOf(reportApp(users), "/");
      const current = page.match(/<li class="current" aria-current="step">([^<]*)<\/li>/)?.[1];
      assertEquals(current, stage === "live" ? "live 25\u00a0%" : stage);
      for (const { stage: neighbour, missing } of users.report().moves) {
        assertStringIncludes(page, `<strong>${neighbour}</strong> ${missing.length === 0 ? "is open" : "is held"}`);
        for (const phrase of missing) assertStringIncludes(page, phrase);
      }
      assertStringIncludes(page, users.report().compared === 0 ? "Nothing has been compared" : "No diff so far in ");
    }
  });
});

/** What fails on purpose is told on the console, where it would be taken for a failure of the tests. */
async function quietly<T>(run: () => Promise<T>): Promise<T> {
  const { error } = console;
  console.error = () => {};
  try {
    return await run();
  } finally {
    console.error = error;
  }
}
