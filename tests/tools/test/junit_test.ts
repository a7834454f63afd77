import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { readResults } from "../../../tools/test/junit.ts";

const asDeno = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="5" failures="1" errors="0" time="0.1">
  <testsuite name="./tests/bdd.ts" tests="2" disabled="0" errors="0" failures="1">
    <testcase name="a &amp; b" classname="./tests/bdd.ts" time="0.011" line="45" col="13">
      <failure message="1 test step failed">1 test step failed.</failure>
    </testcase>
    <testcase name="alone" classname="./tests/bdd.ts" time="0.000" line="50" col="13"></testcase>
  </testsuite>
  <testsuite name="ext:node/testing.ts" tests="3" disabled="1" errors="0" failures="1">
    <testcase name="a &amp; b &gt; says &quot;one&quot;" classname="ext:node/testing.ts" time="0" line="1" col="1"></testcase>
    <testcase name="a &amp; b &gt; c" classname="ext:node/testing.ts" time="0" line="1" col="1"></testcase>
    <testcase name="a &amp; b &gt; c &gt; two" classname="ext:node/testing.ts" time="0" line="1" col="1">
      <failure message="not &lt;equal&gt;">the stack</failure>
    </testcase>
    <testcase name="a &amp; b &gt; c &gt; three" classname="ext:node/testing.ts" time="0" line="1" col="1"><skipped/></testcase>
  </testsuite>
</testsuites>`;

const asBun = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="4" assertions="0" failures="1" skipped="1" time="0.07">
  <testsuite name="tests/a_test.ts" file="tests/a_test.ts" tests="4" hostname="host">
    <testsuite name="a &amp; b" file="tests/a_test.ts" line="45" tests="3" hostname="host">
      <testcase name="says &quot;one&quot;" classname="a &amp; b" time="0" file="tests/a_test.ts" line="50" />
      <testsuite name="c" file="tests/a_test.ts" line="45" tests="2" hostname="host">
        <testcase name="two" classname="c &gt; a &amp; b" time="0" file="tests/a_test.ts" line="50">
          <failure type="AssertionError" message="not &lt;equal&gt;">the stack</failure>
        </testcase>
        <testcase name="three" classname="c &gt; a &amp; b" time="0" file="tests/a_test.ts" line="50"><skipped /></testcase>
      </testsuite>
    </testsuite>
    <testcase name="alone" classname="" time="0" file="tests/a_test.ts" line="50" />
  </testsuite>
</testsuites>`;

const asNode = `<?xml version="1.0" encoding="utf-8"?>
<testsuites>
  <testsuite name="a &amp; b" time="0" disabled="0" errors="0" tests="3" failures="1" skipped="1" hostname="host">
    <testcase name="says &amp;quot;one&amp;quot;" time="0" classname="a &amp; b" file="/x/tests/bdd.ts"/>
    <testsuite name="c" time="0" disabled="0" errors="0" tests="2" failures="1" skipped="1" hostname="host">
      <testcase name="two" time="0" classname="a &amp; b.c" file="/x/tests/bdd.ts" failure="not &lt;equal>">
        <failure type="testCodeFailure" message="not &lt;equal>">the stack</failure>
      </testcase>
      <testcase name="three" time="0" classname="a &amp; b.c" file="/x/tests/bdd.ts"><skipped type="skipped" message="true"/></testcase>
    </testsuite>
  </testsuite>
  <testcase name="alone" time="0" classname="test" file="/x/tests/bdd.ts"/>
  <!-- tests 4 -->
</testsuites>`;

describe("readResults()", () => {
  for (const [runtime, xml] of [["deno", asDeno], ["bun", asBun], ["node", asNode]] as const) {
    it(`reads the same tests from what ${runtime} writes as from the others`, () => {
      const results = readResults(xml, runtime).sort((a, b) => a.name < b.name ? -1 : 1);
      assertEquals(results, [
        { name: "a & b > c > three", outcome: "skipped", message: "" },
        { name: "a & b > c > two", outcome: "failed", message: "not <equal>" },
        { name: 'a & b > says "one"', outcome: "passed", message: "" },
        { name: "alone", outcome: "passed", message: "" },
      ]);
    });
  }

  it("keeps a group that failed by itself, such as one whose hook threw", () => {
    const xml =
      `<testsuites><testsuite name="m"><testcase name="g"><failure message="no"/></testcase></testsuite></testsuites>`;
    assertEquals(readResults(xml, "deno"), [{ name: "g", outcome: "failed", message: "no" }]);
  });
});
