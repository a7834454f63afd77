import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { sha1 } from "../../../src/digests/sha1.ts";
import { sha256 } from "../../../src/digests/sha256.ts";

for (const [name, hash] of Object.entries({ "SHA-1": sha1(), "SHA-256": sha256() })) {
  describe(`${name} of this module`, () => {
    it("is that of the platform, for any two parts of any length", async () => {
      const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ minLength: 1_900, maxLength: 2_200 }));
      await fc.assert(
        fc.asyncProperty(bytes, bytes, async (head, tail) => {
          const expected = await crypto.subtle.digest(name, Uint8Array.of(...head, ...tail));
          const words = hash.hash(head, tail);
          const view = new DataView(expected);
          assertEquals([...words], Array.from(words, (_, at) => view.getInt32(4 * at)));
        }),
      );
    });
  });
}
