import { assert, assertEquals, assertGreater, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, describe, it } from "@std/testing/bdd";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ADAPTIVE_LOADS, besideBest, settled } from "../../../bench/adaptive/loads.ts";
import { growthOutcomes, measureClaim, printOutcomes, SPEED_CLAIMS } from "../../../bench/maps/claims.ts";
import { collectionMs } from "../../../bench/maps/collection.ts";
import { CONTENDERS } from "../../../bench/maps/contenders.ts";
import { drawKeys, KEY_KINDS, makeKeys, spreadKeys } from "../../../bench/maps/keys.ts";
import { filledMap, iteration, keyLoop, snapshots } from "../../../bench/maps/loops.ts";
import { measureRuntime } from "../../../bench/maps/measure_runtime.ts";
import { page } from "../../../bench/maps/page.ts";
import { FULL, partsOf } from "../../../bench/maps/plan.ts";
import { allResults, publish } from "../../../bench/maps/publish.ts";
import {
  type Growth,
  mergeResults,
  readResults,
  type Results,
  type RuntimeName,
  RUNTIMES,
  SCENARIOS,
  writeResults,
} from "../../../bench/maps/results.ts";
import { measureSpeed } from "../../../bench/maps/speed.ts";
import { withTable } from "../../../bench/maps/which_map.ts";
import { isMet } from "../../../bench/lib/ratio.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const RESULTS = `${ROOT}bench/results`;
/** So many that what a loop makes of all values is not what it makes of none. */
const ENTRIES = 503;
const QUICK = { warmUpMs: 0, sliceMs: 0, slices: 1, enoughMs: 0 };
const RUNTIME: RuntimeName = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const TABLE = "<!-- which map when: made by `deno task bench:maps` -->\n\n<!-- end of which map when -->\n";

const NOTHING: Results = {
  origin: { cpu: "a", cores: 2, runtime: "Node 1", engine: "V8 1", packages: {} },
  speeds: [],
  growths: [],
  outcomes: [],
};

const all = CONTENDERS.flatMap((contender) => contender.keyKinds.map((keyKind) => ({ contender, keyKind })));

/** The sum that a loop makes of the values from one place to another. */
function sumOf(from: number, to: number): number {
  let sum = 0;
  for (let value = from; value < to; value++) sum ^= value;
  return sum;
}

describe("the maps that are measured", () => {
  for (const { contender, keyKind } of all) {
    const keys = makeKeys(keyKind, 2 * ENTRIES);
    const filled = () => filledMap(contender, keys, ENTRIES);

    it(`${contender.name} of ${keyKind}: a loop reads all that is there, and misses all that is not`, () => {
      const map = filled();
      assertEquals(keyLoop(contender, "get")(map, keys, 0, ENTRIES).sum, sumOf(0, ENTRIES));
      assertEquals(keyLoop(contender, "getMiss")(map, keys, ENTRIES, 2 * ENTRIES).sum, ENTRIES);
      assertEquals(iteration(contender)(map), sumOf(0, ENTRIES));
      assertEquals([...snapshots(contender)(map, 2) as Iterable<unknown>].length, ENTRIES);
    });

    it(`${contender.name} of ${keyKind}: a loop writes and deletes`, () => {
      const { map } = keyLoop(contender, "delete")(filled(), keys, 101, ENTRIES);
      assertEquals(iteration(contender)(map), sumOf(0, 101));
      const mixed = keyLoop(contender, "mixed")(filled(), keys, ENTRIES, ENTRIES + 10);
      assertEquals(keyLoop(contender, "get")(mixed.map, keys, ENTRIES, ENTRIES + 10).sum, 510);
    });

    it(`${contender.name} of ${keyKind}: every scenario has a time`, () => {
      const speeds = measureSpeed(contender, keyKind, ENTRIES, QUICK);
      assertEquals(new Set(speeds.map(({ scenario }) => scenario)), new Set(SCENARIOS));
      assertEquals(speeds.filter(({ ns }) => !(ns > 0 && ns < Infinity)), []);
    });
  }
});

