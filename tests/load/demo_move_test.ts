/** Runs the move to each store in a process of its own, on the runtime of this test. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import type { TwinReport } from "@twinmap/twinmap";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import process from "node:process";
import type { Browser } from "playwright-core";
import { STORES } from "../../examples/demo_move/arguments.ts";
import { RedisServer } from "../../examples/demo_move/redis_server.ts";
import { chromium, startChromium } from "../chromium.ts";
import { redisIsInstalled } from "../servers/redis.ts";
import { StartedExample } from "./started_example.ts";
import { until } from "./until.ts";

const started = (...args: string[]) => new StartedExample("demo_move.ts", ...args);

for (const to of STORES) {
  const needs = to === "redis" ? " (needs Redis)" : "";
  describe(`npm run demo:move -- --to ${to}${needs}`, { ignore: to === "redis" && !redisIsInstalled }, () => {
    let demo: StartedExample;
    let link: string;
    let address: string;
    let token: string;

    const report = async (): Promise<TwinReport> => await (await fetch(`${address}/twins/report`)).json();
    const press = async (button: string, shown = token) => {
      const body = new URLSearchParams({ button, token: shown });
      return (await fetch(`${address}/press`, { method: "POST", body, redirect: "manual" })).status;
    };
    const now = async () => await (await fetch(`${address}/now`)).text();
    /** How many requests were answered correctly and wrongly. */
    const answers = async () =>
      [.../answers to clients<\/dt>\s*<dd[^>]*>([\d,]+)/g[Symbol.matchAll](await now())]
        .map(([, count = ""]) => Number(count.replaceAll(",", ""))) as [number, number];
    /** Waits until clients have got some hundred further answers, and checks that none was wrong. */
    const clientsGoOn = async () => {
      const [before] = await answers();
      await until(async () => (await answers())[0] > before + 200);
      assertEquals((await answers())[1], 0);
    };

    beforeAll(() => void (demo = started("--port", "0", "--to", to)));
    // Not `kill`: it has to end its server.
    afterAll(async () => {
      demo.interrupt();
      await demo.ended();
    });

    it("says where its page is, and moves to shadow, with both maps equal", async () => {
      link = await demo.said(/The service +(http:\S+)/);
      token = await demo.said(/Its token +(\S+)/);
      address = new URL(link).origin;
      await demo.said(/(Harm the new store)/);
      const { stage, diffs, sweep } = await report();
      assertEquals([stage, diffs, sweep.clean], ["shadow", 0, true]);
    });

    it("takes no button without the token", async () => {
      assertEquals(await press("stop", "nonsense"), 401);
    });

    it("goes on while the store is stopped, and catches up", async () => {
      assertEquals(await press("stop"), 303);
      await until(async () => (await report()).mirror.broken);
      await clientsGoOn();
      assert((await report()).mirror.journaled > 0);
      assertStringIncludes(await now(), '<dd class="bad">open</dd>');
      assertEquals(await press("go-on"), 303);
      await demo.said(/(The breaker closed)/);
      await demo.said(/goes on\.[^]*(All sessions were compared: no diff\.)/);
      const { mirror, diffs } = await report();
      assertEquals([mirror.broken, diffs], [false, 0]);
    });

    it("goes on while the store is slow", async () => {
      await press("slow");
      await until(async () => (await report()).mirror.pending > 5);
      await clientsGoOn();
      assertEquals((await report()).mirror.broken, false);
      await press("go-on");
    });

    it("copies again what was under way when the connection was lost", async () => {
      await press("lose");
      await until(async () => (await report()).mirror.journaled > 0);
      await clientsGoOn();
      await demo.said(/connection was lost[^]*(All sessions were compared: no diff\.)/);
      assertEquals((await report()).diffs, 0);
    });

    describe("its page (needs Chromium)", { ignore: !chromium }, () => {
      let browser: Browser;
      beforeAll(async () => void (browser = await startChromium()));
      afterAll(() => browser.close());

      it("is kept current, and breaks no rule of its own", async () => {
        const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
        const problems: string[] = [];
        page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
        page.on("pageerror", (error) => problems.push(error.message));
        await page.goto(link);
        await page.getByRole("button", { name: "Stop the new store" }).click();
        await page.waitForSelector("#now >> text=is stopped.");
        await page.waitForSelector("#now dd.bad >> text=open");
        await page.getByRole("button", { name: "Let it go on" }).click();
        await page.waitForSelector("#now >> text=The breaker closed");
        assertEquals(await page.evaluate("document.documentElement.scrollWidth"), 390);
        assertEquals(problems, []);
      });

      it("works without a script, with the token typed", async () => {
        const page = await browser.newPage({ javaScriptEnabled: false });
        await page.goto(address);
        await page.getByLabel("The token that the terminal shows").fill(token);
        await page.getByRole("button", { name: "Slow it down" }).click();
        assertStringIncludes(await page.textContent("#now") ?? "", "is slow.");
        await page.getByRole("button", { name: "Let it go on" }).click();
        assertEquals(await page.getByText("is slow.").count(), 0);
      });
    });

    it("ends with 0 at Ctrl-C, even while the store is stopped", async () => {
      await press("stop");
      demo.interrupt();
      const { code, out, error } = await demo.ended();
      assertEquals([code, error], [0, ""]);
      assertStringIncludes(out, " requests were answered correctly, 0 wrongly.\n");
    });
  });
}

describe("the start of demo:move", () => {
  it("ends with 2 and one line if there is no redis-server, or its arguments are wrong", async () => {
    const run = "Deno" in globalThis ? ["run", "-A", "--no-check"] : [];
    const env = { ...process.env, PATH: "/nonexistent" };
    const ended = await new Promise((resolve) =>
      execFile(
        process.execPath,
        [...run, "examples/demo_move.ts", "--to", "redis"],
        { env },
        (error, out, err) => resolve([error?.code, out, err]),
      )
    );
    const reason = "it is not on the PATH; without --to redis, the demo needs none";
    assertEquals(ended, [2, "", `demo:move: Cannot start redis-server: ${reason}\n`]);
    const wrong = await started("--to", "nonsense").ended();
    assertEquals(wrong, { code: 2, out: "", error: `demo:move: --to must be sqlite or redis: received "nonsense"\n` });
  });
});

describe("RedisServer of the demo (needs Redis)", { ignore: !redisIsInstalled }, () => {
  it("takes connections once it is started, and is gone once it is closed, even if it was paused", async () => {
    const server = await RedisServer.start();
    const port = Number(new URL(server.url).port);
    const reached = connect(port, "127.0.0.1");
    await once(reached, "connect");
    reached.destroy();
    server.pause();
    await server.close();
    await assertRejects(() => once(connect(port, "127.0.0.1"), "connect"), Error, "ECONNREFUSED");
  });
});
