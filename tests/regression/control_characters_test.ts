/** Control characters of keys and values reached the page of the report, and its JSON: U+009B begins a command to a terminal. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, twin } from "@twinmap/twinmap";
import { reportApp } from "@twinmap/twinmap/report";
import { ManualClock } from "@twinmap/twinmap/testing";

const CONTROLS = "\0\x1b\x7f\x80\x9b\x9f\u202e";

describe("the report of a twin that reveals keys and values", () => {
  it("shows their control characters as codes", async () => {
    const clock = new ManualClock();
    const values: unknown[] = [CONTROLS, Symbol(CONTROLS), new Error(CONTROLS), { [CONTROLS]: 1 }, [CONTROLS]];
    const old = new NativeMap<unknown, unknown>(values.map((value, at) => [`${at}${CONTROLS}`, value]));
    const both = twin(old, new NativeMap<unknown, unknown>(), { clock, reveal: true, at: { stage: "shadow" } });
    for (const key of old.keys()) both.get(key);
    await clock.until(both.settle());
    const { recent } = both.report();
    assertEquals(recent.length, values.length);
    for (const { key, old } of recent) {
      assertEquals(key.slice(2), '\\u0000\\u001b\\u007f\\u0080\\u009b\\u009f\\u202e"');
      assertEquals(old.match(/\\u(009b|\{9b\})/g)?.length, 1, old);
    }
    const { fetch } = reportApp(both);
    for (const path of ["/", "/report", "/metrics"]) {
      const text = await (await fetch(new Request(`http://localhost${path}`))).text();
      assertEquals(text.match(/(?!\n)[\p{Cc}\p{Cf}]/gu), null, path);
    }
    both.close();
  });
});
