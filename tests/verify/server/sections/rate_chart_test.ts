import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import { reportApp } from "@twinmap/twinmap/report";
import { ManualClock } from "../../../../testing/manual_clock.ts";
import { rateChart } from "../../../../verify/server/sections/rate_chart.ts";
import { moveTo } from "../../../move_to.ts";

describe("the chart of the diff rate", () => {
  it("goes from left to right: its minutes end where its seconds begin", async () => {
    const clock = new ManualClock();
    const users = twin(new Map([["a", 1]]), new Map(), { clock, sample: 1 });
    await moveTo(users, clock, "shadow");
    for (let seconds = 0; seconds < 300; seconds += 10) {
      users.get("a");
      await clock.advance(10_000);
    }
    const page = await (await reportApp(users).fetch(new Request("http://localhost/"))).text();
    const path = /<path class="upper" d="M([^"]+)"/.exec(page)?.[1] ?? "";
    const places = path.split("L").map((point) => Number(point.split(" ")[0]));
    assert(places.length > 100, `${places.length} points`);
    assertEquals(places, places.toSorted((a, b) => a - b));
    assertEquals([places.at(0), places.at(-1)], [0, 1_000]);
  });

  it("ends where the bound of key visits is: a key that is compared again and again shows little", async () => {
    const clock = new ManualClock();
    const users = twin(new Map([["a", 1]]), new Map(), { clock });
    await moveTo(users, clock, "shadow");
    for (let i = 0; i < 1_000; i++) users.get("a");
    await clock.until(users.settle());
    await clock.advance(5_000);
    const report = users.report();
    assert(report.compared >= 1_000 && report.gate.episode.visits <= 2);
    const path = /<path class="upper" d="M([^"]+)"/.exec(String(rateChart(report, "t")))?.[1] ?? "";
    const decades = 7;
    assertAlmostEquals(Number(path.split(" ").at(-1)), -Math.log10(report.diffRateUpper) / decades * 1_000, 1);
  });
});
