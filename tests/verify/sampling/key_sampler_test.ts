import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, twin } from "@twinmap/twinmap";
import { makeKeyHash } from "../../../src/keys/key_hash.ts";
import { KeySampler } from "../../../verify/sampling/key_sampler.ts";
import { moveTo } from "../../move_to.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

const KEYS = Array.from({ length: 20_000 }, (_, i) => i % 2 === 0 ? i : `key ${i}`);

const SECRET = "the secret of these tests";
const hash = makeKeyHash(SECRET);

function included(share: number): Set<unknown> {
  const sampler = new KeySampler(share, hash);
  return new Set(KEYS.filter((key) => sampler.includes(sampler.hash(key))));
}

describe("KeySampler", () => {
  it("includes about the share of keys that it is told, all at 1 and none at 0", () => {
    assertEquals([included(0).size, included(1).size], [0, KEYS.length]);
    for (const share of [0.01, 0.25, 0.5, 0.99]) {
      const found = included(share).size / KEYS.length;
      assert(Math.abs(found - share) < 0.015, `${found} for ${share}`);
    }
  });

  it("keeps its keys as the share grows", () => {
    const shares = [0, 0.01, 0.1, 0.5, 0.9, 1].map(included);
    for (const [at, larger] of shares.slice(1).entries()) assert(shares[at]?.isSubsetOf(larger));
  });
});

describe("TwinMap, at live", () => {
  it("compares keys of either side alike: what is sampled says nothing of which side answers", async () => {
    const clock = new ManualClock();
    const [oldMap, newMap] = [new NativeMap<unknown, string>(), new NativeMap<unknown, string>()];
    const users = twin(oldMap, newMap, { clock, secret: SECRET, sample: 0.3 });
    await moveTo(users, clock, "live", 40);
    for (const key of KEYS) {
      oldMap.set(key, "old");
      newMap.set(key, "new");
    }
    const sides = Map.groupBy(KEYS, (key) => users.get(key));
    for (const [side, keys] of sides) {
      await clock.until(users.settle());
      const before = users.report().due;
      for (const key of keys) users.get(key);
      const share = (users.report().due - before) / keys.length;
      assert(Math.abs(share - 0.3) < 0.02, `${share} of the keys that ${side} answers for`);
    }
  });
});
