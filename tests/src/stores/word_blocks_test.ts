import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { WordBlocks } from "../../../src/stores/word_blocks.ts";

describe("WordBlocks", () => {
  it("holds what was pushed and set, over many blocks", () => {
    const words = new WordBlocks();
    for (let at = 0; at < 100_000; at++) words.push(at);
    for (let at = 0; at < 100_000; at += 2) words.set(at, -at);
    assertEquals(words.length, 100_000);
    for (let at = 0; at < 100_000; at++) assertEquals(words.get(at), at % 2 === 0 ? (-at) >>> 0 : at);
  });

  it("goes on from where it was cut", () => {
    const words = new WordBlocks();
    for (let at = 0; at < 40_000; at++) words.push(at);
    words.length = 10;
    for (let at = 10; at < 50_000; at++) words.push(at + 1);
    assertEquals([words.get(9), words.get(10), words.get(49_999)], [9, 11, 50_000]);
  });
});
