import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { columnsOf } from "../../../verify/linearizability/columns.ts";

describe("columnsOf()", () => {
  it("gives calls and returns columns in the order of time, and each bar at least its length", () => {
    const first = { client: 1, name: "get", args: [], calledAt: 0, returnedAt: 10 };
    const second = { client: 2, name: "get", args: [], calledAt: 5, returnedAt: 20 };
    const third = { client: 1, name: "get", args: [], calledAt: 15, returnedAt: 16 };
    assertEquals(
      [...columnsOf([first, second, third], () => 4).values()],
      [
        { call: 0, end: 4 },
        { call: 1, end: 10 },
        { call: 5, end: 9 },
      ],
    );
  });

  it("ends an operation that never returned after all others", () => {
    const stopped = { client: 1, name: "get", args: [], calledAt: 0 };
    const later = { client: 2, name: "get", args: [], calledAt: 5, returnedAt: 6 };
    const columns = columnsOf([stopped, later], () => 4);
    assertEquals(columns.get(later), { call: 1, end: 5 });
    assertEquals((columns.get(stopped)?.end ?? 0) > 5, true);
  });
});
