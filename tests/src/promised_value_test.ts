import { assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { refusePromisedValue } from "../../src/promised_value.ts";

describe("refusePromisedValue()", () => {
  it("refuses promises, and what can be waited for like one, without beginning its work", () => {
    const query = {
      then: () => {
        throw new Error("the work began");
      },
    };
    for (const promise of [Promise.resolve(1), new Promise(() => {}), query]) {
      assertThrows(() => refusePromisedValue(promise), TypeError, "Cannot use a promise as a value: await it first");
    }
  });

  it("takes everything else", () => {
    for (const value of [undefined, null, 0, "then", { then: 1 }, () => {}, new Map()]) refusePromisedValue(value);
  });

  it("lets the rejection of a promise that it refused end unheard", async () => {
    assertThrows(() => refusePromisedValue(Promise.reject(new Error("unheard"))), TypeError);
    await new Promise((resolve) => setTimeout(resolve));
  });
});
