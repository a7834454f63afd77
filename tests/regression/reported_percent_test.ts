/** The percentage 29 was reported as 28.999999999999996. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import { forced, moveTo } from "../move_to.ts";
import { ManualClock } from "../../testing/manual_clock.ts";

describe("TwinMap.report()", () => {
  it("reports the percentage that was set", async () => {
    const clock = new ManualClock();
    const users = twin(new Map(), new Map(), { clock });
    await moveTo(users, clock, "live");
    for (let percent = 0; percent <= 100; percent++) {
      users.stage("live", forced("live", percent));
      assertEquals(users.report().percent, percent);
    }
  });
});
