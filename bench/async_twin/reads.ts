/** Measures reads of a twin of two `RedisMap`s at `shadow`. */
import { createClient } from "redis";
import { twin } from "../../mod.ts";
import { RedisMap } from "../../src/stores/redis.ts";
import { compare } from "../lib/ratio.ts";
import { launchDarklyRead } from "../twin/peers.ts";
import { callers, KEYS } from "./callers.ts";

/** Compares with reads of the old map alone, and returns whether the claims hold. */
export async function compareReads(oldUrl: string, newUrl: string): Promise<boolean> {
  const clients = await Promise.all([oldUrl, newUrl].map((url) => createClient({ url }).connect()));
  const [oldMap, newMap] = clients.map((client) => new RedisMap<string, string>(client, { prefix: "read:" })) as [
    RedisMap<string, string>,
    RedisMap<string, string>,
  ];
  for (const map of [oldMap, newMap]) await map.setMany(KEYS.map((key) => [key, `value of ${key}`]));
  const bare = callers((key) => oldMap.get(key));
  const against = "the old map alone";
  const held: boolean[] = [];
  for (
    const { sample, name, atMost } of [{ sample: 1 / 64, name: "1/64", atMost: 1.15 }, {
      sample: 1,
      name: "1",
      atMost: 1.6,
    }]
  ) {
    const users = twin(oldMap, newMap, { sample, at: { stage: "shadow" } });
    const what = `get at shadow, sample ${name}, RedisMap to RedisMap`;
    held.push(await compare({ what, against, atMost }, callers((key) => users.get(key)), bare));
    await users.settle();
    users.close();
  }
  const launchDarkly = await launchDarklyRead(oldMap, newMap);
  await compare({ what: "get by LaunchDarkly's migration at shadow", against }, callers(launchDarkly.read), bare);
  launchDarkly.close();
  for (const client of clients) client.destroy();
  return held.every(Boolean);
}
