import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openMap } from "../../../verify/cli/address.ts";
import { InputError } from "../../../verify/cli/input_error.ts";

describe("openMap()", () => {
  it("knows a store by how the address begins, in whatever letters", async () => {
    const forms = {
      sqlite: "sqlite:FILE#TABLE",
      denokv: "denokv:FILE#PREFIX",
      postgres: "postgres://HOST/DATABASE#TABLE",
      postgresql: "postgres://HOST/DATABASE#TABLE",
      redis: "redis://HOST:PORT/PREFIX",
      rediss: "redis://HOST:PORT/PREFIX",
    };
    for (const [scheme, form] of Object.entries(forms)) {
      for (const address of [`${scheme}://127.0.0.1`, `${scheme.toUpperCase()}://127.0.0.1`]) {
        const { message } = await assertRejects(() => openMap(address), InputError);
        assertEquals(message, `Cannot open ${address}: it must be ${form}`);
      }
    }
  });

  it("opens the empty map of a name", async () => {
    await using opened = await openMap("sharded");
    const { name, isSynchronous, exists, map } = opened;
    assertEquals([name, isSynchronous, exists, await Array.fromAsync(map.keys())], ["ShardedMap", true, true, []]);
  });
});
