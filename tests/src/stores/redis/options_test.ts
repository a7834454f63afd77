import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { RedisMapOptions } from "@twinmap/twinmap/redis";
import { checkRedisOptions } from "../../../../src/stores/redis/options.ts";

const refusal = (options?: RedisMapOptions<unknown>) =>
  assertThrows(() => checkRedisOptions(options), TypeError).message;

describe("checkRedisOptions()", () => {
  it("takes a prefix or a hash, and fills in the defaults", () => {
    assertEquals(checkRedisOptions({ prefix: "p:" }).distinctKeys, 2 ** 20);
    assertEquals(checkRedisOptions({ hash: "h", distinctKeys: 0 }).distinctKeys, 0);
  });

  it("refuses neither and both, each with words of its own", () => {
    for (const options of [undefined, {}]) {
      assertEquals(
        refusal(options),
        "Cannot create RedisMap: prefix or hash must be given: received neither",
      );
    }
    assertEquals(
      refusal({ prefix: "p:", hash: "h" }),
      "Cannot create RedisMap: prefix and hash must not be given together: with prefix, each entry is a Redis key of its own, " +
        "with hash, all are in one",
    );
  });

  it("refuses a time to live in a hash", () => {
    assertEquals(
      refusal({ hash: "h", ttlMs: 1 }),
      "Cannot create RedisMap: ttlMs must be absent: the entries of a hash never expire",
    );
  });
});
