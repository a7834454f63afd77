import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Hono } from "hono";
import { twin } from "@twinmap/twinmap";
import { reportApp } from "@twinmap/twinmap/report";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { moveTo } from "../../move_to.ts";

const SECRET = "=secret";

/** A twin with a value that differs, a second after it a key that is missing. */
async function withDiffs(name: string, reveal = true) {
  const clock = new ManualClock();
  const newMap = new Map<string, unknown>();
  const users = twin<string, unknown>(new Map(), newMap, { name, clock, reveal });
  await moveTo(users, clock, "shadow");
  users.set(`${SECRET} a`, SECRET).set(`${SECRET} b`, SECRET);
  newMap.set(`${SECRET} a`, `${SECRET}!`);
  users.get(`${SECRET} a`);
  await clock.until(users.settle());
  await clock.advance(5_000);
  newMap.delete(`${SECRET} b`);
  users.get(`${SECRET} b`);
  await clock.until(users.settle());
  assertEquals(users.report().recent.map(({ kind }) => kind), ["missing", "value"]);
  return users;
}

async function serve(...twins: ReturnType<typeof withDiffs>[]) {
  const app = new Hono().mount("/twins", reportApp(await Promise.all(twins)).fetch);
  return async (path: string) => {
    const response = await app.request(`/twins${path}`);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
}

describe("GET /diffs", () => {
  it("gives all of the last diffs as JSON, or those that match, at either address", async () => {
    const ask = await serve(withDiffs("users"));
    const kinds = async (query: string) =>
      JSON.parse((await ask(query)).text).map(({ kind }: { kind: string }) => kind);
    assertEquals(await kinds("/diffs"), ["missing", "value"]);
    assertEquals(await kinds("?show=diffs"), ["missing", "value"]);
    assertEquals(await kinds("/diffs?kind=value"), ["value"]);
    assertEquals(await kinds("/diffs?key=+b&operation=get"), ["missing"]);
    assertEquals(await kinds("/diffs?from=2026-01-01T00:00:04"), ["missing"]);
    assertEquals(await kinds("?show=diffs&twin=users&to=2026-01-01T00:00:04Z"), ["value"]);
  });

  it("gives them as CSV, for a file", async () => {
    const { status, headers, text } = await (await serve(withDiffs("users")))("/diffs?format=csv&kind=missing");
    assertEquals([status, headers.get("content-type")], [200, "text/csv; charset=UTF-8"]);
    assertEquals(headers.get("content-disposition"), 'attachment; filename="diffs.csv"');
    assertEquals(text.split("\r\n").length, 3);
    assertStringIncludes(text, `"users","2026-01-01T00:00:0`);
  });

  it("says which twin found each, and takes the name of one", async () => {
    const ask = await serve(withDiffs("users"), withDiffs("carts"));
    const twins = async (query: string) =>
      JSON.parse((await ask(query)).text).map(({ twin }: { twin: string }) => twin);
    assertEquals(await twins("/diffs"), ["users", "users", "carts", "carts"]);
    assertEquals(await twins("/diffs?twin=carts&kind=value"), ["carts"]);
    assertEquals((await ask("/diffs?twin=nobody")).status, 404);
  });

  it("refuses what it does not know", async () => {
    const ask = await serve(withDiffs("users"));
    assertEquals((await ask("/diffs?format=xml")).status, 400);
    assertEquals((await ask("/diffs?kind=nonsense")).status, 400);
    assertEquals((await ask("?kind=nonsense")).status, 400);
    assertStringIncludes((await ask("/diffs?from=x")).text, "Cannot find diffs: from must be a time");
  });

  it("shows nothing of keys and values without `reveal`", async () => {
    const ask = await serve(withDiffs("users", false));
    for (const path of ["/diffs", "/diffs?format=csv", "?kind="]) {
      assert(!(await ask(path)).text.includes(SECRET), path);
    }
    assertEquals(JSON.parse((await ask("/diffs?key=secret")).text), []);
    const [{ key }] = JSON.parse((await ask("/diffs")).text);
    assertEquals(JSON.parse((await ask(`/diffs?key=${key}`)).text).length, 1);
  });
});
