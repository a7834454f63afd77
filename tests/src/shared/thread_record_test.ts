import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { RECORD_WORDS, RECORDS, RECORDS_AT, SIGNS, UNKNOWN_AT, WRITES } from "../../../src/shared/layout.ts";
import { createMemory } from "../../../src/shared/table_memory.ts";
import { ThreadRecord, writesAtRest } from "../../../src/shared/thread_record.ts";

const createWords = () => new Int32Array(createMemory(2 ** 16, true).buffer);

/** What a table does as it begins a write, and ends it. */
function begin(words: Int32Array, record: ThreadRecord): void {
  new BigInt64Array(words.buffer, record.renewed() + 4 * WRITES, 1)[0]! += 1n;
}

function end(words: Int32Array, record: ThreadRecord): void {
  new BigInt64Array(words.buffer, record.renewed() + 4 * WRITES, 1)[0]! += 0xffffn;
}

describe("A ThreadRecord", () => {
  it("says that its thread is within a write until all its tables have ended theirs", () => {
    const words = createWords();
    const record = ThreadRecord.of(words, {});
    assertEquals(ThreadRecord.of(words, {}), record);
    const before = writesAtRest(words);
    begin(words, record);
    assertEquals(writesAtRest(words), undefined);
    begin(words, record);
    end(words, record);
    assertEquals(writesAtRest(words), undefined);
    end(words, record);
    const after = writesAtRest(words);
    assertEquals([before?.length, after?.length], [RECORDS, RECORDS]);
    assertEquals(before?.filter((writes, number) => writes !== after?.[number]).length, 1);
  });

  it("counts as that of a living thread however often that is asked before it can answer", async () => {
    const words = createWords();
    const table = {};
    const record = ThreadRecord.of(words, table);
    for (let round = 0; round < 3; round++) {
      begin(words, record);
      for (let look = 0; look < 1_000; look++) assertEquals(writesAtRest(words), undefined);
      await new Promise((resolve) => setTimeout(resolve, 0));
      for (let look = 0; look < 1_000; look++) assertEquals(writesAtRest(words), undefined);
      end(words, record);
    }
    assertEquals(writesAtRest(words)?.length, RECORDS);
    // Until here, the table was not garbage.
    record.leave(table);
  });

  it("is free for other threads once its thread has ended or left, which then is not within a write", () => {
    const words = createWords();
    for (let thread = 0; thread < 3 * RECORDS; thread++) {
      const table = {};
      const record = ThreadRecord.of(words, table);
      begin(words, record);
      if (thread % 2 === 0) end(words, record);
      record.leave(table);
    }
    assertEquals([writesAtRest(words)?.length, words[UNKNOWN_AT]], [RECORDS, 0]);
  });

  it("is not to be had by more threads than there are records: then none is known to be at rest", () => {
    const words = createWords();
    for (let number = 0; number < RECORDS; number++) words[RECORDS_AT + number * RECORD_WORDS + SIGNS] = -1;
    const record = ThreadRecord.of(words, {});
    begin(words, record);
    end(words, record);
    assertEquals([writesAtRest(words), words[UNKNOWN_AT]], [undefined, 1]);
  });
});
