import { assert, assertEquals, assertFalse, assertGreater, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { mock } from "node:test";
import { setImmediate } from "node:timers";
import { twin, type TwinMap } from "@twinmap/twinmap";
import { type ReportApp, reportApp, type ReportedTwin } from "@twinmap/twinmap/report";
import { moveTo } from "../../move_to.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { SERVERS } from "./serve.ts";

const INTERVAL_MS = 1_000;
const MAX_LISTENERS = 100;

interface Event {
  readonly event: string;
  readonly data: string;
}

/** One who listens to the events, piece by piece as they come. */
class Listener {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #reading: Promise<void> | undefined;
  #arrived = "";
  #isOver = false;

  constructor(response: Response) {
    assertEquals(response.status, 200);
    assert(response.body);
    this.#reader = response.body.getReader();
  }

  static async to(app: ReportApp): Promise<Listener> {
    const listener = new Listener(await listen(app));
    assertEquals(await listener.arrived(), []);
    return listener;
  }

  /** Whether the other side has ended it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What has come since it was asked last. */
  async arrived(): Promise<Event[]> {
    await this.#readOn();
    const [text, rest] = [this.#arrived, ""];
    this.#arrived = rest;
    return text.split("\n\n").filter((block) => block !== "" && !block.startsWith(":")).map((block) => {
      const fields = block.split("\n").map((line) => /^(event|data): ([^]*)$/.exec(line) ?? [line, "wrong", line]);
      const of = (field: string) => fields.filter(([, name]) => name === field).map(([, , value = ""]) => value);
      assertEquals([of("event").length, of("wrong")], [1, []]);
      return { event: of("event").join(), data: of("data").join("\n") };
    });
  }

  async leave(): Promise<void> {
    await this.#reader.cancel();
  }

  /** Goes on reading, whatever comes of it, as long as something does at once. */
  async #readOn(): Promise<void> {
    for (let before = -1; before !== this.#arrived.length;) {
      before = this.#arrived.length;
      this.#reading ??= this.#reader.read().then(({ done, value }) => {
        this.#reading = undefined;
        this.#isOver = done;
        this.#arrived += new TextDecoder().decode(value);
      }, () => void (this.#isOver = true));
      await turns();
    }
  }
}

async function listen(app: ReportApp, method = "GET"): Promise<Response> {
  return await app.fetch(new Request("http://localhost/events", { method }));
}

/** Lets everything happen that waits for no timer. */
async function turns(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

async function tick(): Promise<void> {
  mock.timers.tick(INTERVAL_MS);
  await turns();
}

interface Rig {
  readonly clock: ManualClock;
  readonly newMap: Map<string, number>;
  readonly users: TwinMap<string, number>;
}

async function rig(name = "users"): Promise<Rig> {
  const clock = new ManualClock();
  const newMap = new Map<string, number>();
  const users = twin<string, number>(new Map([["a", 1]]), newMap, { name, clock, reveal: true });
  await moveTo(users, clock, "shadow");
  return { clock, newMap, users };
}

/** A twin that counts how often it is asked for its report. */
function counting(users: ReportedTwin): { twin: ReportedTwin; reports: () => number } {
  let reports = 0;
  const twin: ReportedTwin = {
    report: () => (reports++, users.report()),
    stage: () => {},
    sweep: () => Promise.resolve(),
    backfill: () => Promise.resolve(),
    pause: () => {},
    resume: () => {},
  };
  return { twin, reports: () => reports };
}

function idsIn(events: readonly Event[]): (string | undefined)[] {
  return events.map(({ event, data }) => event === "part" ? / id="([^"]+)"/.exec(data)?.[1] : event);
}

describe("GET /events", () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
  afterEach(() => mock.timers.reset());

  it("sends everything that is kept current within a second, as the page has it", async () => {
    const [users, carts] = [(await rig("users")).users, (await rig("carts")).users];
    const app = reportApp([users, carts], { control: { token: "secret" } });
    const page = await (await app.fetch(new Request("http://localhost/"))).text();
    const listener = await Listener.to(app);
    await tick();
    const events = await listener.arrived();
    for (const { event, data } of events) {
      assertStringIncludes(page, event === "part" ? data.trim() : `<span id="as-of">${data}</span>`);
    }
    const ids = idsIn(events);
    assertEquals(ids.at(-1), "time");
    const live = ["turn", "verdict", "stage", "rate", "recent", "due", "activity", "latency", "mirror"];
    for (const id of ["twin-1", "twin-2"]) {
      for (const part of ["entry", ...live]) assert(ids.includes(`${id}-${part}`), `${id}-${part}`);
    }
    assertFalse(events.some(({ data }) => data.includes("<form")), "a form would lose what is typed into it");
    await listener.leave();
  });

  it("asks proxies not to buffer, or nobody would hear anything", async () => {
    const { users } = await rig();
    for (const method of ["GET", "HEAD"]) {
      const response = await listen(reportApp(users), method);
      assertEquals(response.headers.get("X-Accel-Buffering"), "no");
      await response.body?.cancel();
    }
  });

  it("sends changes, and nothing that did not change", async () => {
    const { clock, newMap, users } = await rig();
    const listener = await Listener.to(reportApp(users));
    await tick();
    assertGreater((await listener.arrived()).length, 5);
    for (let i = 0; i < 3; i++) {
      await tick();
      assertEquals(await listener.arrived(), []);
    }
    await clock.advance(INTERVAL_MS);
    await tick();
    assertEquals(idsIn(await listener.arrived()), ["time"]);
    newMap.set("a", 2);
    users.get("a");
    await clock.until(users.settle());
    await tick();
    const events = await listener.arrived();
    const changed = ["turn", "verdict", "stage", "rate", "recent", "due", "activity", "latency"].map((part) =>
      `twin-1-${part}`
    );
    assertEquals(idsIn(events).filter((id) => id !== "time"), changed);
    assertStringIncludes(events[1]?.data ?? "", ">1</data> diff in ");
    await tick();
    assertEquals(await listener.arrived(), []);
    await listener.leave();
  });

  it("sends everything to a later listener, and only what is new to the others", async () => {
    const { users } = await rig();
    const app = reportApp(users);
    const first = await Listener.to(app);
    await tick();
    const everything = await first.arrived();
    const second = await Listener.to(app);
    await tick();
    assertEquals(await second.arrived(), everything);
    assertEquals(await first.arrived(), []);
    await Promise.all([first.leave(), second.leave()]);
  });

  it("asks for the reports once a second for all listeners together, and never without a listener", async () => {
    const { twin, reports } = counting((await rig()).users);
    const app = reportApp(twin);
    const before = reports();
    await tick();
    const listeners = await Promise.all(Array.from({ length: 20 }, () => Listener.to(app)));
    assertEquals(reports() - before, 0);
    for (let round = 1; round <= 3; round++) {
      await tick();
      for (const listener of listeners) await listener.arrived();
      assertEquals(reports() - before, round);
    }
    for (const listener of listeners) await listener.leave();
    await tick();
    const after = reports();
    for (let i = 0; i < 3; i++) await tick();
    assertEquals(reports(), after);
    assertEquals(after - before <= 4, true, "one round may have been under way");
  });

  it("queues nothing for a listener that does not read", async () => {
    const { twin, reports } = counting((await rig()).users);
    const app = reportApp(twin);
    const response = await listen(app);
    const before = reports();
    for (let i = 0; i < 10; i++) await tick();
    assertEquals(reports() - before <= 1, true, "what was not taken is waited for");
    await response.body?.cancel();
  });

  it(`has room for ${MAX_LISTENERS} listeners, and gives the place of one that leaves to the next`, async () => {
    const app = reportApp((await rig()).users);
    const listeners = await Promise.all(Array.from({ length: MAX_LISTENERS }, () => Listener.to(app)));
    for (let i = 0; i < 3; i++) {
      const refused = await listen(app);
      assertEquals([refused.status, refused.headers.get("Retry-After")], [503, "10"]);
      assertEquals(await refused.text(), "Too many listeners: at most 100 at a time");
      await listeners.pop()?.leave();
      listeners.push(await Listener.to(app));
    }
    await tick();
    for (const listener of listeners) assertGreater((await listener.arrived()).length, 5);
    for (const listener of listeners) await listener.leave();
    const again = await Promise.all(Array.from({ length: MAX_LISTENERS }, () => Listener.to(app)));
    for (const listener of again) await listener.leave();
  });

  it("gives no place to HEAD, whose answer nobody reads", async () => {
    const app = reportApp((await rig()).users);
    for (let i = 0; i < 2 * MAX_LISTENERS; i++) assertEquals((await listen(app, "HEAD")).status, 200);
    await (await Listener.to(app)).leave();
  });

  it("ends, and frees its places, if a report fails", async () => {
    const { twin } = counting((await rig()).users);
    const app = reportApp(twin);
    const { report } = twin;
    for (let i = 0; i < 3; i++) {
      const listeners = await Promise.all(Array.from({ length: MAX_LISTENERS }, () => Listener.to(app)));
      twin.report = () => {
        throw new Error("No report today");
      };
      await tick();
      for (const listener of listeners) assertEquals([await listener.arrived(), listener.isOver], [[], true]);
      twin.report = report;
    }
    const listener = await Listener.to(app);
    await tick();
    assertGreater((await listener.arrived()).length, 5);
    await listener.leave();
  });
});

