import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { hotKeys, type HotKeysMap, type HotKeysSource, twin, type TwinMap } from "@twinmap/twinmap";
import { forced, moveTo } from "../../move_to.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

/** A twin that is told to show what `source` knows. */
function showing(source: HotKeysSource | null, reveal = true): TwinMap<string, number> {
  return twin<string, number>(new Map(), new Map(), { hotKeys: source, reveal, clock: new ManualClock() });
}

describe("TwinReport.hotKeys", () => {
  it("is null for a twin without a source", () => {
    assertEquals(showing(null).report().hotKeys, null);
    assertEquals(twin(new Map(), new Map()).report().hotKeys, null);
  });

  it("has none if the source answers with a promise, and counts that: a rejection ends unheard", () => {
    const users = showing({ top: () => Promise.reject(new Error("the test fails")) as never });
    const { hotKeys, hookErrors } = users.report();
    assertEquals([hotKeys, hookErrors], [[], 1]);
  });

  it("counts what callers do at every stage, if the twin itself is observed", async () => {
    const clock = new ManualClock();
    const users = twin<string, number>(new Map(), new Map(), {
      clock,
      reveal: true,
      hotKeys: { top: () => observed.top() },
    });
    const observed: HotKeysMap<string, number> = hotKeys(users);
    let sets = 0;
    for (const stage of ["off", "dualwrite", "shadow", "live", "rampdown", "complete"] as const) {
      if (stage !== "off") {
        if (stage === "live") await clock.until(users.sweep());
        users.stage(stage, forced(stage));
        if (stage === "dualwrite") await clock.until(users.backfill());
      }
      observed.set("ada", ++sets);
      observed.get("bob");
      observed.get("ada");
      await clock.until(users.settle());
      assertEquals(users.report().hotKeys, [
        { key: `"ada"`, count: 2 * sets, error: 0 },
        { key: `"bob"`, count: sets, error: 0 },
      ]);
    }
  });

  it("counts everything done to a side, comparisons included, if that side is observed", async () => {
    const clock = new ManualClock();
    const oldMap = hotKeys(new Map<string, number>());
    const users = twin<string, number>(oldMap, new Map(), { clock, hotKeys: oldMap, reveal: true });
    users.set("ada", 1);
    assertEquals(users.report().hotKeys, [{ key: `"ada"`, count: 1, error: 0 }]);
    await moveTo(users, clock, "shadow");
    users.get("ada");
    await clock.until(users.settle());
    const [ada] = users.report().hotKeys ?? [];
    assert((ada?.count ?? 0) > 2, `${ada?.count}`);
  });

  it("shows a key as the diffs show it: as a digest, unless it is revealed", async () => {
    for (const reveal of [false, true]) {
      const clock = new ManualClock();
      const oldMap = hotKeys(new Map<string, number>());
      const newMap = new Map<string, number>();
      const users = twin<string, number>(oldMap, newMap, { clock, hotKeys: oldMap, reveal });
      await moveTo(users, clock, "shadow");
      users.set("the secret", 1);
      newMap.set("the secret", 2);
      users.get("the secret");
      await clock.until(users.settle());
      const report = users.report();
      const [hot] = report.hotKeys ?? [];
      assertEquals(hot?.key, report.recent[0]?.key);
      if (reveal) assertEquals(hot?.key, `"the secret"`);
      else assertMatch(hot?.key ?? "", /^[0-9a-f]{12}$/);
      assertEquals(JSON.stringify(report).includes("the secret"), reveal);
    }
  });

  it("keeps the order, the counts and the errors, and nothing else", () => {
    const given = [{ key: 1, count: 30, error: 5, value: "secret" }, { key: "1", count: 20, error: 0 }];
    assertEquals(showing({ top: () => given }).report().hotKeys, [
      { key: "1", count: 30, error: 5 },
      { key: `"1"`, count: 20, error: 0 },
    ]);
  });

  it("is empty, and a hook error is counted, if the source throws", () => {
    const users = showing({
      top: () => {
        throw new Error("mine");
      },
    });
    assertEquals(users.report().hotKeys, []);
    assertEquals(users.report().hookErrors, 2);
    users.set("ada", 1);
    assertEquals(users.get("ada"), 1);
  });

  it("has at most 1,000 keys, whatever the source returns", () => {
    const many = Array.from({ length: 1_001 }, (_, at) => ({ key: at, count: 2_000 - at, error: 0 }));
    const reported = showing({ top: () => many }).report().hotKeys;
    assertEquals([reported?.length, reported?.at(-1)], [1_000, { key: "999", count: 1_001, error: 0 }]);
  });

  it("calls the source with itself as `this`", () => {
    class Source implements HotKeysSource {
      readonly keys = [{ key: true, count: 1, error: 0 }];
      top(): Source["keys"] {
        return this.keys;
      }
    }
    assertEquals(showing(new Source()).report().hotKeys, [{ key: "true", count: 1, error: 0 }]);
  });
});
