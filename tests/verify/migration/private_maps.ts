import { assertEquals, assertRejects } from "@std/assert";
import { type AsyncConcurrentMap, StageError, type StoreTwinMap, twin } from "@twinmap/twinmap";
import { forced } from "../../move_to.ts";

type Sessions = StoreTwinMap<string, number>;

/** The keys and values of a store. */
async function contents(store: AsyncConcurrentMap<string, number>): Promise<unknown> {
  return (await Array.fromAsync(store.entries())).sort();
}

/** Waits until the looks at suspects have ended. */
async function settled(instances: readonly Sessions[]): Promise<void> {
  for (const sessions of instances) await sessions.settle();
}

/** Three instances, each with a map of its own, move to one store, which is empty. */
export async function movePrivateMaps(store: AsyncConcurrentMap<string, number>): Promise<void> {
  const maps = ["a", "b", "c"].map((name) => new Map([[`${name}1`, 1], [`${name}2`, 2]]));
  const options = { settleMs: [1], syncIdleMs: 1, unknownMs: 100 };
  const instances = maps.map((map) => twin(map, store, options)) as [Sessions, Sessions, Sessions];
  const [a, b, c] = instances;
  for (const sessions of instances) {
    await sessions.stage("dualwrite");
    await sessions.backfill();
  }
  const all = [["a1", 1], ["a2", 2], ["b1", 1], ["b2", 2], ["c1", 1], ["c2", 2]];
  assertEquals(await contents(store), all);

  // What one has written or lacks, the others neither find nor undo.
  await Promise.all(instances.map((sessions) => sessions.stage("shadow")));
  a.set("a3", 3);
  a.delete("a2");
  assertEquals([b.get("a1"), b.has("c1"), b.delete("a1"), b.getAndDelete("c1")], [undefined, false, false, undefined]);
  assertEquals(await b.promised.update("a1", () => undefined), undefined);
  assertEquals(await c.promised.delete("b1"), false);
  assertEquals(await c.promised.getAndDelete("b1"), undefined);
  await settled(instances);
  assertEquals(await contents(store), [["a1", 1], ["a3", 3], ["b1", 1], ["b2", 2], ["c1", 1], ["c2", 2]]);
  for (const sessions of instances) assertEquals(await sessions.sweep(), true);
  for (const sessions of instances) await sessions.backfill();
  for (const sessions of instances) {
    const { recent, late, inconclusive, sweep, backfill } = sessions.report();
    assertEquals([recent, late, inconclusive, sweep.ignored, backfill.deleted], [[], 0, 0, 0, 0]);
  }

  // `clear` removes what its own map holds.
  c.clear();
  await c.settle();
  assertEquals(await contents(store), [["a1", 1], ["a3", 3], ["b1", 1], ["b2", 2]]);
  c.set("c1", 1);
  await c.settle();
  await b.stage("live", forced("live", 0));
  await b.stage("live", forced("live", 100));
  await b.promised.clear();
  assertEquals(await contents(store), [["a1", 1], ["a3", 3], ["c1", 1]]);
  await b.stage("rampdown", forced("rampdown"));
  await b.promised.set("b4", 4);
  await assertRejects(() => b.backfill(), StageError, "others share the new map");
  await b.promised.clear();
  await b.stage("complete", forced("complete"));
  await assertRejects(() => b.promised.clear(), StageError, "others share the new map");
  assertEquals(await contents(store), [["a1", 1], ["a3", 3], ["c1", 1]]);
  for (const sessions of instances) sessions.close();
}

/** An instance repairs what it has found different, and touches no key of another one. */
export async function repairPrivateMap(store: AsyncConcurrentMap<string, number>): Promise<void> {
  await store.set("theirs", 1);
  const map = new Map([["kept", 1], ["moved", 1], ["lost", 1]]);
  const sessions = twin(map, store, { settleMs: [1], reveal: true, at: { stage: "dualwrite" } });
  await sessions.backfill();
  for (const key of ["kept", "moved"]) await store.set(key, 2);
  await store.delete("lost");
  assertEquals(await sessions.sweep(), false);
  // The key goes over to another instance, past this twin.
  map.delete("moved");
  const { changes, equal, undo } = await sessions.repair();
  assertEquals(changes.map(({ key, side, before, after }) => [key, side, before, after]), [
    ['"kept"', "new", "2", "1"],
    ['"lost"', "new", "absent", "1"],
  ]);
  assertEquals(equal, 1);
  assertEquals(await contents(store), [["kept", 1], ["lost", 1], ["moved", 2], ["theirs", 1]]);
  await sessions.repair({ undo });
  assertEquals(await contents(store), [["kept", 2], ["moved", 2], ["theirs", 1]]);
  sessions.close();
}

/** Two instances count under the same key: the store holds one of the two values. */
export async function countInPrivateMaps(store: AsyncConcurrentMap<string, number>): Promise<void> {
  const instances = [1, 2].map((visits) =>
    twin(new Map([["visits", visits]]), store, { settleMs: [1], reveal: true, at: { stage: "dualwrite" } })
  ) as [Sessions, Sessions];
  for (const sessions of instances) await sessions.backfill();
  const [first, second] = instances;
  assertEquals([await first.sweep(), await second.sweep()], [false, true]);
  const [{ kind, key } = {}] = first.report().recent;
  assertEquals([kind, key], ["value", '"visits"']);
  for (const sessions of instances) sessions.close();
}
