/**
 * Middleware of the parent application runs after the report has answered: `etag()` waited for the end of the event
 * stream, which never comes, and `secureHeaders()` replaced the page's own Content-Security-Policy, so that its script
 * and style were refused.
 */
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import { reportApp } from "@twinmap/twinmap/report";
import { Hono } from "hono";
import { compress } from "hono/compress";
import { etag } from "hono/etag";
import { secureHeaders } from "hono/secure-headers";

const POLICY = { contentSecurityPolicy: { defaultSrc: ["'self'"] } };
const REPORTS_OWN = /^default-src 'none'; style-src 'sha256-/;

const { fetch } = reportApp(twin(new Map<string, number>(), new Map<string, number>(), { name: "users" }));

async function headerOf(app: Hono, path: string, name: string): Promise<string> {
  const response = await app.request(path);
  await response.body?.cancel();
  return response.headers.get(name) ?? "";
}

/** What the event stream says first, to a client that takes compressed answers. */
async function greeting(app: Hono): Promise<string> {
  const response = await app.request("/twins/events", { headers: { "Accept-Encoding": "gzip" } });
  const reader = response.body?.getReader();
  const { value } = await reader?.read() ?? {};
  await reader?.cancel();
  return new TextDecoder().decode(value);
}

describe("reportApp(), mounted in a Hono application", () => {
  it("streams its events behind etag()", async () => {
    const alone = new Hono().mount("/twins", fetch);
    const tag = await headerOf(alone, "/twins/events", "ETag");
    // Without a tag, the rest of this test would hang.
    assertMatch(tag, /^".+"$/);
    assertNotEquals(await headerOf(alone, "/twins/events", "ETag"), tag);
    assertEquals(await greeting(new Hono().use(etag()).mount("/twins", fetch)), ": listening\n\n");
  });

  it("streams its events behind compress(), uncompressed", async () => {
    assertEquals(await greeting(new Hono().use(compress()).mount("/twins", fetch)), ": listening\n\n");
  });

  it("keeps its policy behind secureHeaders() that does not overwrite", async () => {
    const app = new Hono().use(secureHeaders({ ...POLICY, overwrite: false })).mount("/twins", fetch);
    app.get("/", (c) => c.text("home"));
    assertMatch(await headerOf(app, "/twins", "Content-Security-Policy"), REPORTS_OWN);
    assertEquals(await headerOf(app, "/", "Content-Security-Policy"), "default-src 'self'");
  });

  it("keeps its policy if it is mounted before the middleware, which other routes get", async () => {
    const app = new Hono().mount("/twins", fetch).use(secureHeaders(POLICY), etag());
    app.get("/", (c) => c.text("home"));
    assertMatch(await headerOf(app, "/twins", "Content-Security-Policy"), REPORTS_OWN);
    assertEquals(await greeting(app), ": listening\n\n");
    assertEquals(await headerOf(app, "/", "Content-Security-Policy"), "default-src 'self'");
    assertMatch(await headerOf(app, "/", "ETag"), /^"/);
  });

  it("has its policy replaced if it is mounted after secureHeaders() with another one", async () => {
    const app = new Hono().use(secureHeaders(POLICY)).mount("/twins", fetch);
    assertEquals(await headerOf(app, "/twins", "Content-Security-Policy"), "default-src 'self'");
  });
});
