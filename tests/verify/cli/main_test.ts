import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, beforeEach, describe, it } from "@std/testing/bdd";
import type { TwinReport } from "@twinmap/twinmap";
import { Buffer } from "node:buffer";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { redisIsInstalled, startRedis } from "../../servers/redis.ts";
import { type Ended, longTrace, run, type Surroundings, TRACE } from "./command.ts";
import { planted } from "./faulty_map.ts";
import { watched } from "./watched_map.ts";

const FAULTY = fileURLToPath(new URL("faulty_map.ts", import.meta.url));
const WATCHED = fileURLToPath(new URL("watched_map.ts", import.meta.url));
const NATIVE = ["--old", "native", "--new", "native"];
const STAGES = ["off", "dualwrite", "shadow", "live", "rampdown", "complete"];

let folder: string;

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "twinmap-"))));
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  planted.fault = "forgets";
  watched.by = {};
});

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** Replays the trace `stdin`. */
function replay(stdin: string, ...options: string[]): Promise<Ended> {
  return run(["replay", "-", ...options], { stdin });
}

async function reportOf(stdin: string, ...options: string[]): Promise<TwinReport> {
  return JSON.parse((await replay(stdin, "--json", ...options)).out);
}

describe("twinmap", () => {
  it("prints its usage", async () => {
    for (const args of [["--help"], ["replay", "--help"]]) {
      const { code, out, error } = await run(args);
      assertEquals([code, error], [0, ""]);
      for (const name of [...STAGES, "native", "sharded", "read-dirty", "hash-trie", "--on-miss load"]) {
        assertStringIncludes(out, name);
      }
    }
  });

  it("prints its version", async () => {
    const { version } = JSON.parse(await readFile(new URL("../../../deno.json", import.meta.url), "utf8"));
    assertEquals(await run(["--version"]), { code: 0, out: `twinmap ${version}\n`, error: "" });
  });

  it("ends with 2 on wrong usage, and prints the error and the usage", async () => {
    for (const args of [[], ["reply"], ["replay"], ["replay", "-", "--old", "native"], ["replay", "-", "--nope"]]) {
      const { code, out, error } = await run(args);
      assertEquals([code, out], [2, ""]);
      assertMatch(
        error,
        /^twinmap: .+\nUsage: twinmap replay TRACE .+\n {7}twinmap doctor OLD NEW .+\n {7}twinmap diff OLD NEW .+\n {7}twinmap undo FILE NEW \[option\]\.\.\.; more: .+\n$/,
      );
    }
  });

  it("ends with 2 if the report cannot be written", async () => {
    const writeOut = () => Promise.reject(new Error("the reader has gone"));
    const { code, error } = await run(["replay", "-", ...NATIVE], { stdin: TRACE, writeOut });
    assertEquals(code, 2);
    assertStringIncludes(error, "twinmap: Error: the reader has gone\n");
  });
});

