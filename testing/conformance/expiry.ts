/** How the entries of an `AsyncExpiringMap` expire. */
import type { AsyncExpiringMap } from "../../mod.ts";
import { collected } from "./async_operations.ts";
import { type AsyncSubject, withMap } from "./async_subject.ts";
import { expect, expectEqual, expectRejection } from "./expect.ts";

const LONG_MS = 600_000;
const SHORT_MS = 250;

function withExpiringMap(
  subject: AsyncSubject,
  test: (map: AsyncExpiringMap<unknown, unknown>) => Promise<void>,
): Promise<void> {
  return withMap(subject, (map) => test(map as AsyncExpiringMap<unknown, unknown>));
}

/** An entry tells when it expires; `set` begins a new time, every other write to a present key keeps it. */
export function keepsTheTime(subject: AsyncSubject): Promise<void> {
  const { distinctKeys: [key, absent], manyValues: [a, b], traits: { expires } } = subject;
  return withExpiringMap(subject, async (map) => {
    expectEqual(await map.expiresAt(absent), undefined, "expiresAt of an absent key");
    await map.set(key, a);
    const ofMap = await map.expiresAt(key) ?? NaN;
    if (expires === "map") {
      expect(Number.isFinite(ofMap), "expiresAt must be finite where all entries expire");
      await expectRejection(() => map.set(key, a, { ttlMs: LONG_MS }), TypeError, "set with ttlMs");
    } else {
      await map.set(key, a, { ttlMs: Infinity });
      expectEqual(await map.expiresAt(key), Infinity, "expiresAt of an entry that never expires");
      await map.setMany([[key, a]], { ttlMs: LONG_MS });
    }
    const expiresAt = await map.expiresAt(key);
    await map.getAndSet(key, b);
    await map.compareAndSet(key, b, a);
    await map.update(key, () => b);
    await map.getOrInsert(key, a);
    expectEqual(await map.expiresAt(key), expiresAt, "expiresAt after writes that keep the time");
    if (expires === "map") return;
    await map.set(key, a, { ttlMs: 2 * LONG_MS });
    const later = await map.expiresAt(key) as number;
    expect(later > (expiresAt as number) + LONG_MS / 2, "set must begin a new time");
    await map.set(key, a);
    expect(await map.expiresAt(key) !== later, "set without ttlMs must give the entry the time of the map");
  });
}

/** An entry is gone once its time is up, and its key is as free as if it had been deleted. */
export function letsEntriesExpire(subject: AsyncSubject): Promise<void> {
  const { distinctKeys: [key, other], manyValues: [a, b], traits: { expires, expiryPrecisionMs } } = subject;
  return withExpiringMap(subject, async (map) => {
    if (expires !== "entry") return;
    await map.set(other, a, { ttlMs: LONG_MS });
    for (const method of ["update", "getOrInsert", "compareAndSet"] as const) {
      await map.set(key, a, { ttlMs: SHORT_MS });
      await subject.pass(SHORT_MS + expiryPrecisionMs + 1);
      expectEqual([await map.get(key), await map.has(key)], [undefined, false], "get and has of an expired entry");
      expectEqual(await map.expiresAt(key), undefined, "expiresAt of an expired entry");
      expectEqual([...await map.getMany([key, other])], [[other, a]], "getMany of an expired entry");
      expectEqual(await collected(map), [[other, a]], "the entries after one expired");
      expectEqual(await map.size(), 1, "size after an entry expired");
      if (method === "update") expectEqual(await map.update(key, (now) => now === undefined ? b : a), b, "update");
      if (method === "getOrInsert") expectEqual(await map.getOrInsert(key, b), b, "getOrInsert");
      if (method === "compareAndSet") expectEqual(await map.compareAndSet(key, a, b), false, "compareAndSet");
      await map.delete(key);
    }
  });
}
