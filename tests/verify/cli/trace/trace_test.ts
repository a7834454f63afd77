import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { InputError } from "../../../../verify/cli/input_error.ts";
import { readTrace, type TraceOperation } from "../../../../verify/cli/trace/trace.ts";

async function read(text: string): Promise<TraceOperation[]> {
  const operations: TraceOperation[] = [];
  for await (const some of readTrace(new Blob([text]).stream())) operations.push(...some);
  return operations;
}

async function refusalOf(text: string): Promise<string> {
  return (await assertRejects(() => read(text), InputError)).message;
}

describe("readTrace()", () => {
  it("reads operations with their keys, sizes and line numbers", async () => {
    assertEquals(await read("op,key,size\nset,a,12\nget,b,\nhas,,0\ndelete,a,3\n"), [
      { line: 2, name: "set", key: "a", sizeBytes: 12 },
      { line: 3, name: "get", key: "b", sizeBytes: 0 },
      { line: 4, name: "has", key: "", sizeBytes: 0 },
      { line: 5, name: "delete", key: "a", sizeBytes: 3 },
    ]);
  });

  it("finds the columns by name, in any order and among others", async () => {
    assertEquals(await read("at,key,op\n7,a,get\n"), [{ line: 2, name: "get", key: "a", sizeBytes: 0 }]);
  });

  it("leaves keys unchanged", async () => {
    const [operation] = await read('op,key\nget," a,""é"\n');
    assertEquals(operation?.key, ' a,"é');
  });

  it("refuses a trace without operations, because it would prove nothing", async () => {
    assertEquals(await refusalOf(""), "line 1: the header is missing: the trace is empty");
    assertEquals(await refusalOf("\n\n"), "line 1: the header is missing: the trace is empty");
    assertEquals(
      await refusalOf("op,key\n\n"),
      "the trace has no operations, so there is nothing to compare",
    );
  });

  it("refuses a header that lacks op or key, or names one of them twice", async () => {
    const must = "line 1: the header must name the columns op and key: received";
    assertEquals(await refusalOf("get,a\n"), `${must} "get,a"`);
    assertEquals(await refusalOf("OP,key\nget,a\n"), `${must} "OP,key"`);
    assertEquals(await refusalOf("op,key,op\nget,a,set\n"), "line 1: the header must name op only once");
  });

  it("refuses an unknown operation", async () => {
    const must = "line 3: op must be one of get, has, set, delete: received";
    assertEquals(await refusalOf("op,key\nget,a\nclear,\n"), `${must} "clear"`);
    assertEquals(await refusalOf("op,key\nget,a\nGET,a\n"), `${must} "GET"`);
  });

  it("refuses a size that is not a whole number", async () => {
    for (const size of ["-1", "1.5", "1e3", " 1", "x", "9999999999999999"]) {
      const expected = `line 2: size must be a whole number of bytes: received "${size}"`;
      assertEquals(await refusalOf(`op,key,size\nset,a,${size}\n`), expected);
    }
  });

  it("refuses a line with more or fewer fields than the header", async () => {
    const must = "line 2: must have 2 fields, like the header: received";
    assertEquals(await refusalOf("op,key\nget,a,1\n"), `${must} 3`);
    assertEquals(await refusalOf("op,key\nget\n"), `${must} 1`);
  });
});