describe("an AdaptiveMap that is measured", () => {
  it("has had its load beside all the maps that take the keys, and moved to what it is", async () => {
    for (const load of ADAPTIVE_LOADS.filter(({ entries }) => entries === 1_000)) {
      const { adaptive, singles, keys } = await settled(load);
      assertEquals(adaptive.state, load.body.includes("delete") ? "ReadDirtyMap" : "NativeMap");
      assertEquals(singles.map((map) => map[Symbol.toStringTag]), ["NativeMap", "ReadDirtyMap", "ShardedMap"]);
      for (const map of [adaptive, ...singles]) assertEquals(new Set<unknown>(map.keys()), new Set<unknown>(keys));
    }
    const numbers = { what: "", keyKind: "whole numbers", entries: 1_000, body: "sum ^= map.get(keys[i])" } as const;
    const { singles } = await settled(numbers);
    assertEquals(singles.at(-1)?.[Symbol.toStringTag], "IntMap");
  });

  it("is held against the map that takes the least time", async () => {
    const maps = await settled(ADAPTIVE_LOADS[0] as typeof ADAPTIVE_LOADS[0]);
    const [native, readDirty] = maps.singles as [typeof maps.singles[0], typeof maps.singles[0]];
    const slow = new Proxy(native, {
      get: (map, name) => {
        const found = Reflect.get(map, name, map);
        if (typeof found !== "function") return found;
        const untilMs = performance.now() + 0.01;
        while (performance.now() < untilMs);
        return found.bind(map);
      },
    });
    const { best } = await besideBest({ ...maps, singles: [slow, readDirty] });
    assertEquals(best, "ReadDirtyMap");
  });
});

describe("what is claimed", () => {
  it("is told with the time of each side, and the ratio of ours to theirs", async () => {
    const place = SPEED_CLAIMS.findIndex(({ against }) => against === "hamt_plus");
    const { what, timesFaster, unit, ours, theirs, ratio } = await measureClaim(place);
    assertEquals([what, timesFaster, unit], ["HashTrieMap.get, 100,000 string keys", 1, "ns"]);
    assertEquals(Math.abs(Math.log(ours / theirs / ratio)) < 0.2, true, `${ours} / ${theirs} is not ${ratio}`);
  });

  it("holds if all of it does", () => {
    const outcome = { what: "a", against: "b", atMost: 1, unit: "ns", ours: 1, theirs: 1, ratio: 1 } as const;
    const printed: string[] = [];
    const { log } = console;
    console.log = (line: string) => printed.push(line);
    try {
      const holds = (...ratios: number[]) =>
        printOutcomes({ ...NOTHING, outcomes: ratios.map((ratio) => ({ ...outcome, ratio })) });
      assertEquals([holds(1, 0.5), holds(1, 1.1), holds(1.1, 1)], [true, false, false]);
    } finally {
      console.log = log;
    }
    assertEquals(printed.filter((line) => line.includes("FALLS SHORT")).length, 2);
    assertEquals(printed.filter((line) => line.includes("holds")).length, 4);
  });
});

describe("the keys that are measured with", () => {
  for (const keyKind of KEY_KINDS) {
    const count = keyKind === "strings" ? 100_000 : 1_000_000;
    const keys = makeKeys(keyKind, count);

    it(`are all different: ${keyKind}`, () => {
      assertEquals(new Set<unknown>(keys).size, count);
      assertEquals(new Set<unknown>(spreadKeys(keys, 100_000, 100_000)).size, 100_000);
    });

    it(`are drawn all alike, or by Zipf's law: ${keyKind}`, () => {
      const most = (byZipf: boolean) => {
        const counts = new Map<unknown, number>();
        for (const key of drawKeys(keys, 1_000, byZipf)) counts.set(key, (counts.get(key) ?? 0) + 1);
        return Math.max(...counts.values()) / 65_536;
      };
      assertEquals(most(false) < 0.003, true);
      assertEquals(Math.abs(most(true) - 0.1336) < 0.01, true);
    });
  }
});

