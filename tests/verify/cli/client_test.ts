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

  it("finds exports that are properties of the default one", async () => {
    const name = "data:text/javascript,export default { createClient: 1, end: 2 }; export const end = 3;";
    const { client } = await importClient("a test", [name]);
    assertEquals([client.createClient, client.end], [1, 3]);
  });

  it("takes no package that cannot be imported for one that is missing", async () => {
    const broken = "data:text/javascript,throw new Error('broken')";
    const { message } = await assertRejects(() => importClient("a test", [broken, "devalue"]), InputError);
    assertMatch(message, /^Cannot import the package data:.+: broken$/);
  });
});
