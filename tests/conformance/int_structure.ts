import { assert, assertEquals } from "@std/assert";
import type { IntTableStructure } from "@twinmap/twinmap";

/** Throws if the segments do not cover each hash once, miscount, or keep memory that they no longer need. */
export function checkIntTable({ depth, segments }: IntTableStructure, size: number): void {
  assertEquals(segments.reduce((sum, segment) => sum + segment.size, 0), size);
  assertEquals(segments.reduce((share, segment) => share + 2 ** -segment.depth, 0), 1);
  assertEquals(Math.max(...segments.map((segment) => segment.depth)), depth);
  for (const segment of segments) {
    assert(segment.size < segment.slots, "one slot stays free");
    assert(segment.slots <= 6 * segment.size + 50, "there are no more slots than the entries need");
  }
}