describe("twinmap replay", () => {
  it("ends with 0 if there is no diff, and prints a summary", async () => {
    const { code, out, error } = await replay(TRACE, ...NATIVE);
    assertEquals([code, error], [0, ""]);
    assertEquals(
      out.replace(/\d+\.\d s \([\d,.]+\/s\)/, "TIME"),
      [
        "No diff in 7 comparisons of about 3 keys",
        "",
        "Replayed   6 operations in TIME at shadow",
        "Maps       native (old), native (new)",
        "Compared   7 matched, 0 diffs, 0 late, 0 inconclusive, 0 dropped",
        "Sweep      clean, over all entries of both maps (2)",
        "Diff rate  0 %; the true rate is at most 69 % (95 % confidence)",
        "To certify 3 of 4.4 M key visits; how long it takes is unknown before one whole minute has passed",
        "",
      ].join("\n"),
    );
  });

  it("ends with 1 if there are diffs, and prints their kinds, their number and the last ones", async () => {
    const { code, out, error } = await replay(longTrace(30), "--old", "native", "--new", FAULTY, "--reveal");
    assertEquals([code, error], [1, ""]);
    assertMatch(out, /^\d+ diffs in \d+ comparisons of about \d+ keys\n/);
    assertMatch(out, /^Sweep {6}4 diffs, over all entries of both maps \(36\)$/m);
    assertMatch(out, /^Diffs {6}\d+ missing, of about 4 keys$/m);
    assertStringIncludes(out, "The last diffs, newest first:\n\n  missing of ");
    assertMatch(out, / {4}old {2}\{line: \d+, sizeBytes: 0\}\n {4}new {2}absent$/m);
  });

  it("prints the report as JSON, and nothing else", async () => {
    const { code, out, error } = await replay(TRACE, ...NATIVE, "--json");
    const report: TwinReport = JSON.parse(out);
    assertEquals([code, error, report.name, report.stage, report.diffs], [0, "", "replay", "shadow", 0]);
    assertEquals(report.operations, { reads: 3, writes: 3 });
    const { matched, late, diffs, inconclusive, dropped, pending, due } = report;
    assertEquals([matched + late + diffs + inconclusive, dropped, pending], [due, 0, 0]);
    assertEquals([report.backfill.state, report.sweep.state, report.sweep.clean], ["never", "done", true]);
  });

  it("prints the report as JSON if there are diffs, too, and ends with 1", async () => {
    const { code, out } = await replay(longTrace(30), "--old", "native", "--new", FAULTY, "--json");
    const report: TwinReport = JSON.parse(out);
    assertEquals([code, report.byKind.missing, report.sweep.diffs], [1, report.diffs, 4]);
  });

  it("replays at every stage, and compares at those that write to both maps", async () => {
    for (const stage of STAGES) {
      const { code, out } = await replay(TRACE, ...NATIVE, "--json", "--stage", stage);
      const report: TwinReport = JSON.parse(out);
      assertEquals([code, report.stage, report.diffs, report.pending], [0, stage, 0, 0]);
      assertEquals(report.operations, { reads: 3, writes: 3 });
      assertEquals(report.compared > 0, stage !== "off" && stage !== "complete");
    }
  });

  it("finds a fault at every stage that writes to both maps, and claims nothing at the others", async () => {
    for (const stage of STAGES) {
      const { code, out } = await replay(longTrace(30), "--old", "native", "--new", FAULTY, "--stage", stage);
      if (stage === "off" || stage === "complete") {
        assertEquals(code, 0);
        assertMatch(out, /^Nothing was compared\n/);
        assertStringIncludes(out, `Sweep      none: at ${stage} only one map is written\nDiff rate  unknown\n`);
      } else assertEquals([stage, code], [stage, 1]);
    }
  });

  it("replays through each pair of maps", async () => {
    for (const oldMap of ["native", "sharded", "read-dirty"]) {
      for (const newMap of ["native", "sharded", "read-dirty", "hash-trie"]) {
        const { code, out } = await replay(longTrace(3_000), "--old", oldMap, "--new", newMap);
        assertEquals(code, 0);
        assertStringIncludes(out, `Maps       ${oldMap} (old), ${newMap} (new)\n`);
        assertStringIncludes(out, "0 diffs, 0 late, 0 inconclusive, 0 dropped\n");
      }
    }
  });

  it("replays from a table of SQLite into Redis (needs Redis)", { ignore: !redisIsInstalled }, async () => {
    await using redis = await startRedis();
    const stores = ["--old", `sqlite:${join(folder, "replay.db")}#old`, "--new", `${redis.url}/replay:`];
    const { code, out, error } = await replay(TRACE, "--json", ...stores);
    assertEquals([code, error], [0, ""]);
    const { diffs, sweep, traits } = JSON.parse(out) as TwinReport;
    assertEquals([diffs, sweep.clean, traits.new.scope], [0, true, "store"]);
    assertEquals(await redis.cli("KEYS", "*"), "replay:sa");
  });

  it("compares a share of the keys, and all keys at the end", async () => {
    const trace = longTrace(1_500);
    const compared = async (share: string) => (await reportOf(trace, ...NATIVE, "--sample", share)).compared;
    const [all, half, none] = [await compared("1"), await compared("0.5"), await compared("0")];
    assertEquals([all, none], [2_000, 500]);
    assert(half > none && half < all, `${half} of ${all}`);
  });

  it("sets the key after a get that misses, with --on-miss load", async () => {
    const trace = "op,key,size\nget,a,5\nget,a,5\nhas,b,\nget,b,\n";
    assertEquals((await reportOf(trace, ...NATIVE)).operations, { reads: 4, writes: 0 });
    assertEquals((await reportOf(trace, ...NATIVE, "--on-miss", "load")).operations, { reads: 4, writes: 2 });
  });

  it("writes values with the line number and the size in the trace", async () => {
    const values: unknown[] = [];
    watched.by = { onSet: (key, value) => values.push([key, value]) };
    const trace = "op,key,size\nset,a,7\n\nget,b,9\nset,a,\n";
    assertEquals((await replay(trace, "--old", WATCHED, "--new", "native", "--on-miss", "load")).code, 0);
    assertEquals(values, [
      ["a", { line: 2, sizeBytes: 7 }],
      ["b", { line: 4, sizeBytes: 9 }],
      ["a", { line: 5, sizeBytes: 0 }],
    ]);
  });

  it("shows keys and values only with --reveal", async () => {
    planted.fault = "drops-property";
    const maps = ["--old", "native", "--new", FAULTY];
    const hidden = await replay("op,key,size\nset,secret,987654321\n", ...maps);
    assert(!/secret|987654321|sizeBytes/.test(hidden.out), hidden.out);
    assertStringIncludes(hidden.out, "The last diffs, newest first (--reveal shows keys and values):\n");
    const shown = await replay("op,key,size\nset,secret,987654321\n", ...maps, "--reveal");
    assertStringIncludes(
      shown.out,
      [
        '  value of "secret" by sweep',
        "    old  {line: 2, sizeBytes: 987654321}",
        "    new  {line: 2}",
        "    at .sizeBytes: old 987654321, new absent",
        "",
      ].join("\n"),
    );
  });

  it("writes terminal escapes in a key as text", async () => {
    planted.fault = "drops-property";
    const { out } = await replay("op,key\nset,\x1b[2J\u009b\n", "--old", "native", "--new", FAULTY, "--reveal");
    assertEquals(out.match(/(?!\n)\p{Cc}/u), null);
    assertMatch(out, /^ {2}value of ".*\[2J.*" by sweep$/m);
  });

  it("writes terminal escapes in a key as JSON escapes", async () => {
    planted.fault = "drops-property";
    const key = "\x1b[2J\u009b\x7f\u202e\u{e0001}";
    const maps = ["--old", "native", "--new", FAULTY];
    const { out } = await replay(`op,key\nset,${key}\n`, ...maps, "--reveal", "--json");
    assertEquals(out.match(/(?!\n)[\p{Cc}\p{Cf}]/u), null);
    const report: TwinReport = JSON.parse(out);
    assertEquals(JSON.parse(report.recent[0]?.key ?? ""), key);
  });

  it("replays a file, plain or gzipped", async () => {
    const plain = await file("plain.csv", TRACE);
    const packed = await file("packed.csv.gz", gzipSync(TRACE));
    for (const path of [plain, packed]) {
      const { code, out } = await run(["replay", path, ...NATIVE, "--json"]);
      assertEquals([code, JSON.parse(out).operations], [0, { reads: 3, writes: 3 }]);
    }
  });

  it("reads only a few chunks ahead, however long the trace is", async () => {
    let replayed = 0;
    let ahead = 0;
    watched.by = { onSet: () => replayed++ };
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("op,key\n");
      for (let given = 0; given < 200; given++) {
        ahead = Math.max(ahead, given * 500 - replayed);
        yield Buffer.from(longTrace(750).slice("op,key\n".length));
      }
    }
    const { code } = await run(["replay", "-", "--old", WATCHED, "--new", "native"], { stdin: endless() });
    assertEquals([code, replayed], [0, 100_000]);
    assert(ahead <= 1_000, `${ahead} writes were read and not replayed`);
  });
});