/** A connection that asked for the events. */
class Connection {
  readonly #socket: Socket;
  #received = "";

  private constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect(Number(port), hostname);
    this.#socket.setEncoding("utf8").on("data", (text: string) => this.#received += text);
    this.#socket.write(`GET /events HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  }

  /** Waits for the first words of the answer. */
  static async to(url: string): Promise<Connection> {
    const connection = new Connection(url);
    while (!/listening\n|at a time/.test(connection.#received)) await once(connection.#socket, "data");
    return connection;
  }

  get status(): number {
    return Number(this.#received.split(" ")[1]);
  }

  leave(): void {
    this.#socket.destroy();
  }
}

describe("GET /events, over a connection", () => {
  for (const [server, serve] of SERVERS) {
    it(`frees its place when the connection closes, on ${server}`, async () => {
      const { url, close } = await serve(reportApp((await rig()).users).fetch);
      for (let round = 0; round < 3; round++) {
        const connections: Connection[] = [];
        while (connections.length < MAX_LISTENERS) {
          // A place becomes free a moment after the connection went: how long a moment is not ours to say.
          const connection = await Connection.to(url);
          if (connection.status === 200) connections.push(connection);
          else connection.leave();
        }
        const another = await Connection.to(url);
        assertEquals(another.status, 503);
        for (const connection of [another, ...connections]) connection.leave();
      }
      await close();
    });
  }
});
