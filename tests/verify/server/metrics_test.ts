import { assert, assertEquals, assertGreater, assertGreaterOrEqual, assertMatch, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { twin, type TwinMap, type TwinOptions } from "@twinmap/twinmap";
import { reportApp } from "@twinmap/twinmap/report";
import { moveTo } from "../../move_to.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { type Family, parseMetrics } from "./parse_metrics.ts";

type Users = TwinMap<string, number>;

interface Rig {
  readonly clock: ManualClock;
  readonly newMap: Map<string, number>;
  readonly users: Users;
}

/** A clock on which every look takes time, each time more. */
class SlowClock extends ManualClock {
  #looks = 0;

  override monotonicMs(): number {
    return super.monotonicMs() + 1e-6 * this.#looks++ ** 2;
  }
}

function rig(options: TwinOptions<string, number> = {}): Rig {
  const clock = new ManualClock();
  const newMap = new Map<string, number>();
  return { clock, newMap, users: twin<string, number>(new Map(), newMap, { name: "users", clock, ...options }) };
}

/** A twin whose report has this name, though no twin of ours can be called so. */
function called(name: string): Users {
  const { users } = rig();
  const report = users.report();
  users.report = () => ({ ...report, name });
  return users;
}

/** Matches and diffs of three kinds, and more that is due than there is room for. */
async function busyRig(name = "users"): Promise<Rig> {
  const { clock, newMap, users } = rig({ name, maxPending: 100 });
  await moveTo(users, clock, "shadow");
  for (let i = 0; i < 90; i++) users.set(`k${i}`, i);
  await clock.until(users.settle());
  newMap.delete("k1");
  newMap.set("k2", -1).set("k95", -1);
  for (let i = 0; i < 300; i++) users.get(`k${i % 120}`);
  await clock.advance(1);
  return { clock, newMap, users };
}

async function metricsOf(...twins: Users[]): Promise<Map<string, Family>> {
  const response = await reportApp(twins).fetch(new Request("http://localhost/metrics"));
  return parseMetrics(await response.text());
}

/** The values of a metric by its labels, in which `{"twin": …}` is left out. */
function valuesOf(metrics: Map<string, Family>, metric: string): Record<string, number> {
  const samples = metrics.get(metric)?.samples ?? [];
  return Object.fromEntries(samples.map(({ labels: { twin: _, ...labels }, value }) => [
    Object.values(labels).join(" "),
    value,
  ]));
}

describe("GET /metrics", () => {
  it("is valid for used and unused twins at every stage", async () => {
    const twins = [(await busyRig("busy")).users];
    for (const stage of ["off", "dualwrite", "shadow", "live", "rampdown", "complete"] as const) {
      const { clock, users } = rig({ name: stage });
      await moveTo(users, clock, stage);
      twins.push(users);
    }
    const metrics = await metricsOf(...twins);
    assertGreater(metrics.size, 20);
    for (const { name, samples } of metrics.values()) {
      assertMatch(name, /^twinmap_/);
      assertEquals(new Set(samples.map(({ labels }) => labels.twin)).size, twins.length, name);
    }
  });

  it("has the figures of the report", async () => {
    const { clock, users } = await busyRig();
    const [metrics, report] = [await metricsOf(users), users.report()];
    for (const count of ["due", "compared", "matched", "late", "evicted", "inconclusive", "dropped"] as const) {
      assertEquals(valuesOf(metrics, `twinmap_${count}_total`), { "": report[count] }, count);
    }
    assertGreater(report.dropped, 0);
    assertGreater(report.pending, 0);
    assertEquals(valuesOf(metrics, "twinmap_pending"), { "": report.pending });
    await clock.until(users.settle());
    const { byKind, operations, diffRate, diffRateUpper, comparedKeys, diffKeys, gate, sweep } = users.report();
    const settled = await metricsOf(users);
    assertGreater(byKind.missing * byKind.value * byKind.extra, 0);
    assertEquals(valuesOf(settled, "twinmap_diffs_total"), { ...byKind });
    assertEquals(valuesOf(settled, "twinmap_operations_total"), { read: operations.reads, write: operations.writes });
    assertEquals(valuesOf(settled, "twinmap_diff_ratio"), { "": diffRate });
    assertEquals(valuesOf(settled, "twinmap_diff_ratio_upper"), { "": diffRateUpper });
    assertEquals(valuesOf(settled, "twinmap_compared_keys"), { "": comparedKeys });
    assertEquals(valuesOf(settled, "twinmap_diff_keys"), { "": diffKeys });
    assertEquals(valuesOf(settled, "twinmap_gate_verdict"), { pass: 0, hold: 0, fail: 1 });
    assertEquals(valuesOf(settled, "twinmap_gate_threshold_ratio"), { diff: 1e-6, late: 1e-3 });
    assertEquals(valuesOf(settled, "twinmap_episode"), { "": 1 });
    assertEquals(valuesOf(settled, "twinmap_episode_diff_ratio_upper"), { "": gate.episode.diffRate.upper });
    assertEquals(valuesOf(settled, "twinmap_episode_late_ratio_upper"), { "": gate.episode.lateRate.upper });
    assertEquals(valuesOf(settled, "twinmap_sweep_entries_done"), { "": sweep.done });
    assertEquals(valuesOf(settled, "twinmap_start_time_seconds"), { "": Date.UTC(2026, 0, 1) / 1_000 });
  });

  it("has 1 for the stage that the twin is at, 0 for the others", async () => {
    const { clock, users } = rig();
    await moveTo(users, clock, "live", 25);
    const metrics = await metricsOf(users);
    const expected = { off: 0, dualwrite: 0, shadow: 0, live: 1, rampdown: 0, complete: 0 };
    assertEquals(valuesOf(metrics, "twinmap_stage"), expected);
    assertEquals(valuesOf(metrics, "twinmap_new_answers_ratio"), { "": 0.25 });
  });

  it("counts the latencies of both sides in seconds, in buckets that add up", async () => {
    const clock = new SlowClock();
    const users = twin<string, number>(new Map(), new Map(), { name: "users", clock });
    await moveTo(users, clock, "shadow");
    for (let i = 0; i < 100; i++) users.get("a");
    await clock.until(users.settle());
    const { samples = [] } = (await metricsOf(users)).get("twinmap_read_latency_seconds") ?? {};
    const { latency } = users.report();
    for (const side of ["old", "new"] as const) {
      const { buckets, count, sumNs } = latency[side];
      assertGreater(count * sumNs, 0);
      const own = samples.filter(({ labels }) => labels.side === side);
      assertEquals(
        own.filter(({ suffix }) => suffix === "_bucket").map(({ labels, value }) => [labels.le, value]),
        [...buckets.map((bucket) => [String(bucket.atMostNs / 1e9), bucket.count]), ["+Inf", count]],
      );
      assertEquals(own.filter(({ suffix }) => suffix === "_sum").map(({ value }) => value), [sumNs / 1e9]);
      assertEquals(own.filter(({ suffix }) => suffix === "_count").map(({ value }) => value), [count]);
      assertEquals(buckets.at(-1)?.atMostNs, 1e9);
    }
  });

  it("has counters that never fall, through diffs, drops and moves of stage", async () => {
    const { clock, newMap, users } = rig({ maxPending: 10 });
    let before = new Map<string, number>();
    const check = async () => {
      const now = new Map<string, number>();
      for (const { name, type, samples } of (await metricsOf(users)).values()) {
        if (type === "gauge") continue;
        for (const { suffix, labels, value } of samples) now.set(JSON.stringify([name, suffix, labels]), value);
      }
      for (const [sample, value] of before) assertGreaterOrEqual(now.get(sample) ?? -1, value, sample);
      before = now;
    };
    for (const stage of ["dualwrite", "shadow", "dualwrite", "shadow", "dualwrite", "off", "dualwrite"] as const) {
      users.stage(stage);
      for (let i = 0; i < 30; i++) {
        users.set(`k${i}`, i);
        if (i % 3 === 0) newMap.delete(`k${i}`);
        users.get(`k${i}`);
        if (i % 8 === 0) await clock.advance(i * 5);
        await check();
      }
    }
    users.close();
    await check();
    assertGreater(before.size, 20);
  });

  it("escapes quotes, backslashes and line breaks in names", async () => {
    const names = ['a "b" c', "a\\nb", "a\nb", "a\\", '\\"', "é 地 🗺", "{x=1}", "\r\n", "#"];
    const metrics = await metricsOf(...names.map(called));
    assertEquals(metrics.get("twinmap_pending")?.samples.map(({ labels }) => labels.twin), names);
  });

  it("is valid whatever a twin is called", async () => {
    const name = fc.string({
      unit: fc.constantFrom(...'\\"\n\r\t {},=#aé', "\u2028", "\0"),
      minLength: 1,
      maxLength: 20,
    });
    await fc.assert(fc.asyncProperty(name, async (name) => {
      const metrics = await metricsOf(called(name));
      for (const { samples } of metrics.values()) for (const { labels } of samples) assertEquals(labels.twin, name);
    }));
  });
});

describe("the parser that these tests use", () => {
  const HEAD = "# HELP a_total A.\n# TYPE a_total counter\n";
  const HISTOGRAM = "# HELP h_seconds H.\n# TYPE h_seconds histogram\n";

  it("accepts valid text", () => {
    assert(parseMetrics(`${HEAD}a_total{x="1"} 1\na_total{x="2"} 2\n`).has("a_total"));
    assert(
      parseMetrics(
        `${HISTOGRAM}h_seconds_bucket{le="0.1"} 1\nh_seconds_bucket{le="+Inf"} 2\nh_seconds_sum 3\nh_seconds_count 2\n`,
      ).has("h_seconds"),
    );
  });

  for (
    const [reason, text] of [
      ["no line break at the end", `${HEAD}a_total 1`],
      ["no help", "# TYPE a_total counter\na_total 1\n"],
      ["no type", "# HELP a_total A.\na_total 1\n"],
      ["a counter without _total", "# HELP a A.\n# TYPE a counter\na 1\n"],
      ["a gauge with _total", "# HELP a_total A.\n# TYPE a_total gauge\na_total 1\n"],
      ["a counter below zero", `${HEAD}a_total -1\n`],
      ["a value that is no number", `${HEAD}a_total Infinity\n`],
      ["a sample twice", `${HEAD}a_total{x="1",y="2"} 1\na_total{y="2",x="1"} 1\n`],
      ["a family in two places", `${HEAD}a_total 1\n# HELP b B.\n# TYPE b gauge\nb 1\na_total{x="1"} 1\n`],
      ["a label twice", `${HEAD}a_total{x="1",x="2"} 1\n`],
      ["a quote that is not escaped", `${HEAD}a_total{x="a"b"} 1\n`],
      ["an unknown escape", `${HEAD}a_total{x="\\t"} 1\n`],
      ["a line break that is not escaped", `${HEAD}a_total{x="a\nb"} 1\n`],
      ["a name that is not in snake case", "# HELP aB A.\n# TYPE aB gauge\naB 1\n"],
      ["a unit that is no base unit", "# HELP a_milliseconds A.\n# TYPE a_milliseconds gauge\na_milliseconds 1\n"],
      [
        "a histogram that falls",
        `${HISTOGRAM}h_seconds_bucket{le="0.1"} 3\nh_seconds_bucket{le="+Inf"} 2\nh_seconds_sum 3\nh_seconds_count 2\n`,
      ],
      [
        "a histogram out of order",
        `${HISTOGRAM}h_seconds_bucket{le="0.2"} 1\nh_seconds_bucket{le="0.1"} 1\nh_seconds_bucket{le="+Inf"} 2\nh_seconds_sum 3\nh_seconds_count 2\n`,
      ],
      ["a histogram without +Inf", `${HISTOGRAM}h_seconds_bucket{le="0.1"} 1\nh_seconds_sum 3\nh_seconds_count 1\n`],
      ["+Inf that is not the count", `${HISTOGRAM}h_seconds_bucket{le="+Inf"} 1\nh_seconds_sum 3\nh_seconds_count 2\n`],
      ["a histogram without a sum", `${HISTOGRAM}h_seconds_bucket{le="+Inf"} 1\nh_seconds_count 1\n`],
    ] as const
  ) {
    it(`refuses ${reason}`, () => {
      assertThrows(() => parseMetrics(text));
    });
  }
});
