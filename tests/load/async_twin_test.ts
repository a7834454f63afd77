/**
 * Two twins of one process over two Redis servers, with time-outs and restarts: what was acknowledged is there, both sides end up
 * equal, and no diff is reported.
 */
import { assert, assertEquals } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { type AsyncTwinMap, twin } from "@twinmap/twinmap";
import { checkLinearizable, mapModel, type Operation } from "@twinmap/twinmap/linearizability";
import { setTimeout as sleep } from "node:timers/promises";
import { type RedisClient, RedisMap } from "../../src/stores/redis.ts";
import { redisIsInstalled, type RedisServer, startRedis } from "../servers/redis.ts";
import { CLIENTS, type OpenClient } from "../servers/redis_clients.ts";
import { until } from "./until.ts";

const OPERATIONS = 30_000;
const CALLERS_OF_TWIN = 8;
const KEYS = Array.from({ length: 500 }, (_, at) => `key ${at}`);
/** So many of the keys have their history checked. */
const CHECKED = 50;
const LOST_SHARE = 0.05;
/** A lost command takes effect after at most this time. */
const LATE_MS = 50;
const UNKNOWN_MS = 1_000;

type Users = AsyncTwinMap<string, number>;

/**
 * A client whose writes are lost at times: the caller is told so at once, and the command is sent later, or never. It is told as
 * a client tells that its connection was lost.
 */
function lossy(client: RedisClient, isCalm: () => boolean): RedisClient {
  const send = Reflect.get(client, "sendCommand") as (args: unknown[], ...more: unknown[]) => Promise<unknown>;
  return new Proxy(client, {
    get: (_, name) => {
      const member: unknown = Reflect.get(client, name, client);
      if (name !== "sendCommand") return typeof member === "function" ? member.bind(client) : member;
      return async (args: unknown[], ...more: unknown[]) => {
        if (isCalm() || Math.random() >= LOST_SHARE) return await send.call(client, args, ...more);
        if (Math.random() < 0.5) {
          setTimeout(() => void send.call(client, args, ...more).catch(() => {}), LATE_MS * Math.random());
        }
        throw new Error("lost by the test");
      };
    },
  });
}

describe("two twins of two stores, under time-outs and restarts (needs Redis)", { ignore: !redisIsInstalled }, () => {
  let servers: readonly RedisServer[];
  let opened: readonly OpenClient[];

  before(async () => {
    servers = await Promise.all([startRedis(), startRedis()]);
    const open = CLIENTS["redis"] as (url: string) => Promise<OpenClient>;
    // Each twin has a connection of its own to each server, so that the commands of one may overtake those of the other.
    opened = await Promise.all([...servers, ...servers].map(({ url }) => open(url)));
  });

  after(async () => {
    for (const client of opened) await client[Symbol.asyncDispose]();
    for (const server of servers) await server[Symbol.asyncDispose]();
  });

  it("keeps what was acknowledged, has both sides equal, and reports no diff", async () => {
    let isCalm = false;
    const bare = opened.slice(0, 2).map(({ client }) => new RedisMap<string, number>(client, { prefix: "soak:" }));
    const maps = opened.map(({ client }) =>
      new RedisMap<string, number>(lossy(client, () => isCalm), { prefix: "soak:", timeoutMs: 500 })
    );
    const twins: readonly Users[] = [0, 2].map((at) =>
      twin(maps[at] as RedisMap<string, number>, maps[at + 1] as RedisMap<string, number>, {
        name: "soak",
        mirror: "queued",
        at: { stage: "shadow" },
        instances: "many",
        mirrorTimeoutMs: 200,
        unknownMs: UNKNOWN_MS,
        settleMs: [100, 500, 2_500],
      })
    );
    const history: Operation[] = [];
    let begun = 0;
    let time = 0;
    let failed = 0;
    const caller = async (users: Users, client: string) => {
      while (begun < OPERATIONS) {
        const at = begun++;
        const keyAt = (at * 31 + at % 7) % KEYS.length;
        const key = KEYS[keyAt] as string;
        const isRead = at % 2 === 0;
        const call = isRead
          ? { name: "get", args: [key] }
          : at % 5 === 1
          ? { name: "delete", args: [key] }
          : { name: "set", args: [key, at] };
        const operation = { client, ...call, calledAt: ++time };
        try {
          const result = isRead
            ? await users.get(key)
            : call.name === "delete"
            ? await users.delete(key)
            : void await users.set(key, at);
          if (keyAt < CHECKED) history.push({ ...operation, returnedAt: ++time, result });
        } catch {
          failed++;
          // What was lost may take effect later, and does not hold up what its caller does next.
          if (!isRead && keyAt < CHECKED) history.push({ ...operation, client: `${client} at ${at}` });
          await sleep(1);
        }
      }
    };
    const restarts = async () => {
      for (const [at, server] of servers.entries()) {
        await until(() => begun > OPERATIONS * (at + 1) / 3);
        await server.restart();
      }
    };
    await Promise.all([
      restarts(),
      ...twins.flatMap((users, of) => Array.from({ length: CALLERS_OF_TWIN }, (_, at) => caller(users, `${of}.${at}`))),
    ]);
    isCalm = true;
    await until(() => twins.every((users) => users.report().mirror.journaled === 0));
    for (const users of twins) await users.settle();

    const [old, isNew] = await Promise.all(bare.map((map) => map.getMany(KEYS)));
    assertEquals(isNew, old);
    assertEquals(twins.map((users) => users.report().diffs), [0, 0]);
    for (const key of KEYS.slice(0, CHECKED)) {
      history.push({
        client: "after",
        name: "get",
        args: [key],
        calledAt: ++time,
        returnedAt: ++time,
        result: old?.get(key),
      });
    }
    assertEquals(checkLinearizable(history, mapModel(), { maxMs: 15_000 }).verdict, "linearizable");
    assert(failed > 0);
    for (const users of twins) users.close();
  });
});
