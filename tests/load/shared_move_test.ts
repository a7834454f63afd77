/** Runs the move in a process of its own, on the runtime of this test, and asks it over HTTP. */
import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import type { TwinReport } from "@twinmap/twinmap";
import { StartedExample } from "./started_example.ts";
import { until } from "./until.ts";

describe("the move of sessions from a Map to a SharedMap", () => {
  let example: StartedExample;
  let address: string;
  let token: string;
  const cookies: string[] = [];

  const ask = (method: string, path: string, cookie = "", body?: string) =>
    fetch(`${address}${path}`, { method, headers: { cookie }, ...(body === undefined ? {} : { body }) });
  const login = async () => {
    const response = await ask("POST", "/login", "", `{"name":"ada"}`);
    await response.body?.cancel();
    cookies.push(response.headers.getSetCookie()[0]?.split(";")[0] ?? "");
  };
  const visits = async (method: string, path: string, cookie = "") =>
    (await (await ask(method, path, cookie)).json()).visits;
  const report = async (): Promise<TwinReport> => await (await fetch(`${address}/twins/report`)).json();
  const control = async (action: string, fields: Record<string, string> = {}) => {
    const response = await fetch(`${address}/twins/${action}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: new URLSearchParams(fields),
    });
    await response.body?.cancel();
    return response.status;
  };
  const swept = async () => {
    await control("sweep");
    const { sweep } = await until(async () => {
      const current = await report();
      return current.sweep.state === "done" && current;
    });
    return sweep.clean;
  };
  /** Visits each session, and checks the count that the service answers. */
  const visitAll = async () => {
    for (const cookie of cookies) {
      const before = await visits("GET", "/session", cookie);
      assertEquals(await visits("POST", "/visits", cookie), before + 1);
      assertEquals(await visits("GET", "/session", cookie), before + 1);
    }
  };
  const compared = () => until(async () => (await report()).pending === 0);

  beforeAll(async () => {
    example = new StartedExample("shared_move.ts", "--port", "0");
    address = await example.said(/The service +(http:\S+)/);
    token = await example.said(/Its token +(\S+)/);
    await example.said(/(The Map answers)/);
    for (let i = 0; i < 20; i++) await login();
  });
  afterAll(() => example.kill());

  it("copies the sessions that the Map already held, and compares them", async () => {
    const { backfill, sweep } = await report();
    assertEquals([backfill.state, backfill.done, sweep.clean], ["done", 1_000, true]);
  });

  it("treats a copy as equal to its original", async () => {
    await visitAll();
    await compared();
    const { stage, compared: count, byKind, recent } = await report();
    assertEquals([stage, count > 20, recent], ["shadow", true, []]);
    assertEquals(Object.values(byKind).filter((count) => count > 0), []);
  });

  it("finds a session that was changed in place, until it is written properly", async () => {
    const [cookie = ""] = cookies;
    const before = await visits("POST", "/careless-visits", cookie);
    assertEquals(await visits("GET", "/session", cookie), before);
    const diff = await until(async () => (await report()).recent[0]);
    assertEquals(diff.key, JSON.stringify(cookie.slice("session=".length)));
    assertEquals([diff.kind, diff.paths], ["aliased", [{ path: ".visits", old: `${before}`, new: `${before - 1}` }]]);
    assertEquals([await swept(), await control("stage", { stage: "live", percent: "50" })], [false, 409]);

    assertEquals(await visits("POST", "/visits", cookie), before + 1);
    assertEquals(await swept(), true);
  });

  for (const move of [["live", "50"], ["live", "100"], ["rampdown"], ["complete"]] as const) {
    it(`loses no session and no visit at ${move.join(", ")}`, async () => {
      const [stage, percent] = move;
      const force = "a test";
      const diffs = (await report()).diffs;
      assertEquals(await control("stage", percent === undefined ? { stage, force } : { stage, percent, force }), 200);
      await visitAll();
      await login();
      await visitAll();
      await compared();
      assertEquals([(await report()).stage, (await report()).diffs], [stage, diffs]);
    });
  }
});
