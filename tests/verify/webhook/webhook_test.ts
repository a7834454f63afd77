import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { type RolloutEvent, webhook, type WebhookOptions } from "@twinmap/twinmap/webhook";
import { ManualClock } from "../../../testing/manual_clock.ts";

const SECRET_BYTES = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SECRET = `whsec_${SECRET_BYTES}`;
const EVENT: RolloutEvent = {
  twin: "sessions",
  at: "2026-01-01T00:00:00.000Z",
  kind: "back",
  stage: "live",
  percent: 0,
  by: "plan",
  why: "at least 1 % of key visits find a diff",
  dryRun: false,
};

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that answers with these codes in turn, and tells what it received. */
async function listening(...codes: number[]) {
  const received: Received[] = [];
  let told = () => {};
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (part: string) => body += part).on("end", () => {
      received.push({ headers: request.headers, body });
      response.writeHead(codes[received.length - 1] ?? 200).end();
      told();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    port,
    received,
    /** Waits until it has received so many. */
    async receives(count: number): Promise<void> {
      while (received.length < count) await new Promise<void>((resolve) => told = resolve);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** Waits until `event` was given up. */
function givenUp(options: Omit<WebhookOptions, "onFailure">): Promise<unknown> {
  return new Promise((resolve) => {
    webhook({ ...options, onFailure: (_, error) => resolve(error) })(EVENT);
  });
}

describe("webhook()", () => {
  it("posts an event, signed as Standard Webhooks asks for", async () => {
    await using server = await listening();
    const clock = new ManualClock();
    webhook({ url: server.url, secret: SECRET, allowPrivate: true, clock })(EVENT);
    await server.receives(1);
    const { headers, body } = server.received[0] as Received;
    const payload = JSON.parse(body);
    assertEquals([payload.type, payload.timestamp, payload.data], ["rollout.back", EVENT.at, EVENT]);
    assertEquals(payload.text, "sessions: went back to live 0 %, by plan: “at least 1 % of key visits find a diff”");
    assertEquals(headers["webhook-timestamp"], String(clock.now() / 1_000));
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const signature = createHmac("sha256", Buffer.from(SECRET_BYTES, "base64")).update(signed).digest("base64");
    assertEquals(headers["webhook-signature"], `v1,${signature}`);
  });

  it("tries again after a while, with the same id, until the answer is 2xx", async () => {
    await using server = await listening(500, 302, 204);
    const clock = new ManualClock();
    webhook({ url: server.url, secret: SECRET, allowPrivate: true, clock })(EVENT);
    for (const [attempts, waitMs] of [[1, 5_000], [2, 60_000]] as const) {
      await server.receives(attempts);
      while (clock.scheduled === 0) await clock.advance(0);
      await clock.advance(waitMs - 1);
      assertEquals(server.received.length, attempts);
      await clock.advance(1);
    }
    await server.receives(3);
    assertEquals(new Set(server.received.map(({ headers }) => headers["webhook-id"])).size, 1);
  });

  it("gives an event up after five attempts, and says why", async () => {
    await using server = await listening(500, 500, 500, 500, 500);
    const clock = new ManualClock();
    const error = givenUp({ url: server.url, secret: SECRET, allowPrivate: true, clock });
    for (const attempts of [1, 2, 3, 4]) {
      await server.receives(attempts);
      while (clock.scheduled === 0) await clock.advance(0);
      await clock.advance(3_600_000);
    }
    assertStringIncludes(String(await error), "answered 500");
    assertEquals(server.received.length, 5);
  });

  it("posts to no private address unless it may, by whatever name", async () => {
    await using server = await listening();
    for (const host of ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254"]) {
      const error = givenUp({ url: `http://${host}:${server.port}/`, secret: SECRET, clock: new ManualClock() });
      assertStringIncludes(String(await error), "is an address of a private network", host);
    }
    assertEquals(server.received, []);
  });

  it("has at most 1,000 events wait, and gives up the rest at once", async () => {
    await using server = await listening();
    const failed: unknown[] = [];
    const post = webhook({
      url: server.url,
      secret: SECRET,
      clock: new ManualClock(),
      onFailure: (_, error) => {
        failed.push(error);
        throw new Error("of the owner");
      },
    });
    for (let event = 0; event < 1_010; event++) post(EVENT);
    assertEquals(failed.length, 10);
    assertStringIncludes(String(failed[0]), "1000 wait already");
  });

  it("refuses an address that nobody can post to, and a secret that is too short, without showing it", () => {
    const url = "https://example.com/";
    for (const wrong of ["ftp://example.com/", "example.com", "https://ann:pass@example.com/"]) {
      assertThrows(() => webhook({ url: wrong, secret: SECRET }), RangeError, "url must be an address");
    }
    const error = assertThrows(() => webhook({ url, secret: "whsec_c2hvcnQ=" }), RangeError, "secret must be whsec_");
    assert(!error.message.includes("c2hvcnQ"));
    assertThrows(() => webhook({ url } as WebhookOptions), TypeError, "secret is missing");
  });
});
