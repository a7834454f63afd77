import { assertEquals, assertGreaterOrEqual, assertLessOrEqual, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { Hono } from "hono";
import type { Browser, Page } from "playwright-core";
import { hotKeys, type HotKeysMap, NativeMap, twin, type TwinMap } from "@twinmap/twinmap";
import { reportApp, type ReportedTwin } from "@twinmap/twinmap/report";
import { FaultyMap } from "../../testing/faulty_map.ts";
import { chromium, startChromium } from "../chromium.ts";
import { moveTo } from "../move_to.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { type RunningServer, serveNatively } from "../verify/server/serve.ts";

const TOKEN = "correct-horse-battery-staple";
const NASTY = `<script>pwned = "script"</script><img src=x onerror='pwned = "image"'>`;
type Session = Record<string, unknown>;

/** Where a page is opened, and how. */
interface Visit {
  readonly path?: string;
  readonly isPhone?: boolean;
  readonly isDark?: boolean;
  readonly hasScript?: boolean;
}

interface Rig {
  readonly newMap: FaultyMap<string, Session>;
  readonly sessions: TwinMap<string, Session>;
}

/** A twin at shadow, that is used and compared by the real clock. */
async function rig(name = "sessions"): Promise<Rig> {
  const newMap = new FaultyMap<string, Session>(new NativeMap());
  const sessions = twin<string, Session>(new Map(), newMap, { name, reveal: true });
  sessions.stage("dualwrite");
  for (let i = 0; i < 20; i++) sessions.set(`session-${i}`, { user: i, roles: ["reader"] });
  await sessions.backfill();
  await sessions.sweep();
  sessions.stage("shadow");
  return { newMap, sessions };
}

/** A twin whose time stands still, with diffs of several kinds, and hot keys, that are markup, or long. */
async function twinWithDiffs(name: string): Promise<TwinMap<string, Session>> {
  const clock = new ManualClock();
  const newMap = new Map<string, Session>();
  const oldMap = hotKeys(new Map<string, Session>());
  const sessions = twin<string, Session>(oldMap, newMap, { name, clock, reveal: true, hotKeys: oldMap });
  await moveTo(sessions, clock, "shadow");
  for (const key of [NASTY, "long".repeat(100)]) for (let i = 0; i < 9; i++) sessions.has(key);
  for (let i = 0; i < 30; i++) sessions.set(`session-${i}`, { user: i });
  await clock.advance(90_000);
  sessions.set(NASTY, { [NASTY]: NASTY }).set("long".repeat(100), { ["long".repeat(40)]: "value".repeat(50) });
  await clock.until(sessions.settle());
  newMap.set(NASTY, { [NASTY]: NASTY.length }).set("long".repeat(100), {});
  newMap.delete("session-1");
  newMap.set("session-31", {});
  for (const key of [NASTY, "long".repeat(100), "session-1", "session-31"]) sessions.get(key);
  await clock.until(sessions.settle());
  await clock.advance(5_000);
  assertEquals(sessions.report().diffs, 4);
  return sessions;
}

describe("the page (needs Chromium)", { ignore: chromium === undefined }, () => {
  let browser: Browser;
  const servers: RunningServer[] = [];

  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser.close();
    for (const server of servers) await server.close();
  });

  /** Serves the report at `/twins` of a real server, where a service would mount it. */
  async function serve(twins: ReportedTwin | ReportedTwin[]): Promise<string> {
    const app = new Hono().mount("/twins", reportApp(twins, { control: { token: TOKEN } }).fetch);
    const server = await serveNatively((request) => app.fetch(request));
    servers.push(server);
    return server.url;
  }

  /** Opens the page, calls `look`, and fails if the page asked elsewhere, broke its policy or logged an error. */
  async function visit(url: string, look: (page: Page) => Promise<void>, how: Visit = {}): Promise<void> {
    const { path = "/twins", isPhone = false, isDark = false, hasScript = true } = how;
    const context = await browser.newContext({
      viewport: { width: isPhone ? 390 : 1280, height: 800 },
      isMobile: isPhone,
      colorScheme: isDark ? "dark" : "light",
      javaScriptEnabled: hasScript,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(String(error)));
    page.on("console", (message) => {
      // That a form was refused is told here too, and is none of the page's.
      if (/^Failed to load resource: .* (?:401|409)/.test(message.text())) return;
      wrong.push(`${message.type()}: ${message.text()}`);
    });
    page.on("dialog", (dialog) => wrong.push(`dialog: ${dialog.message()}`));
    page.on("request", (request) => {
      if (!request.url().startsWith(`${url}/twins`) && !request.url().startsWith("data:")) wrong.push(request.url());
    });
    try {
      await page.goto(url + path);
      await look(page);
      assertEquals(wrong, []);
    } finally {
      await context.close();
    }
  }

  /** Waits until the page is kept current. */
  async function live(page: Page): Promise<void> {
    await page.getByText("Live", { exact: true }).waitFor();
  }

  /** Opens the cards of the twins, and the forms that find diffs. */
  async function openAll(page: Page): Promise<void> {
    for (const summary of await page.locator(".card > details > summary").all()) await summary.click();
    for (const summary of await page.locator("section > details > summary").all()) await summary.click();
  }

  it("shows the kind and place of a planted fault without a reload", async () => {
    const { newMap, sessions } = await rig();
    await visit(await serve(sessions), async (page) => {
      await page.getByText("No diff so far in").waitFor();
      await page.evaluate("notLoadedAnew = true");
      newMap.fault = "drops-property";
      sessions.set("session-7", { user: 7, roles: ["admin"] });
      sessions.get("session-7");
      const diff = page.locator(".diffs li").first();
      await diff.waitFor();
      const text = await diff.innerText();
      for (const part of ["value", "session-7", ".roles", `["admin"]`, "absent"]) assertStringIncludes(text, part);
      const { diffs, compared } = sessions.report();
      await page.getByText(`${diffs} diffs in ${compared} comparisons`).waitFor();
      assertMatch(await page.locator("#twin-1-verdict").innerText(), /By kind: value \d+; all in the last hour/);
      assertEquals(
        await page.locator("#twin-1-turn").innerText(),
        "sessions at shadow: the maps differ, the gate fails",
      );
      assertEquals(await page.evaluate("notLoadedAnew"), true);
    });
  });

  it("shows which keys are hot, and keeps them current", async () => {
    const users = twin<string, number>(new Map(), new Map(), {
      name: "users",
      reveal: true,
      hotKeys: { top: () => observed.top() },
    });
    const observed: HotKeysMap<string, number> = hotKeys(users);
    await visit(await serve(users), async (page) => {
      const section = page.locator("#twin-1-hot-keys");
      await section.getByText("No operation has been counted yet.").waitFor();
      await live(page);
      for (let i = 0; i < 1_234; i++) observed.get(i % 4 === 0 ? "bob" : "ada");
      await section.getByRole("row", { name: /"ada" 925 0/ }).waitFor();
      await section.getByRole("row", { name: /"bob" 309 0/ }).waitFor();
      const widths = await page.evaluate<number[]>(
        "[...document.querySelectorAll('.bar rect:last-child')].map((bar) => bar.getBoundingClientRect().width)",
      );
      assertEquals(Math.round((widths[1] ?? 0) / (widths[0] ?? 0) * 100), 33);
    });
  });

  it("moves the stage by its form, with the token, at either address", async () => {
    const { sessions } = await rig();
    const url = await serve(sessions);
    for (const [path, from, to] of [["/twins", "shadow", "dualwrite"], ["/twins/", "dualwrite", "off"]] as const) {
      await visit(url, async (page) => {
        assertEquals(await page.locator("[aria-current=step]").innerText(), from);
        await page.getByLabel("Token").fill(TOKEN);
        await page.getByLabel("Move to").selectOption(to);
        await page.getByRole("button", { name: "Move", exact: true }).click();
        await page.getByText(`The twin is at ${to}.`).waitFor();
        assertEquals(sessions.report().stage, to);
        assertEquals(await page.locator("[aria-current=step]").innerText(), to);
        assertEquals(await page.evaluate("document.activeElement.textContent"), `The twin is at ${to}.`);
        assertEquals(new URL(page.url()).pathname, path);
        await live(page);
      }, { path });
    }
  });

  it("says that the token is wrong, or what a move needs, and moves nothing", async () => {
    const { sessions } = await rig();
    await visit(await serve(sessions), async (page) => {
      for (
        const [token, stage, told] of [
          ["wrong", "dualwrite", "token is missing or wrong"],
          [TOKEN, "live", "Cannot move from shadow to live: "],
        ] as const
      ) {
        await page.getByLabel("Token").fill(token);
        await page.getByLabel("Move to").selectOption(stage);
        await page.getByRole("button", { name: "Move", exact: true }).click();
        await page.locator(".notice:focus").getByText(told).waitFor();
      }
      assertEquals(sessions.report().stage, "shadow");
      await live(page);
    });
  });

  it("goes past the gate only if the box is ticked and a reason given, and shows both", async () => {
    const { sessions } = await rig();
    await visit(await serve(sessions), async (page) => {
      await page.getByLabel("Token").fill(TOKEN);
      await page.getByLabel("Move although the gate does not pass").check();
      await page.getByLabel("Why", { exact: true }).fill("nobody uses it at night");
      await page.getByRole("button", { name: "Move", exact: true }).click();
      await page.getByText("The twin is at live 1\u00a0%.").waitFor();
      await page.getByText("forced to live 1\u00a0%: “nobody uses it at night”").waitFor();
      assertEquals(await page.getByLabel("Move to").inputValue(), "live");
      await page.getByLabel("Token").fill(TOKEN);
      await page.getByLabel("Why", { exact: true }).fill("the night is over");
      await page.getByRole("button", { name: "Back to the old map" }).click();
      await page.getByText("The twin is at live 0\u00a0%.").waitFor();
    });
  });

  it("shows the same without JavaScript as with it", async () => {
    const url = await serve([await twinWithDiffs("sessions"), await twinWithDiffs("carts")]);
    const texts: string[] = [];
    for (const hasScript of [true, false]) {
      await visit(url, async (page) => {
        if (hasScript) await live(page);
        else assertEquals(await page.locator("#connection").innerText(), "");
        await openAll(page);
        texts.push(await page.locator("main").innerText());
      }, { hasScript });
    }
    assertGreaterOrEqual(texts[0]?.length ?? 0, 1_000);
    assertEquals(texts[0], texts[1]);
  });

  it("moves the stage without JavaScript too", async () => {
    const { sessions } = await rig();
    await visit(await serve(sessions), async (page) => {
      await page.getByLabel("Token").fill(TOKEN);
      await page.getByLabel("Move to").selectOption("dualwrite");
      await page.getByRole("button", { name: "Move", exact: true }).click();
      await page.getByText("The twin is at dualwrite.").waitFor();
      assertEquals(sessions.report().stage, "dualwrite");
    }, { hasScript: false });
  });

  it("finds diffs without JavaScript, at either address, and leads to their CSV", async () => {
    const url = await serve([await twinWithDiffs("carts"), await twinWithDiffs("sessions & co")]);
    for (const path of ["/twins", "/twins/"]) {
      await visit(url, async (page) => {
        const twin = page.getByRole("article", { name: "sessions & co" });
        await twin.getByRole("heading", { level: 2 }).click();
        await twin.getByText("Find some of the last diffs").click();
        await twin.getByLabel("Kind").selectOption("missing");
        await twin.getByLabel("Part of the key").fill("session-1");
        await twin.getByLabel("From (UTC)").fill("2026-01-01T00:01:30");
        await twin.getByRole("button", { name: "Find", exact: true }).click();
        await twin.getByText("1 of the last 4\u00a0diffs.").waitFor();
        assertEquals(new URL(page.url()).pathname, path);
        assertEquals(await page.getByRole("article", { name: "carts" }).locator("details[open]").count(), 0);
        assertEquals(await twin.getByLabel("From (UTC)").inputValue(), "2026-01-01T00:01:30");
        const link = await twin.getByRole("link", { name: "as CSV" }).getAttribute("href");
        const csv = await (await fetch(new URL(link ?? "", page.url()))).text();
        assertMatch(csv, /^"twin".*\r\n"sessions & co","2026[^"]*","missing","get","""session-1""",.*\r\n$/);
      }, { path, hasScript: false });
    }
  });

  it("shows forty twins as cards that open, and stay open while they are kept current", async () => {
    const rigs = await Promise.all(Array.from({ length: 40 }, (_, at) => rig(`twin ${at + 1}`)));
    await visit(await serve(rigs.map(({ sessions }) => sessions)), async (page) => {
      await live(page);
      assertLessOrEqual(await page.evaluate("document.documentElement.scrollHeight"), 40 * 60);
      await page.locator("#twin-7 h2").click();
      assertEquals(await page.locator("section:visible").count(), await page.locator("#twin-7 section").count());
      rigs[6]?.sessions.stage("dualwrite");
      await page.locator("#twin-7-entry").getByText("at dualwrite").waitFor();
      await page.locator("#twin-7-stage [aria-current=step]").getByText("dualwrite").waitFor();
    });
  });

  it("marks stage changes on the chart, each with a title", async () => {
    await visit(await serve(await twinWithDiffs("sessions")), async (page) => {
      const marks = page.locator("#twin-1-rate .changes g title");
      assertEquals(await marks.allTextContents(), ["dualwrite from 00:00:00 UTC on", "shadow from 00:00:00 UTC on"]);
      assertMatch(await page.locator("#twin-1-rate ol.changes").innerText(), /00:00:00 dualwrite\s+00:00:00 shadow/);
    }, { isPhone: true, isDark: true });
  });

  it("runs no code from a name, a key, a path or a value, neither on loading nor while it is kept current", async () => {
    const clock = new ManualClock();
    const newMap = new Map<string, Session>();
    const sessions = twin<string, Session>(new Map(), newMap, { name: NASTY, clock, reveal: true });
    await moveTo(sessions, clock, "shadow");
    const differ = async (key: string) => {
      sessions.set(key, { [key]: key });
      newMap.set(key, { [key]: key.length });
      await clock.until(sessions.settle());
    };
    await differ(NASTY);
    await visit(await serve([sessions, await twinWithDiffs("others")]), async (page) => {
      await openAll(page);
      assertStringIncludes(await page.locator(".diffs").first().innerText(), "<script>pwned");
      await live(page);
      await differ(`${NASTY}${NASTY}`);
      await page.locator("#twin-1-recent .diffs li").nth(1).waitFor();
      assertEquals(await page.locator("article script, article img").count(), 0);
      assertEquals(await page.evaluate("typeof pwned"), "undefined");
    });
  });

  it("keeps what is typed, opened and selected while it is kept current", async () => {
    const { sessions } = await rig();
    await visit(await serve(sessions), async (page) => {
      await page.getByLabel("Token").fill("half a tok");
      await page.getByText("The last hour by the minute").click();
      await page.evaluate(`getSelection().selectAllChildren(document.querySelector("#twin-1-stage p"))`);
      const selected = await page.evaluate("String(getSelection())");
      const { due, stage } = sessions.report();
      for (let i = 0; i < 20; i++) sessions.get(`session-${i}`);
      await page.locator("#twin-1-due").getByText(String(due + 20)).first().waitFor();
      assertEquals(await page.getByLabel("Token").inputValue(), "half a tok");
      assertEquals(await page.locator("#twin-1-minutes").getAttribute("open"), "");
      assertEquals(await page.evaluate("String(getSelection())"), selected);
      // What is selected waits, and is brought up to date when it no longer is.
      sessions.stage("dualwrite");
      await page.getByText("sessions at dualwrite").waitFor();
      assertEquals(await page.locator("[aria-current=step]").innerText(), stage);
      await page.evaluate("getSelection().removeAllRanges()");
      await page.locator("[aria-current=step]").getByText("dualwrite").waitFor();
    });
  });

  it("says when it is no longer kept current", async () => {
    const { sessions } = await rig();
    const url = await serve(sessions);
    const server = servers.at(-1);
    await visit(url, async (page) => {
      await live(page);
      page.removeAllListeners("console");
      await server?.close();
      await page.getByText("Not live: connection lost, trying again").waitFor();
    });
  });

  it("fits its width, from a small phone to a wide screen, whatever it shows", async () => {
    const url = await serve([await twinWithDiffs("w".repeat(100)), await twinWithDiffs("sessions")]);
    for (const isPhone of [true, false]) {
      await visit(url, async (page) => {
        await openAll(page);
        for (const width of isPhone ? [390, 320] : [1280, 768, 500]) {
          await page.setViewportSize({ width, height: 800 });
          assertEquals(await page.evaluate("document.documentElement.scrollWidth"), width);
          assertEquals(await page.evaluate(OVERFLOWING), [], `at ${width}`);
        }
      }, { isPhone });
    }
  });

  it("breaks no word of its own, on a phone and with large numbers", async () => {
    const twin = await twinWithDiffs("sessions");
    const millions = 8_390_123;
    const large: ReportedTwin = Object.assign(Object.create(twin), {
      report: () => {
        const report = twin.report();
        const counts = { compared: millions, matched: millions, due: millions, evicted: millions, dropped: millions };
        const keys = { comparedKeys: millions, diffKeys: millions, diffRateUpper: 0.000_034 };
        const traits = {
          old: { ...report.traits.old, maxEntries: millions },
          new: { ...report.traits.new, maxEntries: 2_147_483_648, order: "none" as const, keys: "integers" as const },
        };
        return { ...report, ...counts, ...keys, traits, hotKeys: [{ key: "k", count: millions, error: millions }] };
      },
    });
    await visit(await serve(large), async (page) => {
      await openAll(page);
      for (const width of [375, 320]) {
        await page.setViewportSize({ width, height: 800 });
        assertEquals(await page.evaluate(BROKEN_WORDS), [], `at ${width}`);
        assertEquals(await page.evaluate(OVERFLOWING), [], `at ${width}`);
      }
    }, { isPhone: true });
  });

  it("is readable in both colour schemes", async () => {
    const url = await serve([await twinWithDiffs("sessions"), (await rig("carts")).sessions]);
    for (const isDark of [false, true]) {
      await visit(url, async (page) => {
        await openAll(page);
        const [ground, ratios] = await page.evaluate<[string, [string, number][]]>(CONTRASTS);
        assertEquals(ground, isDark ? "dark" : "light");
        assertGreaterOrEqual(ratios.length, 50);
        assertEquals(ratios.filter(([, ratio]) => ratio < 4.5), []);
      }, { isDark });
    }
  });

  it("is as clear by its structure as by its looks", async () => {
    await visit(await serve([await twinWithDiffs("sessions"), (await rig("carts")).sessions]), async (page) => {
      for (
        const [selector, count] of [["h1", 1], ["header", 1], ["main", 1], ["footer", 1], [
          "h2",
          2,
        ]] as const
      ) {
        assertEquals(await page.locator(selector).count(), count, selector);
      }
      for (const role of ["banner", "main", "contentinfo"] as const) {
        assertEquals(await page.getByRole(role).count(), 1, role);
      }
      for (const name of ["sessions", "carts"]) {
        assertEquals(await page.getByRole("article", { name }).count(), 1);
        await page.getByRole("heading", { name, exact: true, level: 2 }).click();
      }
      assertEquals(await page.evaluate(UNNAMED), []);
      assertEquals(
        await page.locator("[role=status]").count(),
        3,
        "what is read out is the connection, and each twin's turn",
      );
      const chart = page.getByRole("img", { name: /^Diff rate over time: the upper bound of the true rate went/ });
      assertEquals(await chart.count(), 2);
      assertEquals(await page.locator("html[lang=en]").count(), 1);
      assertEquals(await page.locator("link[rel=icon][href^='data:image/svg+xml,']").count(), 1);
      assertLessOrEqual((await page.title()).length, 100);
    });
  });
});

/** The elements that are wider than their place. */
const OVERFLOWING = `[...document.querySelectorAll("body *")]
  .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1)
  .filter((element) => getComputedStyle(element).display !== "inline" && !element.closest("svg"))
  .map((element) => element.outerHTML.slice(0, 100))`;

/** The words that begin on one line and end on another. Keys and values are not ours, and may be broken. */
const BROKEN_WORDS = `(() => {
  const broken = [];
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode());) {
    if (text.parentElement.closest("code, svg, .turn")) continue;
    for (const word of text.data.matchAll(/[\\p{L}\\p{N}.,]+/gu)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].filter(({ width }) => width > 0).map(({ top }) => top));
      if (lines.size > 1) broken.push(word[0]);
    }
  }
  return broken;
})()`;

/** The fields, images and tables that have no name, and the headings that skip a level. */
const UNNAMED = `[
  ...[...document.querySelectorAll("input:not([hidden]), select")].filter((field) => !field.labels.length),
  ...[...document.querySelectorAll("svg[role=img]")].filter((image) => !image.querySelector("title")?.textContent),
  ...[...document.querySelectorAll("svg:not([role=img]):not([aria-hidden])")].filter((image) => !image.closest("[role=img]")),
  ...[...document.querySelectorAll("table")].filter((table) => !table.querySelector("th[scope]")),
  ...[...document.querySelectorAll("button, a, summary")].filter((control) => !control.textContent.trim()),
].map((element) => element.outerHTML.slice(0, 100))`;

/** Whether the ground is light or dark, and how far every text stands out from what is behind it, by WCAG 2. */
const CONTRASTS = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((value) => value / 255)
    .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return element.parentElement && channels(color)[3] === 0 ? behind(element.parentElement) : channels(color);
  };
  const contrast = (a, b) => {
    const [high, low] = [luminance(a), luminance(b)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const texts = [...document.querySelectorAll("body *")].filter((element) =>
    element.checkVisibility() && !element.closest("script, noscript, title") &&
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()));
  const ratios = texts.map((element) => {
    const style = getComputedStyle(element);
    const color = element.closest("svg") ? style.fill : style.color;
    return [element.outerHTML.slice(0, 100), contrast(channels(color), behind(element))];
  });
  return [luminance(behind(document.body)) > 0.5 ? "light" : "dark", ratios];
})()`;