describe("twinmap replay of a bad trace", () => {
  /** The message on stderr of a command that ends with 2 and no report. */
  async function refusalOf(args: readonly string[], surroundings: Surroundings = {}): Promise<string> {
    const { code, out, error } = await run(["replay", ...args, ...NATIVE], surroundings);
    assertEquals([code, out], [2, ""]);
    return error;
  }

  it("names the bad line and the reason, and does not report on the lines before it", async () => {
    const good = longTrace(5_000);
    for (const json of [[], ["--json"]]) {
      assertEquals(
        await refusalOf(["-", ...json], { stdin: `${good}clear,\n` }),
        'twinmap: line 5002: op must be one of get, has, set, delete: received "clear"\n',
      );
    }
    assertEquals(
      await refusalOf(["-"], { stdin: `${good}get\n${good}` }),
      "twinmap: line 5002: must have 2 fields, like the header: received 1\n",
    );
    assertEquals(await refusalOf(["-"], { stdin: `${good}set,"a` }), "twinmap: line 5002: a quote is not closed\n");
    assertEquals(
      await refusalOf(["-"], { stdin: "op,key,size\r\nset,a,1\r\nset,a,x\r\n" }),
      'twinmap: line 3: size must be a whole number of bytes: received "x"\n',
    );
  });

  it("refuses a header that lacks a column, and a file that is not CSV", async () => {
    const must = "twinmap: line 1: the header must name the columns op and key: received";
    assertEquals(await refusalOf(["-"], { stdin: "op,size\nget,1\n" }), `${must} "op,size"\n`);
    assertEquals(await refusalOf(["-"], { stdin: "\x1b[2J\u009b\n" }), `${must} "\\u001b[2J\\u{9b}"\n`);
  });

  it("refuses a trace without operations, because it would prove nothing", async () => {
    assertEquals(await refusalOf(["-"]), "twinmap: line 1: the header is missing: the trace is empty\n");
    assertEquals(
      await refusalOf(["-"], { stdin: "\uFEFFop,key\n" }),
      "twinmap: the trace has no operations, so there is nothing to compare\n",
    );
  });

  it("refuses a gzipped trace that is truncated or damaged, from a file or stdin", async () => {
    const packed = gzipSync(longTrace(50_000));
    const cut = packed.subarray(0, packed.length - 9);
    const damaged = packed.map((byte, at) => at === packed.length - 6 ? byte ^ 1 : byte);
    for (const bytes of [cut, damaged]) {
      const path = await file("broken.csv.gz", bytes);
      assert((await refusalOf([path])).startsWith(`twinmap: Cannot unpack ${path}: `));
      const stdin = new Blob([Uint8Array.from(bytes)]).stream();
      assert((await refusalOf(["-"], { stdin })).startsWith("twinmap: Cannot unpack stdin: "));
    }
  });

  it("refuses a file that does not exist, and a directory", async () => {
    const path = join(folder, "nowhere.csv");
    assertEquals(await refusalOf([path]), `twinmap: Cannot read ${path}: there is no such file\n`);
    assertEquals(await refusalOf([folder]), `twinmap: Cannot read ${folder}: it is a directory\n`);
  });

  it("refuses a stdin that fails midway", async () => {
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(TRACE);
      throw new Error("the line is dead");
    }
    assertEquals(await refusalOf(["-"], { stdin: breaking() }), "twinmap: Cannot read stdin: the line is dead\n");
  });
});

