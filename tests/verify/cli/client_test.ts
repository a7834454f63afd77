import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { importClient } from "../../../verify/cli/client.ts";
import { InputError } from "../../../verify/cli/input_error.ts";

describe("importClient()", () => {
  it("imports the first package that is installed", async () => {
    const { name, client } = await importClient("a test", ["twinmap-no-such-client", "devalue"]);
    assertEquals([name, typeof client.stringify], ["devalue", "function"]);
  });

  it("says how to install one if there is none", async () => {
    const none = () => importClient("redis://", ["twinmap-no-such-client", "twinmap-no-other-client"]);
    assertMatch(
      (await assertRejects(none, InputError)).message,
      /^redis:\/\/ needs the package twinmap-no-such-client \(or twinmap-no-other-client\), which is not installed here: (npm install |bun add |deno add npm:)twinmap-no-such-client$/,
    );
  });
});
