import { describe, it } from "@std/testing/bdd";
import { visit } from "../../../tools/soak/visits.ts";

describe("A SharedMap that is nearly full", () => {
  it("keeps its entries and its memory while workers come and go", async () => {
    await visit({ workers: 3, attaches: 300 });
  });
});
