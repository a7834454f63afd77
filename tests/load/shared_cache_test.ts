/** Runs the workers in a process of their own, on the runtime of this test, and asks them over HTTP. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { once } from "node:events";
import { connect } from "node:net";
import { StartedExample } from "./started_example.ts";
import { until } from "./until.ts";

interface Answer {
  readonly status: number;
  readonly worker: number;
  /** The number of the request, counted over all workers. */
  readonly request: number;
  readonly visits: number;
}

describe("the workers that share their sessions", () => {
  let example: StartedExample;
  let address: string;
  let cookie = "";

  /** Each request has a connection of its own, so that the next one goes to the next worker. */
  const ask = async (method: string, path: string, body?: string): Promise<Answer> => {
    const init = { method, headers: { connection: "close", cookie }, ...(body === undefined ? {} : { body }) };
    const response = await fetch(`${address}${path}`, init);
    cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
    const { visits } = await response.json();
    const [worker, request] = ["x-worker", "x-request"].map((name) => Number(response.headers.get(name)));
    return { status: response.status, worker: worker ?? 0, request: request ?? 0, visits };
  };
  const askTogether = (count: number, method: string, path: string) =>
    Promise.all(Array.from({ length: count }, () => ask(method, path)));
  const workersOf = (answers: readonly Answer[]) => new Set(answers.map(({ worker }) => worker));
  const requestsOf = (answers: readonly Answer[]) => answers.map(({ request }) => request).sort((a, b) => a - b);

  beforeAll(async () => {
    example = new StartedExample("shared_cache.ts", "--port", "0");
    address = await example.said(/, at (http:\S+)/);
  });
  afterAll(() => example.kill());

  it("all know a session that one of them began", async () => {
    const { status, worker } = await ask("POST", "/login", `{"name":"ada"}`);
    assertEquals(status, 201);
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await ask("GET", "/session"));
    assertEquals(answers.map(({ status, visits }) => [status, visits]), Array(4).fill([200, 0]));
    assertEquals(workersOf(answers), new Set([1, 2, 3, 4]));
    assert(workersOf(answers).has(worker));
  });

  it("count every request once, whichever of them serves it", async () => {
    const { request } = await ask("GET", "/session");
    const answers = await askTogether(100, "GET", "/session");
    assertEquals(requestsOf(answers), answers.map((_, i) => request + 1 + i));
    assertEquals(workersOf(answers).size, 4);
  });

  it("lose no visit to a session when several of them count at the same time", async () => {
    const answers = await askTogether(100, "POST", "/visits");
    assertEquals(answers.map(({ visits }) => visits).sort((a, b) => a - b), answers.map((_, i) => i + 1));
  });

  it("lose no session and no count when one is terminated under load and replaced", async () => {
    const [session, first] = [await ask("GET", "/session"), await ask("GET", "/session")];
    const answered: Answer[] = [];
    let [sent, gone] = [0, ""];
    example.said(/Worker (\d) has ended; worker 5 goes on/).then((number) => gone = number);
    await until(async () => {
      const visits = Array.from({ length: 20 }, () => ask("POST", "/visits").catch(() => undefined));
      if (sent === 20) example.enter();
      sent += visits.length;
      answered.push(...(await Promise.all(visits)).filter((answer) => answer !== undefined));
      return gone !== "" && workersOf(answered).has(5);
    });
    assertEquals(answered.filter(({ status }) => status !== 200), []);
    assertEquals(new Set(requestsOf(answered)).size, answered.length, "no two requests have the same number");

    // A client that lost its answer does not know whether its request was counted.
    const last = await ask("GET", "/session");
    for (const counted of [last.visits - session.visits, last.request - first.request - 1]) {
      assert(counted >= answered.length && counted <= sent, `${answered.length} <= ${counted} <= ${sent}`);
    }
    const later = workersOf(await askTogether(8, "GET", "/session"));
    assertEquals(later, new Set([1, 2, 3, 4, 5].filter((number) => number !== Number(gone))));
  });

  it("keep no client waiting for a terminated worker", async () => {
    const { hostname, port } = new URL(address);
    let closed = 0;
    const clients = await Promise.all(Array.from({ length: 4 }, async () => {
      const client = connect(Number(port), hostname).on("close", () => closed++);
      client.write("GET /session HTTP/1.1\r\nhost: localhost\r\n\r\n");
      await once(client, "data");
      client.write("POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-length: 14\r\n\r\n");
      return client;
    }));
    example.enter();
    await example.said(/(worker 6 goes on)/);
    await until(() => closed === 1);
    for (const client of clients) client.destroy();
  });

  it("end at Ctrl-C, and say what they counted", async () => {
    const { request } = await ask("GET", "/session");
    example.interrupt();
    const { code, out, error } = await example.ended();
    assertEquals([code, error], [0, ""]);
    assertMatch(out, new RegExp(`\nEnded: ${request} requests, 1 sessions\\.\n$`));
    assertEquals(await fetch(address).catch(() => "refused"), "refused");
  });
});
