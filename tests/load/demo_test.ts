/** Runs the demo in a process of its own, on the runtime of this test. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import type { TwinReport } from "@twinmap/twinmap";
import { chromium, startChromium } from "../chromium.ts";
import { StartedExample } from "./started_example.ts";
import { until } from "./until.ts";

const started = (...args: string[]) => new StartedExample("demo.ts", ...args);

describe("the demo", () => {
  let demo: StartedExample;
  let address: string;
  let report: string;

  const current = async (): Promise<TwinReport> => await (await fetch(`${report}/report`)).json();
  const press = (fault: string) =>
    fetch(`${address}/fault`, {
      method: "POST",
      body: new URLSearchParams({ fault }),
      headers: { origin: address },
      redirect: "manual",
    });

  beforeAll(async () => {
    demo = started("--port", "0");
    report = await demo.said(/The report +(http:\S+)/);
    address = report.replace(/\/twins$/, "");
  });
  afterAll(() => demo.kill());

  it("moves to shadow by itself, compares live traffic, and says why", async () => {
    await until(async () => {
      const { stage, compared, operations } = await current();
      return stage === "shadow" && compared > 1_000 && operations.reads > 1_000;
    });
    assertEquals((await current()).diffs, 0);
    assertMatch(demo.out, /What to try[^]*\noff .*\ndualwrite .*\nshadow .* a sweep of all keys was clean\.\n/);
  });

  it("is steered only with the token that it prints", async () => {
    const token = await demo.said(/Its token +(\S+)/);
    const pause = (authorization: string) =>
      fetch(`${report}/rollout/pause`, {
        method: "POST",
        body: new URLSearchParams({ why: "a test", by: "ann" }),
        headers: { authorization },
      });
    assertEquals((await pause("Bearer nonsense")).status, 401);
    assertEquals((await pause(`Bearer ${token}`)).status, 200);
    assertEquals((await current()).rollout?.state, "paused");
    await demo.said(/(The rollout is paused by ann: a test\.)/);
  });

  it("shows its page, which leads to the report", async () => {
    const page = await (await fetch(address)).text();
    const [, path] = /<a href="([^"]+)"/.exec(page) ?? [];
    assertEquals(`${address}${path}`, report);
    assertStringIncludes(await (await fetch(report)).text(), "sessions");
  });

  it("reports the kind, path and rate of a fault within seconds of pressing its button", async () => {
    assertEquals((await press("drops-property")).status, 303);
    await until(async () => (await current()).byKind.value > 0);
    const { diffRate, recent: [diff] } = await current();
    assertEquals([diff?.kind, diff?.paths[0]?.path, diffRate > 0], ["value", ".visits", true]);
    await demo.said(/(First diff after .* ms: value at \.visits)/);
  });

  it("removes the fault again", async () => {
    assertEquals((await press("")).status, 303);
    await demo.said(/(Removed drops-property[^]*\noff [^]*\nshadow )/);
    assertEquals((await current()).sweep.clean, true);
  });

  it(
    "keeps its page current without violating its own security policy (needs Chromium)",
    { ignore: !chromium },
    async () => {
      const browser = await startChromium();
      try {
        const page = await browser.newPage();
        const problems: string[] = [];
        page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
        page.on("pageerror", (error) => problems.push(error.message));
        await page.goto(address);
        assertEquals(await page.isVisible("#take-away"), false);
        await press("throws");
        await page.waitForSelector("#now >> text=The first: error");
        await page.click("#take-away button");
        await page.waitForSelector("#now >> text=No fault is planted.");
        assertEquals(problems, []);
      } finally {
        await browser.close();
      }
      await until(async () => (await current()).stage === "shadow");
    },
  );

  it("ends with 2 and one line if its port is taken or its arguments are wrong", async () => {
    const { port } = new URL(address);
    const [taken, wrong] = await Promise.all([
      started("--port", port).ended(),
      started("--fault", "nonsense").ended(),
    ]);
    const error = `demo: Cannot serve on port ${port}: it is in use; --port 0 takes any free one\n`;
    assertEquals(taken, { code: 2, out: "", error });
    assertEquals([wrong.code, wrong.out], [2, ""]);
    assertMatch(wrong.error, /^demo: --fault must be one of .*: received "nonsense"\n$/);
  });

  it("ends with 0 at Ctrl-C, even while a client follows the report, and frees its port", async () => {
    const events = await fetch(`${report}/events`);
    demo.interrupt();
    const { code, out, error } = await demo.ended();
    await events.text().catch(() => {});
    assertEquals([code, error], [0, ""]);
    assertMatch(out, /\n\nEnded: [\d,]+ requests were answered correctly, 0 wrongly\.\n$/);
    assertEquals(await fetch(report).catch(() => "refused"), "refused");
  });
});

describe("the demo with --fault", () => {
  it("plants the fault at live 5 %, and goes back to where the old map answers", async () => {
    const demo = started("--port", "0", "--fault", "drops-property");
    await demo.said(/\n(live 5 % .*\nPlanted drops-property: )/);
    const reason = await demo.said(/\nlive 0 % +The old map answers every key again: (.*)\.\n/);
    const address = await demo.said(/The report +(http:\S+)/);
    const { stage, percent, rollout }: TwinReport = await (await fetch(`${address}/report`)).json();
    assertEquals([stage, percent, rollout?.state], ["live", 0, "paused"]);
    assertStringIncludes(rollout?.history.map(({ why }) => why).join("\n") ?? "", reason);
    demo.interrupt();
    assertEquals((await demo.ended()).code, 0);
  });
});
