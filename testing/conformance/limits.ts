/** How a map treats keys and values of the greatest length. */
import { callsWithKey, callsWithValue } from "./async_contract.ts";
import { expectAsyncContents } from "./async_model_run.ts";
import { type AsyncSubject, withMap } from "./async_subject.ts";
import { expect, expectEqual, expectRejection } from "./expect.ts";

/** How many bytes an encoded string may have beyond its own. */
const MAX_OVERHEAD = 64;
/** Greater limits are not tried. */
const MAX_TRIED = 2 ** 24;

/** A key at the limit works; one that is a byte longer is refused by every method, and nothing is lost. */
export function keepsToKeyLimit(subject: AsyncSubject): Promise<void> {
  const { traits: { maxKeyBytes }, manyValues: [value] } = subject;
  return withMap(subject, async (map) => {
    if (maxKeyBytes > MAX_TRIED) return;
    const length = await longest(maxKeyBytes, (length) => isTaken(map.get("k".repeat(length))));
    const key = "k".repeat(length);
    await map.set(key, value);
    await expectAsyncContents(map, new Map([[key, value]]));
    for (const [name, call] of Object.entries(callsWithKey(map, `${key}k`, value))) {
      await expectRejection(call, RangeError, `${name} with a key that is too long`);
    }
    await expectAsyncContents(map, new Map([[key, value]]));
  });
}

/** A value at the limit works; one that is a byte longer is refused by every method, and nothing is lost. */
export function keepsToValueLimit(subject: AsyncSubject): Promise<void> {
  const { traits: { maxValueBytes }, distinctKeys: [key, absent], manyValues: [present] } = subject;
  return withMap(subject, async (map) => {
    if (maxValueBytes > MAX_TRIED) return;
    const length = await longest(maxValueBytes, (length) => isTaken(map.set(key, "v".repeat(length))));
    const value = "v".repeat(length);
    await map.set(key, value);
    expect(await map.get(key) === value, "a value at the limit must come back");
    await map.set(key, present);
    const tooLong = `${value}v`;
    const calls = {
      ...callsWithValue(map, key, present, tooLong),
      update: () => map.update(key, () => tooLong),
      getOrInsert: () => map.getOrInsert(absent, tooLong),
      getOrInsertComputed: () => map.getOrInsertComputed(absent, () => tooLong),
    };
    for (const [name, call] of Object.entries(calls)) {
      await expectRejection(call, RangeError, `${name} with a value that is too long`);
    }
    await expectAsyncContents(map, new Map([[key, present]]));
  });
}

/** The length of the longest string of one-byte characters that is taken: it must be near the limit. */
async function longest(maxBytes: number, takes: (length: number) => Promise<boolean>): Promise<number> {
  let taken = Math.max(0, maxBytes - MAX_OVERHEAD);
  let refused = maxBytes + 1;
  expectEqual(await takes(taken), true, `whether ${taken} characters are taken`);
  expectEqual(await takes(refused), false, `whether ${refused} characters are taken`);
  while (refused - taken > 1) {
    const middle = (taken + refused) >>> 1;
    if (await takes(middle)) taken = middle;
    else refused = middle;
  }
  return taken;
}

async function isTaken(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
