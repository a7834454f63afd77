import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, describe, it } from "@std/testing/bdd";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { fastest } from "../../../bench/adaptive/loads.ts";
import { growthOutcomes, printOutcomes, SPEED_CLAIMS } from "../../../bench/maps/claims.ts";
import { collectionMs } from "../../../bench/maps/collection.ts";
import { CONTENDERS } from "../../../bench/maps/contenders.ts";
import { drawKeys, KEY_KINDS, makeKeys, spreadKeys } from "../../../bench/maps/keys.ts";
import { filledMap, iteration, keyLoop, snapshots } from "../../../bench/maps/loops.ts";
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
import { withTable } from "../../../bench/maps/which_map.ts";
import { isMet } from "../../../bench/lib/ratio.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const RESULTS = `${ROOT}bench/results`;
/** Enough entries that a loop over all values returns something else than a loop over none. */
const ENTRIES = 503;
const TABLE = "<!-- which map when: made by `deno task bench:maps` -->\n\n<!-- end of which map when -->\n";

const NOTHING: Results = {
  origin: { cpu: "a", cores: 2, runtime: "Node 1", engine: "V8 1", packages: {} },
  speeds: [],
  growths: [],
  outcomes: [],
};

const all = CONTENDERS.flatMap((contender) => contender.keyKinds.map((keyKind) => ({ contender, keyKind })));

/** The sum that a loop returns for the values between two places. */
function sumOf(from: number, to: number): number {
  let sum = 0;
  for (let value = from; value < to; value++) sum ^= value;
  return sum;
}

describe("the maps that are measured", () => {
  for (const { contender, keyKind } of all) {
    const keys = makeKeys(keyKind, 2 * ENTRIES);
    const filled = () => filledMap(contender, keys, ENTRIES);

    it(`${contender.name} of ${keyKind}: a loop reads every present key, and misses every absent one`, () => {
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
  }
});

describe("an AdaptiveMap", () => {
  it("is compared with the fastest map", () => {
    const [slow, fast, middle] = [{ ns: 30 }, { ns: 10 }, { ns: 20 }] as const;
    assertEquals(fastest([slow, fast, middle]), fast);
  });
});

describe("the claims", () => {
  it("hold together only if each of them holds", () => {
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

describe("the keys of the measurements", () => {
  for (const keyKind of KEY_KINDS) {
    const count = keyKind === "strings" ? 100_000 : 1_000_000;
    const keys = makeKeys(keyKind, count);

    it(`are all different: ${keyKind}`, () => {
      assertEquals(new Set<unknown>(keys).size, count);
      assertEquals(new Set<unknown>(spreadKeys(keys, 100_000, 100_000)).size, 100_000);
    });

    it(`are drawn with equal probability, or by Zipf's law: ${keyKind}`, () => {
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
  it("sums V8's log between the requested collections, incremental steps included", () => {
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

  it("sums JavaScriptCore's log between the marks", () => {
    const cycle = "[GC<0x1>: START M 1kb => EdenCollection, => 2kb, p=1.5ms (max 1.5), cycle 1.4ms END]";
    const log = [cycle, "twinmap: begin", cycle, cycle, "twinmap: end", cycle].join("\n");
    assertEquals(collectionMs("bun", log), 3);
  });
});

describe("results", () => {
  const { origin } = NOTHING;
  const speed = { contender: "Map", keys: "strings", entries: 1_000, scenario: "delete", ns: 1 } as const;
  const older: Results = { origin, speeds: [speed, { ...speed, scenario: "iterate" }], growths: [], outcomes: [] };

  it("keep the figures that were not measured again", () => {
    const merged = mergeResults(older, { ...older, speeds: [{ ...speed, ns: 2 }] });
    assertEquals(merged.speeds, [{ ...speed, ns: 2 }, { ...speed, scenario: "iterate" }]);
  });

  it("drop the figures of another machine or version", () => {
    const newer = { ...older, origin: { ...origin, cores: 4 }, speeds: [] };
    assertEquals(mergeResults(older, newer), newer);
  });

  it("show the worst load of an AdaptiveMap in the README's table", () => {
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

  it("judge the claims about growing", () => {
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

describe("publishing the results", () => {
  const folder = mkdtempSync(`${tmpdir()}/twinmap-maps-`);
  afterAll(() => rmSync(folder, { recursive: true }));

  it("writes a page with a chart for each scenario and measure, and the README's table", () => {
    const measured = [
      { contender: "Map", keys: "whole numbers", entries: 500 },
      { contender: "Map", keys: "strings", entries: 500 },
      { contender: "IntMap", keys: "whole numbers", entries: 500 },
    ] as const;
    const results: Results = {
      ...NOTHING,
      speeds: measured.flatMap((of) => SCENARIOS.map((scenario) => ({ ...of, scenario, ns: 12 }))),
      growths: measured.map((of) => ({ ...of, totalMs: 5, worstPauseMs: 2, bytesAnEntry: 30, collectionMs: 1 })),
    };
    writeResults(folder, "node", results);
    assertEquals(readResults(folder, "node"), results);
    writeFileSync(`${folder}/README.md`, `before\n\n${TABLE}\nafter\n`);
    publish(folder, `${folder}/README.md`);
    const html = readFileSync(`${folder}/index.html`, "utf8");
    assertEquals(html.match(/<svg /g)?.length, 2 * SCENARIOS.length + 3 * 2);
    assertStringIncludes(html, results.origin.runtime);
    const readme = readFileSync(`${folder}/README.md`, "utf8");
    assertMatch(readme, /^before\n[^]*\| `IntMap` [^]*\nafter\n$/);
  });
});

describe("the published figures", () => {
  const published = allResults(RESULTS);

  it("cover everything that is measured, on three runtimes, with the machine and versions", () => {
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

  it("are those on the page, which loads nothing from elsewhere", () => {
    const html = readFileSync(`${RESULTS}/index.html`, "utf8");
    assertEquals(html, page(published));
    assertEquals(html.match(/<script|<link|<img|\bsrc=|\bhref=|url\(|@import|https?:/g), null);
  });

  it("are those in the README's table", () => {
    const readme = readFileSync(`${ROOT}README.md`, "utf8");
    assertEquals(readme, withTable(readme, published));
  });
});
