/** Maps that are broken on purpose, each by a few edits of the source. */
import type { Edit } from "../wasm/compile_table.ts";

/** A broken map. */
export interface Mutant {
  readonly name: string;
  /** The consequence of the edits. */
  readonly breaks: string;
  readonly edits: readonly Edit[];
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: "slot not checked again",
    breaks: "an operation trusts what it read from blocks that were reused meanwhile",
    edits: [["src/shared/assembly/slots.ts", "  if (loadPair(slotAt) != slotPair) return false;\n", ""]],
  },
  {
    name: "child not checked again",
    breaks: "an operation trusts what it read in the parent of a slot that was split off meanwhile",
    edits: [[
      "src/shared/assembly/slots.ts",
      "  if (child != 0 && child < loadWord(SWEEP_AT) && versionOf(loadPair(addressOfSlot(child))) != 0) return false;\n",
      "",
    ]],
  },
  {
    name: "changed epoch ignored once",
    breaks: "an operation trusts its result although the map was cleared or got a new level meanwhile",
    edits: [["src/shared/assembly/slots.ts", "  epoch = now;\n  return false;", "  epoch = now;\n  return true;"]],
  },
  {
    name: "versions stay the same",
    breaks: "a slot that links to an earlier block again passes for unchanged (ABA)",
    edits: [[
      "src/shared/assembly/words.ts",
      "const version = versionOf(pair) + 1;",
      "const version = versionOf(pair);",
    ]],
  },
  {
    name: "freed before it is unlinked",
    breaks: "an entry is freed before the exchange that removes it from its chain",
    edits: [
      [
        "src/shared/assembly/chain.ts",
        "  if (!isCurrent() || !exchangeOpened(head)) return",
        "  if (gone != 0) free(gone);\n  if (!isCurrent() || !exchangeOpened(head)) return",
      ],
      [
        "src/shared/assembly/chain.ts",
        "        free(head);\n        delta--;",
        "        if (head != gone) free(head);\n        delta--;",
      ],
    ],
  },
  {
    name: "written without checking the level again",
    breaks: "a key is written to the slot that it belonged to before the map grew",
    edits: [[
      "src/shared/assembly/chain.ts",
      "if (!isCurrent() || !exchangeOpened(head))",
      "if (!exchangeOpened(head))",
    ]],
  },
  {
    name: "mark of a split ignored",
    breaks: "a key is written in the parent while its entry is copied to the child",
    edits: [[
      "src/shared/assembly/table.ts",
      "  if (isBeingSplit()) return complete(openedSlot(), slotPair) ? CHANGED : FULL;\n",
      "",
    ]],
  },
  {
    name: "parent written before its child",
    breaks: "entries that move are in neither slot between the two exchanges of a split",
    edits: [[
      "src/shared/assembly/split.ts",
      "  if (!exchangeSlot(addressOfSlot(parent | 1 << bit), 0, moved)) giveChain(moved, movedCopies);\n" +
      "  if (exchangeSlot(addressOfSlot(parent), marked, kept)) giveChain(linkOf(marked), left);\n" +
      "  else giveChain(kept, keptCopies);\n",
      "  if (exchangeSlot(addressOfSlot(parent), marked, kept)) giveChain(linkOf(marked), left);\n" +
      "  else giveChain(kept, keptCopies);\n" +
      "  if (!exchangeSlot(addressOfSlot(parent | 1 << bit), 0, moved)) giveChain(moved, movedCopies);\n",
    ]],
  },
  {
    name: "child written twice",
    breaks: "a thread that completes a split late overwrites later writes to the child",
    edits: [[
      "src/shared/assembly/split.ts",
      "exchangeSlot(addressOfSlot(parent | 1 << bit), 0, moved)",
      "exchangeSlot(addressOfSlot(parent | 1 << bit), loadPair(addressOfSlot(parent | 1 << bit)), moved)",
    ]],
  },
  {
    name: "rest of the chain left out in a split",
    breaks: "entries behind the last one that moves are lost",
    edits: [["src/shared/assembly/split.ts", "const rest = linkTo(nextOf(lastMoved));", "const rest: u32 = 0;"]],
  },
  {
    name: "copies of a late split not freed",
    breaks: "memory is lost although no thread has died",
    edits: [["src/shared/assembly/split.ts", "0, moved)) giveChain(moved, movedCopies);", "0, moved)) return;"]],
  },
  {
    name: "version of a list of free blocks ignored",
    breaks: "blocks that were taken and freed meanwhile get two owners (ABA)",
    edits: [[
      "src/shared/assembly/block_pool.ts",
      "    if (!exchangePair(list, head, rest)) continue;",
      "    const now = loadPair(list);\n    if (linkOf(now) != linkOf(head) || !exchangePair(list, now, rest)) continue;",
    ]],
  },
  {
    name: "free blocks linked after they are on the list",
    breaks: "a thread that takes from the list between the two stores loses the rest of it",
    edits: [[
      "src/shared/assembly/block_pool.ts",
      "    store<u32>(last + NEXT, linkOf(head));\n  } while (!exchangePair(list, head, linkTo(first)));",
      "  } while (!exchangePair(list, head, linkTo(first)));\n  loadWord(TOP_AT);\n" +
      "  store<u32>(last + NEXT, linkOf(head));",
    ]],
  },
  {
    name: "blocks kept in hand after a write",
    breaks: "a thread that ends between two operations loses them",
    edits: [[
      "src/shared/assembly/table.ts",
      "  if (hand != 0) free(hand);\n  hand = 0;\n  settle();\n",
      "  if (hand != 0) free(hand);\n  hand = 0;\n",
    ]],
  },
  {
    name: "generation written after the entry is linked",
    breaks: "between the two stores an entry counts as one from before the clearing",
    edits: [
      ["src/shared/assembly/chain.ts", "    store<u32>(fresh + GENERATION, generationNow());\n    head", "    head"],
      [
        "src/shared/assembly/chain.ts",
        "  let delta = fresh == 0 ? 0 : 1;",
        "  loadWord(COUNT_AT);\n  if (fresh != 0) store<u32>(fresh + GENERATION, generationNow());\n" +
        "  let delta = fresh == 0 ? 0 : 1;",
      ],
    ],
  },
  {
    name: "stale entries found",
    breaks: "cleared entries are present again",
    edits: [[
      "src/shared/assembly/table.ts",
      "load<u32>(head + HASH) == hash && load<u32>(head + GENERATION) == generation",
      "load<u32>(head + HASH) == hash",
    ]],
  },
  {
    name: "parent read for a slot that is not due, and the slot forgotten",
    breaks: "a split of the slot goes unnoticed",
    edits: [[
      "src/shared/assembly/slots.ts",
      "loadWord(SWEEP_AT)) {\n    child = slot;",
      "loadWord(SWEEP_AT)) {",
    ]],
  },
  {
    name: "kept values not checked",
    breaks: "a read returns a value that was replaced after it was kept",
    edits: [["src/shared/assembly/table.ts", "versionOf(loadPair(addressOfSlot(slot))) == version && ", ""]],
  },
  {
    name: "values kept while their slot is split",
    breaks: "a read returns a value that was replaced in the child before the parent was written",
    edits: [["src/shared/kept_values.ts", "    if (this.#exports.isBeingSplit() !== 0) return;\n", ""]],
  },
  {
    name: "update not repeated",
    breaks: "a write of another thread during an update is lost",
    edits: [[
      "src/shared/computing.ts",
      "if (!this.#isOwn(watch) && !this.#isStill(before, isThereNow)) {",
      "if (table === undefined) {",
    ]],
  },
];