describe("the time in collection", () => {
  it("is that of V8's log between collections that were asked for, with the steps that were made before", () => {
    const line = (how: string, why: string) =>
      `[1:0x5] 44 ms: ${how} 5.4 (7.2) -> 4.9 (7.2) MB, pooled: 0.0 MB, ${why}`;
    const log = [
      line("Scavenge", "9.00 / 0.00 ms (average mu = 1) task;"),
      line("Mark-Compact", "6.01 / 0.00 ms (average mu = 0.9) testing; GC requested"),
      line("Scavenge", "1.25 / 0.00 ms (average mu = 1) allocation failure;"),
      line("Incremental Mark-Compact", "2.21 / 0.00 ms (+ 0.5 ms in 1 steps since start of marking) finalize"),
      line("Mark-Compact", "6.01 / 0.00 ms (average mu = 0.9) testing; GC requested"),
      line("Scavenge", "9.00 / 0.00 ms (average mu = 1) task;"),
    ].join("\n");
    assertEquals(collectionMs("node", log), 1.25 + 2.21 + 0.5);
    assertEquals(collectionMs("deno", log), 1.25 + 2.21 + 0.5);
  });

  it("is that of JavaScriptCore's log between the marks", () => {
    const cycle = "[GC<0x1>: START M 1kb => EdenCollection, => 2kb, p=1.5ms (max 1.5), cycle 1.4ms END]";
    const log = [cycle, "twinmap: begin", cycle, cycle, "twinmap: end", cycle].join("\n");
    assertEquals(collectionMs("bun", log), 3);
  });
});

describe("results", () => {
  const { origin } = NOTHING;
  const speed = { contender: "Map", keys: "strings", entries: 1_000, scenario: "delete", ns: 1 } as const;
  const older: Results = { origin, speeds: [speed, { ...speed, scenario: "iterate" }], growths: [], outcomes: [] };

  it("keep what was not measured anew", () => {
    const merged = mergeResults(older, { ...older, speeds: [{ ...speed, ns: 2 }] });
    assertEquals(merged.speeds, [{ ...speed, ns: 2 }, { ...speed, scenario: "iterate" }]);
  });

  it("keep nothing of another machine or version", () => {
    const newer = { ...older, origin: { ...origin, cores: 4 }, speeds: [] };
    assertEquals(mergeResults(older, newer), newer);
  });

  it("tell in the README's table how an AdaptiveMap's worst load came out", () => {
    const outcome = {
      what: "AdaptiveMap, settled: a",
      against: "the best single map",
      atMost: 1.3,
      unit: "ns",
    } as const;
    const outcomes = [
      { ...outcome, ours: 11, theirs: 10, ratio: 1.1 },
      { ...outcome, ours: 12, theirs: 8, ratio: 1.5 },
      { ...outcome, what: "IntMap", ours: 4, theirs: 1, ratio: 4 },
    ];
    assertMatch(
      withTable(TABLE, [{ ...NOTHING, outcomes }]),
      /\| `AdaptiveMap` .* the best single map \| 12.0 ns \/ 8.00 ns \|/,
    );
  });

  it("tell whether growing was as it must be", () => {
    const growth = (contender: string, worstPauseMs: number): Growth => ({
      contender,
      keys: "whole numbers",
      entries: 10_000_000,
      totalMs: 1,
      worstPauseMs,
      bytesAnEntry: 1,
      collectionMs: 0,
    });
    const growths = [growth("Map", 1_000), growth("IntMap", 11), growth("ShardedMap", 99)];
    const met = (runtime: RuntimeName) =>
      growthOutcomes(growths, runtime).map((outcome) => [outcome.what.split(",")[0], isMet(outcome, outcome.ratio)]);
    assertEquals(met("node"), [["IntMap", false], ["ShardedMap", true]]);
    assertEquals(met("bun"), [["IntMap", true], ["ShardedMap", true]]);
  });
});

