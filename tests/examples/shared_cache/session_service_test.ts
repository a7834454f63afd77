import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, NativeMap } from "@twinmap/twinmap";
import { SharedMap } from "@twinmap/twinmap/shared";
import { removeExpired, type Session, sessionService } from "../../../examples/shared_cache/session_service.ts";

class Visitor {
  readonly #app;
  cookie = "";

  constructor(sessions: ConcurrentMap<string, Session>) {
    this.#app = sessionService(sessions);
  }

  async request(method: string, path: string, body?: string): Promise<Response> {
    const init = { method, headers: { cookie: this.cookie }, ...(body === undefined ? {} : { body }) };
    const response = await this.#app.request(path, init);
    this.cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? this.cookie;
    return response;
  }

  login(name: unknown = "ada"): Promise<Response> {
    return this.request("POST", "/login", JSON.stringify({ name }));
  }
}

const makes: [name: string, make: () => ConcurrentMap<string, Session>][] = [
  ["Map", () => new NativeMap()],
  ["SharedMap", () => SharedMap.create({ maxBytes: 2 ** 16 })],
];

for (const [name, make] of makes) {
  describe(`the service with sessions in a ${name}`, () => {
    it("keeps a session from login to logout", async () => {
      const visitor = new Visitor(make());
      assertEquals((await visitor.request("GET", "/session")).status, 401);
      assertEquals((await visitor.login()).status, 201);
      await visitor.request("POST", "/visits");
      const { name, visits } = await (await visitor.request("POST", "/visits")).json();
      assertEquals({ name, visits }, { name: "ada", visits: 2 });
      const { cookie } = visitor;
      assertEquals((await visitor.request("POST", "/logout")).status, 204);
      visitor.cookie = cookie;
      for (const [method, path] of [["GET", "/session"], ["POST", "/visits"], ["POST", "/logout"]] as const) {
        assertEquals((await visitor.request(method, path)).status, 401);
      }
    });

    it("gives each login a new id that no script can read and no other site can send, and ends the session before", async () => {
      const sessions = make();
      const visitor = new Visitor(sessions);
      const cookies = [await visitor.login(), await visitor.login()].map(({ headers }) =>
        headers.get("set-cookie") ?? ""
      );
      for (const cookie of cookies) {
        assertMatch(
          cookie,
          /^session=[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}; Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/,
        );
      }
      assert(cookies[0] !== cookies[1]);
      assertEquals([...sessions.keys()], [visitor.cookie.slice("session=".length)]);
    });

    it("refuses a login whose name is missing or too long", async () => {
      const sessions = make();
      const visitor = new Visitor(sessions);
      for (const name of [null, "", 1, "a".repeat(101)]) assertEquals((await visitor.login(name)).status, 400);
      for (const body of ["", "null", "{"]) assertEquals((await visitor.request("POST", "/login", body)).status, 400);
      assertEquals((await visitor.login("a".repeat(5_000))).status, 413);
      assertEquals([...sessions], []);
    });

    it("treats an expired session as absent, and removes it", async () => {
      const sessions = make();
      const visitor = new Visitor(sessions);
      sessions.set("old", { name: "bob", visits: 0, expiresAtMs: Date.now() });
      visitor.cookie = "session=old";
      assertEquals((await visitor.request("GET", "/session")).status, 401);
      assertEquals((await visitor.request("POST", "/visits")).status, 401);
      await visitor.login();
      sessions.set("old", { name: "bob", visits: 0, expiresAtMs: Date.now() });
      removeExpired(sessions);
      assertEquals([...sessions.values()].map(({ name }) => name), ["ada"]);
    });
  });
}

describe("the service whose SharedMap is full", () => {
  it("refuses a login with 503, keeps serving its sessions, and accepts logins again once some have expired", async () => {
    const sessions: SharedMap<string, Session> = SharedMap.create({ maxBytes: 2 ** 16 });
    const visitor = new Visitor(sessions);
    await visitor.login();
    const { cookie } = visitor;
    let [last, taken] = [201, 1];
    for (; last === 201; taken++) {
      visitor.cookie = "";
      last = (await visitor.login("bob")).status;
    }
    assertEquals([last, sessions.size], [503, taken - 1]);
    assertEquals((await visitor.login()).headers.get("retry-after"), "60");

    visitor.cookie = cookie;
    assertEquals((await (await visitor.request("GET", "/session")).json()).name, "ada");
    removeExpired(sessions, Date.now() + 3_600_000);
    assertEquals(sessions.size, 0);
    assertEquals((await visitor.login()).status, 201);
  });
});
