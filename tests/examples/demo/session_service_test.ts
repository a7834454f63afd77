import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap } from "@twinmap/twinmap";
import { FaultyMap } from "../../../testing/faulty_map.ts";
import { type Session, type SessionId, sessionService } from "../../../examples/demo/session_service.ts";

function begin() {
  const sessions = new NativeMap<SessionId, Session>();
  const service = sessionService(() => sessions);
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await service.request(path, { method, body: JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
  };
  return { sessions, ask };
}

const LOGIN = { name: "member 1", timezoneOffset: -60 };

describe("the service of the demo", () => {
  it("begins a session at a login, shows it, counts visits and ends it at a logout", async () => {
    const { sessions, ask } = begin();
    const { status, body: { id } } = await ask("POST", "/", LOGIN);
    assertEquals([status, sessions.size], [201, 1]);
    const session = { name: "member 1", utcOffsetMinutes: 60, visits: 0 };
    assertEquals(await ask("GET", `/${id}`), { status: 200, body: session });
    assertEquals(await ask("POST", `/${id}/visits`), { status: 200, body: { ...session, visits: 1 } });
    assertEquals(await ask("POST", `/${id}/visits`), { status: 200, body: { ...session, visits: 2 } });
    assertEquals(sessions.get(id), { ...session, visits: 2 });
    assertEquals(await ask("DELETE", `/${id}`), { status: 204, body: "" });
    assertEquals(sessions.size, 0);
  });

  it("keeps each visit as a value of its own, never changed in place", async () => {
    const { sessions, ask } = begin();
    const { body: { id } } = await ask("POST", "/", LOGIN);
    const before = sessions.get(id);
    await ask("POST", `/${id}/visits`);
    assertEquals([before?.visits, sessions.get(id)?.visits], [0, 1]);
  });

  it("keeps only a number for a guest", async () => {
    const { sessions, ask } = begin();
    assertEquals(await ask("POST", "/guests"), { status: 201, body: { id: 1 } });
    assertEquals(await ask("POST", "/guests"), { status: 201, body: { id: 2 } });
    assertEquals([...sessions], [[1, undefined], [2, undefined]]);
    assertEquals(await ask("GET", "/1"), { status: 200, body: { guest: true } });
    assertEquals(await ask("POST", "/1/visits"), { status: 200, body: { guest: true } });
    assertEquals(await ask("DELETE", "/1"), { status: 204, body: "" });
    assertEquals([...sessions.keys()], [2]);
  });

  it("stores -0 as the offset of a member at UTC", async () => {
    const { sessions, ask } = begin();
    const { body: { id } } = await ask("POST", "/", { name: "member 0", timezoneOffset: 0 });
    assertEquals(Object.is(sessions.get(id)?.utcOffsetMinutes, -0), true);
  });

  it("answers 404 for a session that does not exist", async () => {
    const { ask } = begin();
    assertEquals((await ask("GET", "/1")).status, 404);
    assertEquals((await ask("POST", "/nobody/visits")).status, 404);
    assertEquals((await ask("DELETE", "/nobody")).status, 404);
  });

  it("refuses a malformed login", async () => {
    const { sessions, ask } = begin();
    for (const login of [undefined, "text", [], {}, { ...LOGIN, name: "" }, { ...LOGIN, timezoneOffset: "0" }]) {
      assertEquals((await ask("POST", "/", login)).status, 400, JSON.stringify(login));
    }
    assertEquals(sessions.size, 0);
  });

  it("answers 500 if the map throws", async () => {
    const sessions = new FaultyMap<SessionId, Session>(new NativeMap());
    sessions.fault = "throws";
    const response = await sessionService(() => sessions).request("/1");
    assertEquals(response.status, 500);
    assertMatch(await response.text(), /out of order/);
  });
});