describe("the command's work, on small maps", () => {
  const folder = mkdtempSync(`${tmpdir()}/twinmap-maps-`);
  afterAll(() => rmSync(folder, { recursive: true }));

  it("measures each part in a process of its own, and makes results, page and table of it", () => {
    const scale = { speedAt: [500], growthTo: [20_000], timing: QUICK, claims: false };
    const results = measureRuntime(RUNTIME, process.execPath, partsOf(scale, ["Map", "IntMap"]));
    assertEquals(results.speeds.length, 3 * SCENARIOS.length);
    assertEquals(results.growths.map(({ contender, keys }) => `${contender}: ${keys}`), [
      "IntMap: whole numbers",
      "Map: whole numbers",
      "Map: strings",
    ]);
    for (const { bytesAnEntry, worstPauseMs, totalMs, collectionMs } of results.growths) {
      assertGreater(bytesAnEntry, 8);
      assertGreater(worstPauseMs, 0);
      assert(worstPauseMs <= totalMs);
      assert(collectionMs >= 0);
    }
    writeResults(folder, RUNTIME, results);
    assertEquals(readResults(folder, RUNTIME), results);
    writeFileSync(`${folder}/README.md`, `before\n\n${TABLE}\nafter\n`);
    publish(folder, `${folder}/README.md`);
    const html = readFileSync(`${folder}/index.html`, "utf8");
    assertEquals(html.match(/<svg /g)?.length, 2 * SCENARIOS.length + 3 * 2);
    assertStringIncludes(html, results.origin.runtime);
    const readme = readFileSync(`${folder}/README.md`, "utf8");
    assertMatch(readme, /^before\n[^]*\| `IntMap` [^]*\nafter\n$/);
  });
});

describe("the figures that are published", () => {
  const published = allResults(RESULTS);

  it("are those of three runtimes, with the machine and versions, and all that is to be measured", () => {
    assertEquals(published.map(({ origin }) => origin.runtime.split(" ")[0]?.toLowerCase()), [...RUNTIMES]);
    const wanted = partsOf(FULL).flatMap((part) =>
      part.part === "speed" || part.part === "growth"
        ? [`${part.part} ${part.contender} ${part.keys} ${part.entries}`]
        : []
    );
    for (const { origin, speeds, growths, outcomes } of published) {
      assertEquals(Object.keys(origin), ["cpu", "cores", "runtime", "engine", "packages"]);
      const found = [
        ...speeds.map(({ contender, keys, entries }) => `speed ${contender} ${keys} ${entries}`),
        ...growths.map(({ contender, keys, entries }) => `growth ${contender} ${keys} ${entries}`),
      ];
      assertEquals(new Set(found), new Set(wanted));
      assertEquals(outcomes.length, SPEED_CLAIMS.length + 3);
      const told = new Set(outcomes.map(({ what, against }) => `${what}, against ${against}`));
      assertEquals(SPEED_CLAIMS.filter(({ what, against }) => !told.has(`${what}, against ${against}`)), []);
      assertEquals(speeds.filter(({ ns, scenario }) => !(ns > 0) || !SCENARIOS.includes(scenario)), []);
      assertEquals(growths.filter(({ worstPauseMs, bytesAnEntry }) => !(worstPauseMs > 0 && bytesAnEntry > 0)), []);
    }
  });

  it("are those of the page, which loads nothing from elsewhere", () => {
    const html = readFileSync(`${RESULTS}/index.html`, "utf8");
    assertEquals(html, page(published));
    assertEquals(html.match(/<script|<link|<img|\bsrc=|\bhref=|url\(|@import|https?:/g), null);
  });

  it("are those of the README's table", () => {
    const readme = readFileSync(`${ROOT}README.md`, "utf8");
    assertEquals(readme, withTable(readme, published));
  });
});