describe("twinmap replay through bad maps", () => {
  it("ends with 2 if there is no such map", async () => {
    const { code, out, error } = await replay(TRACE, "--old", "native", "--new", "naive");
    assertEquals([code, out], [2, ""]);
    assertEquals(
      error,
      "twinmap: Cannot create the map naive: it must be native, sharded, read-dirty, hash-trie, a store such as sqlite:FILE#TABLE, or a module: there is no such file\n",
    );
  });

  it("ends with 2 if a module returns something other than a map", async () => {
    const path = await file("number.mjs", "export default () => 7;\n");
    assertEquals(await replay(TRACE, "--old", path, "--new", "native"), {
      code: 2,
      out: "",
      error: "twinmap: Cannot create a twin: the old map must be a Map or a ConcurrentMap: received 7\n",
    });
  });

  it("ends with 2 and names the line if the authoritative map throws", async () => {
    watched.by = {
      onSet: (key) => {
        if (key === "b") throw new Error("full");
      },
    };
    assertEquals(await replay(TRACE, "--old", WATCHED, "--new", "native"), {
      code: 2,
      out: "",
      error: "twinmap: line 3: the map that answers threw: full\n",
    });
  });

  it("writes terminal escapes in the message of an error that a map throws as text", async () => {
    for (const thrown of [new Error("\x1b[2J\u009b"), "\x1b[2J\u009b"]) {
      watched.by = {
        onSet: () => {
          throw thrown;
        },
      };
      const { code, error } = await replay(TRACE, "--old", WATCHED, "--new", "native");
      assertEquals([code, error.match(/(?!\n)\p{Cc}/u)], [2, null]);
      assertStringIncludes(error, "\\u{1b}[2J\\u{9b}");
    }
    const path = await file("escapes.mjs", 'throw new Error("\x1b[2J\u009b");\n');
    const { code, error } = await replay(TRACE, "--old", path, "--new", "native");
    assertEquals([code, error.match(/(?!\n)\p{Cc}/u)], [2, null]);
  });

  it("describes a thrown value that cannot be converted to a string", async () => {
    watched.by = {
      onSet: () => {
        throw Object.create(null);
      },
    };
    const { error } = await replay(TRACE, "--old", WATCHED, "--new", "native");
    assertEquals(error, "twinmap: line 2: the map that answers threw: null-prototype {}\n");
  });

  it("counts errors of the other map as diffs, and continues to the end", async () => {
    planted.fault = "throws";
    const { code, out } = await replay(TRACE, "--old", "native", "--new", FAULTY);
    assertEquals(code, 1);
    assertMatch(out, /^Sweep {6}aborted: a map threw$/m);
    assertMatch(out, /^Diffs {6}\d+ error, of about 3 keys$/m);
  });

  it("ends with 2 if only the final sweep fails, which would pass for no diff", async () => {
    watched.by = {
      onWalk: () => {
        throw new Error("not now");
      },
    };
    assertEquals(await replay(TRACE, "--old", "native", "--new", WATCHED), {
      code: 2,
      out: "",
      error: "twinmap: Cannot compare all entries: a map threw: not now\n",
    });
  });

  it("ends with 2 if a stage requires equal maps and they differ", async () => {
    const path = await file("filled.mjs", 'export default () => new Map([["x", 1]]);\n');
    assertEquals(await replay(TRACE, "--old", "native", "--new", path, "--stage", "live"), {
      code: 2,
      out: "",
      error: "twinmap: Cannot replay at live: the two maps differ before the first operation\n",
    });
  });

  it("starts with the entries that the old map already has", async () => {
    const path = await file("filled.mjs", 'export default () => new Map([["x", 1]]);\n');
    const report = await reportOf(TRACE, "--old", path, "--new", "native", "--stage", "live");
    assertEquals([report.backfill.done, report.diffs, report.sweep.done], [1, 0, 4]);
  });
});

