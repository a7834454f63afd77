import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, rollout, twin } from "@twinmap/twinmap";
import { reportApp } from "@twinmap/twinmap/report";
import { ManualClock } from "../../../../testing/manual_clock.ts";

const TOKEN = "correct-horse+battery/staple=";

function rig() {
  const clock = new ManualClock();
  const users = twin(new Map([["a", 1]]), new NativeMap<string, number>(), { name: "users", clock });
  const change = rollout(users, { plan: "quick" });
  const app = reportApp(users, { control: { token: TOKEN } });
  const post = async (route: string, fields: Record<string, unknown>) =>
    await app.fetch(
      new Request(`http://localhost/${route}`, {
        method: "POST",
        headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" },
        body: JSON.stringify(fields),
      }),
    );
  const page = async () => await (await app.fetch(new Request("http://localhost/"))).text();
  const end = () => {
    change.close();
    users.close();
  };
  return { clock, users, change, post, page, end };
}

describe("the page of a twin with a rollout", () => {
  it("shows the plan with the present step, why it holds, and the way back", async () => {
    const { clock, change, page, end } = rig();
    change.start();
    await clock.advance(3_000);
    const text = await page();
    assertStringIncludes(text, `<li class="current" aria-current="step">shadow</li>`);
    assertStringIncludes(text, `<li class="ahead">live 5 %</li>`);
    assertStringIncludes(text, "of 1 hour without a break");
    assertStringIncludes(text, "yes, since 2026-01-01");
    assertStringIncludes(text, "moved to shadow, by plan");
    end();
  });

  it("has a button for what can be done now, and each asks for the token", async () => {
    const { clock, change, page, post, end } = rig();
    change.start();
    await clock.advance(0);
    assertStringIncludes(await page(), "Pause the rollout");
    assertEquals((await post("rollout/pause", { why: "lunch", by: "<ann>" })).status, 200);
    const text = await page();
    assert(!text.includes("Pause the rollout"));
    assertStringIncludes(text, "Let the rollout go on");
    assertStringIncludes(text, "paused at dualwrite, by &lt;ann&gt;: “lunch”");
    end();
  });

  it("does nothing without the token, a reason or a name", async () => {
    const { change, post, users, end } = rig();
    change.start();
    assertEquals((await post("rollout/pause", { why: "lunch" })).status, 400);
    assertEquals((await post("rollout/pause", { why: "", by: "ann" })).status, 400);
    assertEquals((await post("rollout/confirm", { why: "now", by: "ann" })).status, 409);
    const app = reportApp(users, { control: { token: TOKEN } });
    const bare = new Request("http://localhost/rollout/abort", { method: "POST", body: '{"why":"x","by":"y"}' });
    assertEquals((await app.fetch(bare)).status, 401);
    assertEquals(change.report().state, "running");
    end();
  });

  it("refuses to steer a twin without a rollout", async () => {
    const users = twin(new Map(), new Map(), { name: "users" });
    const app = reportApp(users, { control: { token: TOKEN } });
    const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" };
    const body = '{"why":"x","by":"y"}';
    const request = new Request("http://localhost/rollout/pause", { method: "POST", headers, body });
    assertEquals((await app.fetch(request)).status, 404);
    users.close();
  });
});