describe("twinmap replay, interrupted", () => {
  const interruption = "twinmap: interrupted before there was a report\n";

  /** A trace that never ends; `onWait` is called when the reader waits for more. */
  async function* stuck(onWait: () => void = () => {}): AsyncGenerator<Uint8Array> {
    yield Buffer.from(TRACE);
    onWait();
    await new Promise(() => {});
  }

  it("ends with 130 and no report while it waits for a map", async () => {
    const never = await file("never.mjs", "export default () => new Promise(() => {});\n");
    const interrupt = new AbortController();
    const ended = run(["replay", "-", "--old", "native", "--new", never], {
      stdin: TRACE,
      signal: interrupt.signal,
    });
    interrupt.abort();
    assertEquals(await ended, { code: 130, out: "", error: interruption });
  });

  it("ends with 130 while it waits for more of the trace", async () => {
    const interrupt = new AbortController();
    const ended = await run(["replay", "-", ...NATIVE], {
      stdin: stuck(() => interrupt.abort()),
      signal: interrupt.signal,
    });
    assertEquals(ended, { code: 130, out: "", error: interruption });
  });

  it("ends with 130 in the middle of the trace, and of the final sweep", async () => {
    for (const when of ["onSet", "onWalk"] as const) {
      const interrupt = new AbortController();
      watched.by = { [when]: () => interrupt.abort() };
      const ended = await run(["replay", "-", "--old", "native", "--new", WATCHED], {
        stdin: longTrace(5_000),
        signal: interrupt.signal,
      });
      assertEquals(ended, { code: 130, out: "", error: interruption });
    }
  });

  it("stops reading the trace", async () => {
    const interrupt = new AbortController();
    let replayed = 0;
    watched.by = {
      onSet: () => {
        replayed++;
        interrupt.abort();
      },
    };
    let leave = () => {};
    const left = new Promise<void>((resolve) => leave = resolve);
    async function* trace(): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.from(longTrace(9_000));
      } finally {
        leave();
      }
    }
    const args = ["replay", "-", "--old", WATCHED, "--new", "native"];
    assertEquals((await run(args, { stdin: trace(), signal: interrupt.signal })).code, 130);
    await left;
    assert(replayed < 1_500, `${replayed} writes were replayed`);
  });

  it("does not start if the signal is already aborted", async () => {
    assertEquals(await run(["replay", "-", ...NATIVE], { stdin: stuck(), signal: AbortSignal.abort() }), {
      code: 130,
      out: "",
      error: interruption,
    });
  });
});
